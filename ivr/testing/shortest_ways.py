"""The way with the fewest keys from the first word of a call to each wanted node, found by driving the real session.

A uniform-cost search (keys first, then time) over forked calls that only ever do the right thing: press a key on offer,
make a complete entry, get an answer. Helpful commands (back, repeat) are left out; they never shorten a way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Confirm, EntryField, Survey
from ivr.session.events import Facts
from ivr.session.exchange import Exchange
from ivr.testing.answer_classes import AnswerClass, answer_classes
from ivr.testing.explored_call import Answer, ExploredCall, Press, Speak, StaySilent
from ivr.testing.input_classes import Input, complete_entry, press
from ivr.testing.scenarios import Scenario, scenarios
from ivr.testing.state_space import Abstraction, Key

MOST_STEPS = 40_000  # of one search; a hotline that needs more is searched no further


@dataclass(frozen=True, slots=True)
class WayMove:
    """One input, at which node it is made, and where the call waits after it."""

    input: Input
    at: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class Way:
    scenario: Scenario
    moves: tuple[WayMove, ...]
    keys: int


def shortest_ways(
    hotline: Hotline, exchange: Exchange, goals: Iterable[str], examples: Mapping[str, Sequence[Facts]]
) -> Iterator[tuple[str, Way]]:
    """Each goal that can be reached, as soon as its way is found; in the usual circumstances where that is possible."""
    missing = set(goals)
    answers = {query: answer_classes(hotline.flow, query, examples.get(query, ())) for query in hotline.flow.queries}
    abstraction = Abstraction(hotline, exchange)
    for scenario in scenarios(hotline.flow, exchange.menu.guards):
        if not missing:
            break
        for goal, way in _search(exchange, abstraction, scenario, missing, answers):
            if goal in missing:
                missing.discard(goal)
                yield goal, way


def _search(
    exchange: Exchange,
    abstraction: Abstraction,
    scenario: Scenario,
    goals: set[str],
    answers: Mapping[str, Sequence[AnswerClass]],
) -> Iterator[tuple[str, Way]]:
    first = ExploredCall(exchange)
    first.answered(scenario.caller_number, scenario.local_time)
    first.hear()
    wanted = set(goals)
    yield from _arrived(first, wanted, Way(scenario, (), 0))
    queue: list[tuple[int, int, int, ExploredCall, tuple[WayMove, ...]]] = [(0, first.at, 0, first, ())]
    known: set[Key] = set()
    number = 0
    while queue and wanted and number < MOST_STEPS:
        keys, _, _, call, moves = heappop(queue)
        yield from _arrived(call, wanted, Way(scenario, moves, keys))
        key = abstraction.key(call)
        if key in known or call.over is not None:
            continue
        known.add(key)
        for one in helpful_inputs(call, answers):
            twin = call.fork()
            for act in one.acts:
                twin.act(act)
            twin.hear()
            number += 1
            move = WayMove(one, call.session.node, twin.session.node)
            heappush(queue, (keys + one.keys, twin.at, number, twin, (*moves, move)))


def _arrived(call: ExploredCall, wanted: set[str], way: Way) -> Iterator[tuple[str, Way]]:
    for entry in call.notes:
        if entry.event == "node-entered" and entry.data["node"] in wanted:
            goal = str(entry.data["node"])
            wanted.discard(goal)
            yield goal, way


def helpful_inputs(call: ExploredCall, answers: Mapping[str, Sequence[AnswerClass]]) -> Iterator[Input]:
    """What a caller who knows the way might do next, or the backend."""
    if call.lookup is not None:
        query = call.lookup.query
        for answer in answers[query]:
            yield Input(f"{query}: {answer.name}", "world", (Answer(query, answer.name, answer.facts),))
        return
    visit = call.session.visit
    node = visit.plan.node
    if isinstance(node, EntryField):
        yield press(complete_entry(node.entry), name="makes a complete entry")
    elif isinstance(node, Confirm):
        yield press(node.yes_key)
        yield press(node.no_key)
    elif isinstance(node, Survey):
        yield press(next(iter(node.ratings)))
    elif node.kind == "record":
        yield Input("leaves a message", "choice", (Speak("请给我回电话"), StaySilent()))
    for option in visit.options():
        goes = option.command is None or option.command.to is not None
        if goes and option.offer.key:
            in_field = isinstance(node, EntryField) and option.offer.key not in node.entry.never_starts_with
            acts = (Press(option.offer.key), StaySilent()) if in_field else (Press(option.offer.key),)
            yield Input(f"presses {option.offer.key}", "choice", acts)
        elif goes and option.command is None and option.offer.phrases:
            said = option.offer.phrases[0]
            if not isinstance(node, EntryField) and not _has_keys(call):
                yield Input(f"says {said}", "choice", (Speak(said),))


def _has_keys(call: ExploredCall) -> bool:
    return any(option.offer.key and option.command is None for option in call.session.visit.options())
