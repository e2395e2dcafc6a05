"""One call for every place at which a call can wait: a quick look around, for reports that need each node only once.

Not a proof: states are told apart by node, what is waited for and failures, so the search ends within a second or two.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.callflow.hotline import Hotline
from ivr.session.events import Facts
from ivr.session.exchange import Exchange
from ivr.testing.answer_classes import answer_classes
from ivr.testing.explored_call import ExploredCall
from ivr.testing.input_classes import inputs
from ivr.testing.limit_regions import LimitRegions
from ivr.testing.scenarios import Scenario, scenarios
from ivr.testing.state_space import counted, phase


@dataclass(frozen=True, slots=True)
class Place:
    """``call`` waits for somebody, or hears the beginning of a prompt. Fork it before use."""

    node: str
    phase: str  # listening, lookup, transfer, hearing
    prompt: str  # that plays, "" if none
    call: ExploredCall


def waiting_places(hotline: Hotline, exchange: Exchange, examples: Mapping[str, Sequence[Facts]]) -> list[Place]:
    """The first call found for each (node, phase, prompt), without failures at that visit where possible."""
    answers = {query: answer_classes(hotline.flow, query, examples.get(query, ())) for query in hotline.flow.queries}
    limits = LimitRegions(hotline.flow)
    found: dict[tuple[str, str, str], Place] = {}
    known: set[tuple[object, ...]] = set()
    waiting: deque[tuple[ExploredCall, Scenario]] = deque()

    def take(call: ExploredCall) -> bool:
        """Whether this place is new."""
        session = call.session
        prompt = call.play.prompt_id if call.play is not None else ""
        place = (session.node, phase(call), prompt)
        if place not in found:
            twin = call.fork()
            found[place] = Place(*place, twin)
        return False

    def arrive(call: ExploredCall, scenario: Scenario) -> None:
        call.hear(take)
        if call.over is not None or call.stuck:
            return
        session = call.session
        failures = tuple(sorted(session.failures.items()))
        counts = limits.counts(session.node, counted(call), elsewhere=False)
        key = (session.node, phase(call), failures, counts, session.verified(), scenario.local_time)
        if key not in known:
            known.add(key)
            take(call)
            waiting.append((call, scenario))

    for scenario in scenarios(hotline.flow, exchange.menu.guards):
        first = ExploredCall(exchange)
        first.answered(scenario.caller_number, scenario.local_time)
        arrive(first, scenario)
    while waiting:
        call, scenario = waiting.popleft()
        for one in inputs(call, answers):
            if not one.essential or (call.session.failures and one.kind not in ("silence", "wrong")):
                continue
            twin = call.fork()
            try:
                for act in one.acts:
                    twin.act(act)
                arrive(twin, scenario)
            except Exception:  # noqa: S112 - what is wrong with this hotline is for the exploration to tell
                continue
    return list(found.values())
