"""Small wrong changes to a hotline, one at a time: what a designer's slip would look like.

Theory of operation. A mutation is a place of the document and a change of the data there, so every mutant is a copy of
the document that differs in one value; prompts are never touched. What a mutation *touches* is said in the names of
coverage goals (nodes and edges): only scripts that come by one of them can notice it. Left out is what provably changes
nothing: keys swapped between choices that lead to the same node, a handler for a count that no profile's tries reach or
that says what the handler below it says, a redirection to where the edge leads already, and everything that
no edge leads to.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Any

from ivr.callflow.document import Guard
from ivr.callflow.edges import FAILURES, Edge, all_edges, dialog_members
from ivr.callflow.hotline import DocumentPath, Hotline, Place
from ivr.callflow.nodes import Confirm, Handler, Handlers, Limit, Listening, Menu, Transfer
from ivr.callflow.values import Model
from ivr.testing.coverage import edge_name
from ivr.testing.mutated_commands import mutated_commands
from ivr.testing.mutated_patience import mutated_patience
from ivr.testing.mutation import REMOVED, Mutation, value_at

KINDS = ("handler", "key", "target", "limit", "guard", "help", "timing")


def mutations(hotline: Hotline) -> list[Mutation]:
    """All mutations, in the order of the documents' sections."""
    return list(_Mutator(hotline).all())


