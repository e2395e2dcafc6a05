"""Races: what the hotline does when something comes a millisecond before, at, or after a deadline or a prompt's end.

Theory of operation. Every node is visited once (``waiting_places``). There each timer that runs, the last millisecond
of each prompt and of its protected head, and the edges of an entry (terminator first, one digit too many) are met by
each sort of input at -1, 0 and +1 ms. An outcome is *defined* when nothing is raised, the call is alive and waits for
something, or has ended once. It is *stable* when a second run writes the same log. At the deadline itself the caller
wins, so -1 and 0 must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import EntryField
from ivr.errors import IvrError
from ivr.session.call_log import LogEntry
from ivr.session.events import (
    CallerHungUp,
    Event,
    Facts,
    KeyPressed,
    LookupAnswered,
    SpeechStarted,
    UtteranceHeard,
)
from ivr.session.exchange import Exchange
from ivr.testing.example_answers import example_answers
from ivr.testing.explored_call import Endless, ExploredCall, Press
from ivr.testing.input_classes import complete_entry
from ivr.testing.waiting_places import Place, waiting_places

OFFSETS_MS = (-1, 0, 1)
_TOLD = ("no-input", "no-match", "error", "choice", "command", "node-entered", "collected", "flush", "call-ended")
_HOLDS_NO_RACE = ("call-end", "call-warning")  # the same everywhere; met by moving them close


@dataclass(frozen=True, slots=True)
class Race:
    """One contest. ``outcomes``: by offset in ms, what happened, in the words of the event log."""

    node: str
    against: str  # a timer, "end of <prompt>", or "entry"
    input: str
    outcomes: Mapping[int, str]
    defined: bool
    stable: bool
    caller_wins: bool  # at the deadline the outcome is that of one millisecond earlier


def races(hotline: Hotline, examples: Mapping[str, Sequence[Facts]] | None = None) -> list[Race]:
    """All races of a hotline, in order of discovery."""
    return list(each_race(hotline, examples))


def each_race(hotline: Hotline, examples: Mapping[str, Sequence[Facts]] | None = None) -> Iterator[Race]:
    """The same one after another, each as soon as it was run."""
    exchange = Exchange(hotline)
    likely = example_answers(hotline.flow) if examples is None else examples
    for place in waiting_places(hotline, exchange, likely):
        if place.phase == "hearing":
            yield from _against_prompt(place)
            continue
        yield from _against_timers(place, place.call)
        if isinstance(hotline.flow.nodes[place.node], EntryField):
            yield from _in_entry(place)


def _against_timers(place: Place, call: ExploredCall, typed: str = "") -> Iterator[Race]:
    for timer, due in sorted(call.session.timers.items()):
        name = f"inter-digit after {len(typed)}" if typed and timer == "input" else timer
        for label, event in _events(call):
            if timer in _HOLDS_NO_RACE:
                due = call.at + 1_000

                def soon(twin: ExploredCall, timer: str = timer, due: int = due) -> None:
                    twin.session.timers[timer] = due

                yield _race(place.node, name, label, call, due, event, soon)
            else:
                yield _race(place.node, name, label, call, due, event)


def _against_prompt(place: Place) -> Iterator[Race]:
    call = place.call
    playing = call.play
    if playing is None:
        return
    head_ends_at = call.session.playback.protected_until
    for label, event in _events(call):
        yield _race(place.node, f"end of {place.prompt}", label, call, call.play_ends_at, event)
        if call.at < head_ends_at < call.play_ends_at:
            yield _race(place.node, f"end of the head of {place.prompt}", label, call, head_ends_at, event)


def _in_entry(place: Place) -> Iterator[Race]:
    call = place.call
    field = call.session.visit.plan.node
    if not isinstance(field, EntryField):
        return
    full = complete_entry(field.entry).rstrip("#")
    edges = {"terminator first": "#", "one digit too many": f"{full}1", "terminator after a full entry": f"{full}#"}
    for name, keys in edges.items():
        for pace_ms in (1, 250):
            yield _typed(place.node, f"{name}, {pace_ms} ms apart", call, keys, pace_ms)
    begun = call.fork()
    begun.act(Press(full[:2]))
    begun = begun.fork()
    yield from _against_timers(place, begun, full[:2])


def _events(call: ExploredCall) -> Iterator[tuple[str, Event]]:
    """What may come at the last moment here."""
    keys = "".join(option.offer.key for option in call.session.visit.options()) or "1"
    yield f"key {keys[0]}", KeyPressed(keys[0])
    wrong = next((key for key in "8765432190" if key not in keys), "")
    if wrong:
        yield f"key {wrong}, not on offer", KeyPressed(wrong)
    yield "speech begins", SpeechStarted()
    yield "words", UtteranceHeard("今天天气不错")
    if call.lookup is not None:
        yield "the answer", LookupAnswered(call.lookup.request_id, {})
    yield "hang-up", CallerHungUp()


def _race(
    node: str,
    against: str,
    label: str,
    call: ExploredCall,
    due: int,
    event: Event,
    prepare: Callable[[ExploredCall], None] = lambda _: None,
) -> Race:
    def run(offset: int) -> tuple[str, list[str], bool]:
        twin = call.fork()
        prepare(twin)

        def act() -> None:
            twin.wait(due + offset - twin.at)
            twin.post(event)

        return _outcome(twin, act)

    return _judged(node, against, label, run, OFFSETS_MS)


def _typed(node: str, label: str, call: ExploredCall, keys: str, pace_ms: int) -> Race:
    def run(_: int) -> tuple[str, list[str], bool]:
        twin = call.fork()
        return _outcome(twin, lambda: twin.act(Press(keys, pace_ms)))

    return _judged(node, "entry", label, run, (0,))


def _judged(
    node: str, against: str, label: str, run: Callable[[int], tuple[str, list[str], bool]], offsets: Sequence[int]
) -> Race:
    outcomes: dict[int, str] = {}
    defined = stable = True
    for offset in offsets:
        outcome, log, sound = run(offset)
        again = run(offset)
        outcomes[offset] = outcome
        defined &= sound
        stable &= again == (outcome, log, sound)
    caller_wins = against.startswith("end of") or outcomes.get(-1, outcomes[0]) == outcomes[0]
    return Race(node, against, label, outcomes, defined, stable, caller_wins)


def _outcome(twin: ExploredCall, act: Callable[[], None]) -> tuple[str, list[str], bool]:
    """What happened, the log of it, and whether that is a defined outcome."""
    try:
        act()
        told = " ".join(filter(None, map(_tell, twin.notes)))
        twin.hear()
    except (IvrError, Endless) as error:
        return f"{type(error).__name__}: {error}", [], False
    except Exception as error:  # that there is none is what is being tested
        return f"{type(error).__name__}: {error}", [], False
    ended = sum(entry.event == "call-ended" for entry in twin.notes)
    sound = not twin.stuck and ended == (twin.over is not None)
    return told or "nothing", [entry.to_json() for entry in twin.notes], sound


def _tell(entry: LogEntry) -> str:
    if entry.event not in _TOLD:
        return ""
    data = entry.data
    if entry.event == "node-entered":
        return f"> {data['node']}"
    if entry.event in ("no-input", "no-match", "error"):
        return f"{entry.event}.{data.get('count', '')}"
    detail = data.get("choice") or data.get("command") or data.get("reason") or data.get("disposition") or ""
    return f"{entry.event} {detail}".strip()


def text_races(found: Sequence[Race]) -> str:
    """One line for each race, and what is wrong at the end."""
    lines: list[str] = []
    here = ""
    for race in found:
        place = f"{race.node}, {race.against}"
        if place != here:
            here = place
            lines.append(place)
        if len(set(race.outcomes.values())) == 1:
            told = next(iter(race.outcomes.values()))
        else:
            told = " | ".join(f"{offset:+d}: {outcome}" for offset, outcome in race.outcomes.items())
        lines.append(f"  {'' if sound(race) else '✗ '}{race.input}: {told}")
    wrong = sum(not sound(race) for race in found)
    nodes = len({race.node for race in found})
    lines.append(f"{len(found):,} races at {nodes} nodes; {wrong} without a defined and stable outcome")
    return "\n".join(lines) + "\n"


def sound(race: Race) -> bool:
    """Whether the outcome is as it must be."""
    return race.defined and race.stable and race.caller_wins


def json_races(found: Sequence[Race]) -> list[dict[str, Any]]:
    """The same for programs; two runs of one hotline are equal."""
    return [
        {
            "node": race.node,
            "against": race.against,
            "input": race.input,
            "outcomes": {f"{offset:+d}": outcome for offset, outcome in race.outcomes.items()},
            "defined": race.defined,
            "stable": race.stable,
            "caller_wins": race.caller_wins,
        }
        for race in found
    ]
