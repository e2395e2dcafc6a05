"""What must be kept from the log, and when a secret may be forgotten, worked out from the map of one hotline.

Two questions, both answered on the side of caution:

* *Does this node lead to a secret entry?* Keys and words during an announcement may be meant for the entry that follows
  it, so they are hidden where any way without a further question ends at a secret field.
* *Is a secret spent?* A number or password that a lookup has used is forgotten as soon as the lookup has answered,
  unless some node that could still be reached needs it before the caller enters it anew, or anything speaks of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ivr.callflow.edges import Edge, listens
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import EntryField, Lookup, Return, Say


class Secrecy:
    def __init__(self, hotline: Hotline, edges: Iterable[Edge]) -> None:
        self._nodes = hotline.flow.nodes
        self._hotline = hotline
        self._edges = edges
        self._ways: dict[str, list[Edge]] = {}
        self._results: dict[str, list[Edge]] = {}
        self._leading: dict[str, bool] = {}
        self._spent: dict[str, frozenset[str]] = {}

    def leads_to_secret(self, node_id: str) -> bool:
        """Whether the next question after this node may be a secret field."""
        known = self._leading.get(node_id)
        if known is None:
            reached = self._reach([node_id], self._asks_nothing)
            fields = (self._nodes[place] for place in reached)
            known = self._leading[node_id] = any(isinstance(node, EntryField) and node.entry.secret for node in fields)
        return known

    def spent_after(self, node_id: str) -> frozenset[str]:
        """The facts that a lookup has used up once it has answered."""
        known = self._spent.get(node_id)
        if known is None:
            node = self._nodes[node_id]
            used = node.with_.values() if isinstance(node, Lookup) else ()
            facts = {source for source in used if isinstance(source, str)}
            known = self._spent[node_id] = frozenset(fact for fact in facts if self._is_spent(fact, node_id))
        return known

    def _is_spent(self, fact: str, node_id: str) -> bool:
        if fact not in self._secrets() or self._is_spoken_of(fact):
            return False
        start = [edge.target for edge in self._onward(node_id) if edge.trigger == "next"]
        reached = self._reach(start, lambda place: not self._stores(place, fact))
        return not any(self._needs(place, fact) for place in reached)

    def _secrets(self) -> set[str]:
        fields = (node for node in self._nodes.values() if isinstance(node, EntryField))
        return {field.stores for field in fields if field.entry.secret}

    def _is_spoken_of(self, fact: str) -> bool:
        guarded = any(fact in (guard.fact, guard.same_as) for guard in self._hotline.flow.guards.values())
        return guarded or any("{" + fact + ":" in prompt.text for prompt in self._hotline.prompts.values())

    def _stores(self, place: str, fact: str) -> bool:
        node = self._nodes[place]
        return isinstance(node, EntryField) and node.stores == fact

    def _needs(self, place: str, fact: str) -> bool:
        node = self._nodes[place]
        return isinstance(node, Lookup) and fact in node.with_.values()

    def _asks_nothing(self, place: str) -> bool:
        node = self._nodes[place]
        return isinstance(node, Say) or not listens(node)

    def _reach(self, start: Iterable[str], goes_on: Callable[[str], bool]) -> set[str]:
        """The nodes reached from ``start``, itself included, not going on where ``goes_on`` is false."""
        reached: set[str] = set()
        waiting = list(start)
        while waiting:
            place = waiting.pop()
            if place not in reached:
                reached.add(place)
                if goes_on(place):
                    waiting += [edge.target for edge in self._onward(place)]
        return reached

    def _onward(self, place: str) -> list[Edge]:
        node = self._nodes[place]
        ways = self._map()
        return self._results.get(f"result.{node.result}", []) if isinstance(node, Return) else ways.get(place, [])

    def _map(self) -> Mapping[str, list[Edge]]:
        if not self._ways:
            for edge in self._edges:
                self._ways.setdefault(edge.source, []).append(edge)
                if edge.kind == "result":
                    self._results.setdefault(edge.trigger, []).append(edge)
        return self._ways
