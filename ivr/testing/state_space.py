"""The states and steps that an exploration has found: what a state is, how it was first reached, where it leads.

A state is told from others by its key: node, dialogs to return to, what is waited for, failures at this visit, counts
of limits (``limit_regions``), live facts (``live_facts``), whether a question is being asked back, values spoken into
fields beside the node and advice to use keys there, and the profile's tries. Left out are the time of day beyond the
scenario, which prompts were heard before, and exact numbers and names.
A breadth-first search reaches every state first on one of its shortest paths, so ``path`` is a shortest one.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from ivr.callflow.hotline import Hotline
from ivr.session.exchange import Exchange
from ivr.testing.explored_call import ExploredCall
from ivr.testing.input_classes import Input
from ivr.testing.limit_regions import LimitRegions
from ivr.testing.live_facts import LiveFacts
from ivr.testing.scenarios import Scenario

END = -1  # the target of a step after which the call is over

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a path; ``prompts``: stop listening when so many prompts of the step have begun; None: hear all."""

    input: Input
    prompts: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    node: str
    parent: int  # -1: a scenario's first state
    move: Move | None
    scenario: Scenario
    phase: str  # listening, lookup, transfer, hearing


@dataclass(frozen=True, slots=True)
class Step:
    source: int
    target: int
    kind: str  # of the input, see input_classes
    keys: int
    ms: int  # the longest seen, prompts included
    goals: int  # bit n: the node of the n-th wanted goal was entered
    move: Input


@dataclass(frozen=True, slots=True)
class Path:
    """How to come somewhere: a scenario and the moves to make in it."""

    scenario: Scenario
    moves: tuple[Move, ...]


@dataclass(slots=True)
class StateSpace:
    states: list[State] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    nodes: set[str] = field(default_factory=set)  # entered
    prompts: set[str] = field(default_factory=set)  # heard

    def path(self, state: int, last: Move | None = None) -> Path:
        """The moves that first led to ``state``, and one more."""
        moves = [last] if last is not None else []
        place = self.states[state]
        scenario = place.scenario
        while place.move is not None:
            moves.append(place.move)
            place = self.states[place.parent]
        return Path(scenario, tuple(reversed(moves)))


class Abstraction:
    """The keys of one hotline's states."""

    def __init__(self, hotline: Hotline, exchange: Exchange) -> None:
        self._live = LiveFacts(hotline, exchange.menu.guards)
        self.limits = LimitRegions(hotline.flow)

    def key(self, call: ExploredCall) -> Key:
        session = call.session
        node = session.node
        return (
            node,
            session.position.returns,
            phase(call),
            tuple(sorted(session.failures.items())),
            self.limits.counts(node, counted(call)),
            self._live.at(node, session),
            getattr(session.visit, "_asking", None) is not None,
            _spoken_into_family(node, session.spoken_tries, session.keys_advised),
            session.timing.tries,
            len(session.ahead),
        )


def phase(call: ExploredCall) -> str:
    """What the call waits for."""
    if call.play is not None:
        return "hearing"
    if call.lookup is not None:
        return "lookup"
    return "transfer" if call.transfer is not None else "listening"


def counted(call: ExploredCall) -> Mapping[str, int]:
    """Visits of limit nodes so far."""
    return call.session._limits


def _spoken_into_family(node: str, tries: Mapping[str, int], advised: Set[str]) -> tuple[tuple[str, int, bool], ...]:
    """Values spoken into fields beside a node; those into others matter only after a long way, and are left out."""
    family = node.rpartition(".")[0]
    beside = sorted(field for field in {*tries, *advised} if field.rpartition(".")[0] == family)
    return tuple((field, tries.get(field, 0), field in advised) for field in beside)