class _Mutator:
    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline
        self._flow = flow = hotline.flow
        self._edges = all_edges(flow)
        self._by_path: dict[DocumentPath, list[Edge]] = {}
        for edge in self._edges:
            self._by_path.setdefault(edge.path, []).append(edge)
        self._members = dialog_members(flow)
        self._reached = {edge.target for edge in self._edges} | {flow.start}
        self._tries = max(profile.tries for profile in flow.profiles.values())

    def all(self) -> Iterator[Mutation]:
        flow = self._flow
        for failure in FAILURES:
            field = failure.replace("-", "_")
            yield from self._handlers(("recovery", field), getattr(flow.recovery, field), failure, "everywhere")
        for node_id, node in flow.nodes.items():
            if node_id not in self._reached:
                continue
            if isinstance(node, Listening):
                for failure in FAILURES:
                    field = failure.replace("-", "_")
                    yield from self._handlers(("nodes", node_id, field), getattr(node, field), failure, node_id)
            if isinstance(node, Menu | Transfer):
                yield from self._keys(node_id, node)
                for name, choice in node.choices.items():
                    yield from self._negated(("nodes", node_id, "choices", name, "when"), choice.when, node_id)
            if isinstance(node, Confirm):
                swap = ((("nodes", node_id, "yes_key"), node.no_key), (("nodes", node_id, "no_key"), node.yes_key))
                what = f"{node_id}: keys {node.yes_key} and {node.no_key} swapped"
                yield self._mutation("key", what, swap, {edge_name(node_id, one) for one in ("yes", "no")})
            if isinstance(node, Limit):
                for most in (node.most - 1, node.most + 1):
                    if 1 <= most <= 99:
                        what = f"{node_id}: most {most} instead of {node.most}"
                        yield self._mutation("limit", what, ((("nodes", node_id, "most"), most),), {node_id})
            for number, case in enumerate(getattr(node, "cases", ())):
                yield from self._negated(("nodes", node_id, "cases", number, "when"), case.when, node_id)
            for field in ("prompt", "again"):
                for number, saying in enumerate(getattr(node, field)):
                    yield from self._negated(("nodes", node_id, field, number, "when"), saying.when, node_id)
        for change in (*mutated_commands(flow, self._by_path), *mutated_patience(flow, self._edges)):
            path = change.changes[0][0]
            if path[0] != "nodes" or path[1] in self._reached:
                yield self._mutation(*change)
        yield from self._targets()
        yield from self._limits()
        yield from self._guards()

    def _mutation(
        self, kind: str, what: str, changes: tuple[tuple[DocumentPath, Any], ...], touches: AbstractSet[str]
    ) -> Mutation:
        written = tuple(str(part).replace("_", "-") if number > 1 or part in _FIELDS else part
                        for number, part in enumerate(changes[0][0]))  # fmt: skip
        return Mutation(kind, what, self._place(changes[0][0], written), changes, frozenset(touches))

    def _place(self, path: DocumentPath, written: DocumentPath) -> Place:
        found = [self._hotline.place(*one) for one in (path, written)]
        return max(found, key=lambda place: place.line)

    # -- handlers --------------------------------------------------------------------------------------------------

    def _handlers(self, path: DocumentPath, handlers: Handlers, failure: str, where: str) -> Iterator[Mutation]:
        for count, handler in handlers.items():
            below = max((one for one in handlers if one < count), default=None)
            if int(count) > self._tries or handler == (handlers[below] if below else Handler()):
                continue
            touches = {
                edge_name(edge.source, edge.trigger)
                for edge in self._edges
                if edge.trigger == f"{failure}.{count}" and (where in ("everywhere", edge.source))
            }
            what = f"{where}: handler {failure}.{count} removed"
            yield self._mutation("handler", what, (((*path, count), REMOVED),), touches)

    # -- keys ------------------------------------------------------------------------------------------------------

    def _keys(self, node_id: str, node: Menu | Transfer) -> Iterator[Mutation]:
        keyed = [(name, choice) for name, choice in node.choices.items() if choice.key]
        at: DocumentPath = ("nodes", node_id, "choices")
        for (name, one), (other_name, other) in pairwise(keyed):
            if one.to == other.to and one.when == other.when:
                continue
            swap = (((*at, name, "key"), other.key), ((*at, other_name, "key"), one.key))
            what = f"{node_id}: keys {one.key} and {other.key} swapped"
            touches = {edge_name(node_id, f"{node_id}.{choice}") for choice in (name, other_name)}
            yield self._mutation("key", what, swap, touches)
        for name, choice in keyed:
            if choice.phrases:  # without any the choice would be refused
                what = f"{node_id}: key {choice.key} of {name} removed"
                gone = (((*at, name, "key"), None),)
                yield self._mutation("key", what, gone, {edge_name(node_id, f"{node_id}.{name}")})

    # -- targets ---------------------------------------------------------------------------------------------------

    def _targets(self) -> Iterator[Mutation]:
        for edges in self._by_path.values():
            edge = edges[0]
            if edge.stays or edge.kind == "dialog" or edge.source not in self._reached:
                continue
            at = self._target_path(edge)
            if at is None or value_at(self._flow, at) != edge.target:
                continue
            other = self._elsewhere(edge)
            if other is not None:
                touches = {edge_name(one.source, one.trigger) for one in edges}
                what = f"{edge.source}: {edge.trigger} leads to {other} instead of {edge.target}"
                yield self._mutation("target", what, ((at, other),), touches)

    def _target_path(self, edge: Edge) -> DocumentPath | None:
        path: DocumentPath = tuple(
            part.replace("-", "_") if isinstance(part, str) and (number == 0 or part in _FIELDS) else part
            for number, part in enumerate(edge.path)
        )
        if path[2:3] == ("ratings",):
            return None
        found = value_at(self._flow, path)
        return path if isinstance(found, str) else (*path, "to") if hasattr(found, "to") else None

    def _elsewhere(self, edge: Edge) -> str | None:
        """A node of the same dialog (or of none): where a sibling leads, else the start."""
        here = self._members.get(edge.target)
        siblings = [one.target for one in self._edges if one.source == edge.source and not one.stays]
        start = self._flow.dialogs[here].start if here else self._flow.start
        for node_id in (*siblings, start, *self._flow.nodes):
            if node_id not in (edge.target, edge.source) and self._members.get(node_id) == here:
                return node_id
        return None

    # -- limits and guards -----------------------------------------------------------------------------------------

    def _limits(self) -> Iterator[Mutation]:
        failing = {
            edge_name(edge.source, edge.trigger) for edge in self._edges if edge.kind in ("failure", "exhausted")
        }
        for name, profile in self._flow.profiles.items():
            for tries in (profile.tries - 1, profile.tries + 1):
                if 1 <= tries <= 9:
                    what = f"profile {name}: {tries} tries instead of {profile.tries}"
                    yield self._mutation("limit", what, ((("profiles", name, "tries"), tries),), failing)

    def _negated(self, path: DocumentPath, reference: str | None, node_id: str) -> Iterator[Mutation]:
        if reference is not None:
            wrong = reference.removeprefix("not ") if reference.startswith("not ") else f"not {reference}"
            what = f"{node_id}: when {wrong} instead of when {reference}"
            yield self._mutation("guard", what, ((path, wrong),), {node_id})

    def _guards(self) -> Iterator[Mutation]:
        for name, guard in self._flow.guards.items():
            touches = self._nodes_asking(name)
            for field, value in _off_by_one(guard):
                what = f"guard {name}: {field.replace('_', '-')} {value} instead of {getattr(guard, field)}"
                yield self._mutation("guard", what, ((("guards", name, field), value),), touches)

    def _nodes_asking(self, name: str) -> set[str]:
        """The nodes at which the guard matters; the start, where every call begins, when it may matter anywhere."""
        names = {name}
        while True:
            more = {
                other
                for other, guard in self._flow.guards.items()
                if other not in names
                and not names.isdisjoint(one.removeprefix("not ") for one in (*(guard.all or ()), *(guard.any or ())))
            }
            if not more:
                break
            names |= more
        outside = self._flow.model_copy(update={"nodes": {}, "guards": {}})
        if names & _asked(outside):
            return {self._flow.start}
        return {node_id for node_id, node in self._flow.nodes.items() if names & _asked(node)}


def _asked(part: Any) -> set[str]:
    """The guards that a part of the document refers to."""
    if isinstance(part, Model):
        own = {str(value).removeprefix("not ") for name in ("when", "verified") if (value := getattr(part, name, None))}
        return own.union(*(_asked(getattr(part, name)) for name in type(part).model_fields))
    if isinstance(part, dict):
        return set[str]().union(*map(_asked, part.values()))
    return set[str]().union(*map(_asked, part)) if isinstance(part, tuple) else set()


_FIELDS = frozenset(
    {"no-input", "no-match", "no_input", "no_match", "no-answer", "at_least", "at_most", "inter_digit", "final_silence",
     "gives_up_after"}
)  # fmt: skip


def _off_by_one(guard: Guard) -> Iterator[tuple[str, Any]]:
    for field in ("at_least", "at_most"):
        value = getattr(guard, field)
        if value is not None:
            yield field, value + 1
            yield field, value - 1
    if guard.known is not None:
        yield "known", not guard.known
