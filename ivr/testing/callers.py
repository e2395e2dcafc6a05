"""Three callers who go the same way: one who knows the menu by heart, one who listens, one who errs at every step.

expert    presses each key as soon as the hotline takes it, ``EXPERT_PACE_MS`` apart; what is protected is heard
typical   listens to a menu until the key that is wanted has been said, to every other question to its end, then types
          ``TYPICAL_PACE_MS`` apart
worst     listens to everything, and at every step first makes one mistake: stays silent, or types something wrong,
          whichever costs more; then types ``SLOW_PACE_MS`` apart
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ivr.callflow.nodes import EntryField, Listening, Menu
from ivr.session.exchange import Exchange
from ivr.testing.explored_call import Act, Answer, ExploredCall, Press, StaySilent
from ivr.testing.input_classes import SILENCE, Input, press, wrong_entry
from ivr.testing.shortest_ways import Way, WayMove

EXPERT_PACE_MS, TYPICAL_PACE_MS, SLOW_PACE_MS = 250, 500, 800

_SPOKEN_KEYS = dict(zip("0123456789*#", "零一二三四五六七八九星井", strict=True))


@dataclass(frozen=True, slots=True)
class Figure:
    keys: int
    ms: int


def expert(exchange: Exchange, way: Way, goal: str) -> Figure | None:
    """Keys and time until the goal is entered; None when this caller does not get there."""
    return _travel(exchange, way, goal, _press_early)


def typical(exchange: Exchange, way: Way, goal: str) -> Figure | None:
    return _travel(exchange, way, goal, _press_when_said)


def worst(exchange: Exchange, way: Way, goal: str) -> Figure | None:
    silent = _travel(exchange, way, goal, lambda call, move: _err_first(call, move, lambda _: SILENCE))
    wrong = _travel(exchange, way, goal, lambda call, move: _err_first(call, move, _mistake))
    tries = [figure for figure in (silent, wrong) if figure is not None]
    return Figure(max(one.keys for one in tries), max(one.ms for one in tries)) if tries else None


_Style = Callable[[ExploredCall, WayMove], tuple[ExploredCall, int]]


def _travel(exchange: Exchange, way: Way, goal: str, style: _Style) -> Figure | None:
    call = ExploredCall(exchange)
    call.answered(way.scenario.caller_number, way.scenario.local_time)
    keys = 0
    if (ms := _entered_at(call, goal)) is not None:
        return Figure(keys, ms)
    for number, move in enumerate(way.moves):
        if call.over is not None:
            return None
        if any(isinstance(act, Answer) for act in move.input.acts):
            call.hear(lambda call: call.lookup is not None)
            _act(call, move.input.acts, EXPERT_PACE_MS)
        else:
            call, pressed = style(call, move)
            keys += pressed
        if number + 1 == len(way.moves):
            call.hear(lambda call: _entered_at(call, goal) is not None)
        if (ms := _entered_at(call, goal)) is not None:
            return Figure(keys, ms)
    call.hear(lambda call: _entered_at(call, goal) is not None)
    ms = _entered_at(call, goal)
    return None if ms is None else Figure(keys, ms)


def _entered_at(call: ExploredCall, goal: str) -> int | None:
    entered = (entry.at for entry in call.notes if entry.event == "node-entered" and entry.data["node"] == goal)
    return next(entered, None)


def _press_early(call: ExploredCall, move: WayMove) -> tuple[ExploredCall, int]:
    """At the first moment at which pressing leads where the way leads; a finger needs its pace between two steps."""
    call.wait(EXPERT_PACE_MS)
    while True:
        session = call.session
        if session.visit.takes_keys and session.playback.interruptible(call.at):
            twin = call.fork()
            twin.notes = call.notes.copy()
            _act(twin, move.input.acts, EXPERT_PACE_MS)
            ahead = twin.fork()
            ahead.hear()
            if ahead.session.node == move.leads_to and ahead.over is None:
                return twin, move.input.keys
        if call.play is None:
            _act(call, move.input.acts, EXPERT_PACE_MS)
            return call, move.input.keys
        protected_ms = session.playback.protected_until - call.at
        if 0 < protected_ms < call.play_ends_at - call.at:
            call.wait(protected_ms)
        else:
            call.wait(call.play_ends_at - call.at)


def _press_when_said(call: ExploredCall, move: WayMove) -> tuple[ExploredCall, int]:
    first = move.input.acts[0]

    def said(call: ExploredCall) -> bool:
        return call.session.node == move.at and _said_by_ms(call, first) is not None

    node = call.session.exchange.flow.nodes[move.at]
    if isinstance(node, Menu) and isinstance(first, Press):
        call.hear(said)
        ends_ms = _said_by_ms(call, first)
        if ends_ms is not None:
            call.wait(ends_ms)
    else:
        call.hear()
    _act(call, move.input.acts, TYPICAL_PACE_MS)
    return call, move.input.keys


def _said_by_ms(call: ExploredCall, act: Act) -> int | None:
    """Time until what plays has told which key to press; None when it does not."""
    playing = call.play
    if playing is None or not isinstance(act, Press):
        return None
    key = act.keys[0]
    ends = [
        playing.text.find(said) + len(said) for said in (f"按{key}", f"按{_SPOKEN_KEYS[key]}") if said in playing.text
    ]
    if not ends:
        return None
    session = call.session
    heard = playing.text[: min(ends)]
    said_ms = session.exchange.wordings.speaking_ms(heard, session.timing.characters_a_minute)
    return max(playing.delay_ms + said_ms - (call.at - session.playback.started_at), 0)


def _err_first(
    call: ExploredCall, move: WayMove, mistake: Callable[[ExploredCall], Input | None]
) -> tuple[ExploredCall, int]:
    call.hear()
    keys = 0
    wrong = mistake(call) if isinstance(call.session.visit.plan.node, Listening) else None
    if wrong is not None:
        _act(call, wrong.acts, SLOW_PACE_MS)
        keys += wrong.keys
        call.hear()
    _act(call, move.input.acts, SLOW_PACE_MS)
    return call, keys + move.input.keys


def _mistake(call: ExploredCall) -> Input | None:
    visit = call.session.visit
    node = visit.plan.node
    if isinstance(node, EntryField):
        return wrong_entry(node.entry)
    offered = {option.offer.key for option in visit.options()} | {
        getattr(node, "yes_key", ""),
        getattr(node, "no_key", ""),
    }
    key = next((key for key in "8765432190" if key not in offered), None)
    return None if key is None else press(key, "wrong")


def _act(call: ExploredCall, acts: tuple[Act, ...], pace_ms: int) -> None:
    for act in acts:
        call.act(replace(act, pace_ms=pace_ms) if isinstance(act, Press) else act)
        if isinstance(act, StaySilent):
            return
