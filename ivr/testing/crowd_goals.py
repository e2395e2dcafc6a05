"""What callers phone for, and how often.

Goals are the services of a document and the nodes that put callers through to somebody. The document's ``demand``
weighs them, a goal that it leaves out counting as if nobody wanted it; without ``demand`` all services weigh the same.
How many phone for a human is a matter of the persona, unless ``demand`` weighs an agent, too.

``--goals`` gives some of them shares of all callers; what is left is divided among the others as before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random

from ivr.callflow.document import FlowDocument
from ivr.callflow.nodes import Transfer
from ivr.errors import UsageError
from ivr.testing.personas import Persona, parse_shares

Shares = Mapping[str, float]
"""By node: the share of all callers that ``--goals`` gives it."""


class Weighted:
    """Goals to draw from; empty where nobody can want anything."""

    __slots__ = ("_goals", "_sums")

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._goals = tuple(goal for goal, weight in weights.items() if weight > 0)
        self._sums = tuple(accumulate(weights[goal] for goal in self._goals))

    def __bool__(self) -> bool:
        return bool(self._goals)

    def draw(self, rng: Random) -> str:
        return self._goals[0] if len(self._goals) == 1 else rng.choices(self._goals, cum_weights=self._sums)[0]


class Goals:
    """The goals of one hotline. ``reachable``: those that some way leads to."""

    def __init__(self, flow: FlowDocument, reachable: Sequence[str], shares: Shares) -> None:
        for name in shares:
            if name not in reachable:
                raise UsageError(f"--goals: no way leads to {name}; 'ivr check' says why")
        self.all = tuple(reachable)
        services = {goal: _weight(flow, goal) for goal in reachable if goal in flow.services and goal not in shares}
        agents = {
            goal: float(flow.demand.get(goal, 1))
            for goal in reachable
            if goal not in flow.services and goal not in shares
        }
        self._named = Weighted(shares)
        self._named_share = sum(shares.values())
        self._weighed = bool(agents.keys() & flow.demand.keys())
        self._services = Weighted(services | agents if self._weighed else services)
        self._agents = Weighted(agents)

    def __bool__(self) -> bool:
        return bool(self._named or self._services or self._agents)

    def draw(self, rng: Random, persona: Persona) -> str:
        """What one caller of that persona phones for."""
        others = self._services or self._agents
        if self._named and (not others or rng.random() < self._named_share):
            return self._named.draw(rng)
        if self._agents and not self._weighed and rng.random() < persona.wants_agent:
            return self._agents.draw(rng)
        return others.draw(rng)


def goals(flow: FlowDocument) -> tuple[str, ...]:
    """All that callers may phone for: the services of the document, then the nodes that lead to somebody."""
    agents = (node_id for node_id, node in flow.nodes.items() if isinstance(node, Transfer))
    return tuple(dict.fromkeys((*flow.services, *agents)))


def parse_goals(text: str, flow: FlowDocument) -> dict[str, float]:
    """``balance=0.6,main.card.loss=0.1`` -> shares by node. A goal is named by its node, the last part of it, or its
    title. Raises UsageError for one that does not exist or is not the only one of its name, and for wrong shares.
    """
    return parse_shares("--goals", text, lambda name: _named(name, flow), "balance=0.6")


def _named(name: str, flow: FlowDocument) -> str:
    known = goals(flow)
    if name in known:
        return name
    found = [goal for goal in known if goal.rpartition(".")[2] == name or flow.services.get(goal) == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"--goals: {name!r} may be {' or '.join(found)}; write the whole name")
    raise UsageError(f"--goals: nobody can phone for {name!r}; the goals are {', '.join(known) or 'none'}")


def _weight(flow: FlowDocument, service: str) -> float:
    return float(flow.demand.get(service, 0)) if flow.demand else 1.0
