"""What a call may still be asked about: the guards and facts that can matter at a node or after it.

Theory of operation. A classical liveness analysis over the edges of the flow. Two calls at the same node differ only by
what is *live* there: a guard that some saying, choice or branch on the way ahead will test before a lookup or a field
has overwritten its fact, or a fact that some prompt or lookup will need. The balance that was read is dead at the
main menu, because every way back to it asks the backend again. This is what keeps an exhaustive exploration small.

A lookup that succeeds is taken to overwrite all that its query declares, except the facts of the ``verified``
guard and of the timing profiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import Edge, all_edges, dialog_members, handlers_at
from ivr.callflow.guards import Circumstances, Guards
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import (
    AnyNode,
    EntryField,
    Listening,
    Lookup,
    Record,
    Return,
    Saying,
    Survey,
    Transfer,
)
from ivr.session.wording import SLOT
from ivr.testing.answer_classes import verified_facts
from ivr.testing.user_properties import NeverBefore, user_properties

_FAILURES = ("no-input", "no-match", "error")


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing that a call is told apart by: a guard on one fact or the clock holds, or a fact is known."""

    guard: str = ""
    fact: str = ""


class LiveFacts:
    """The analysis of one hotline."""

    def __init__(self, hotline: Hotline, guards: Guards) -> None:
        self._hotline = hotline
        self._flow = hotline.flow
        self._guards = guards
        self._primitives: dict[str, frozenset[Atom]] = {}
        self._watched = [
            (prop.matches, self._of_guard(prop.guard))
            for prop in user_properties(self._flow)
            if isinstance(prop, NeverBefore)
        ]
        live = self._solve()
        self.atoms: Mapping[str, tuple[Atom, ...]] = {
            node: tuple(sorted(atoms, key=lambda atom: (atom.guard, atom.fact))) for node, atoms in live.items()
        }

    def at(self, node: str, call: Circumstances) -> int:
        """What holds and is known among the live atoms of ``node``, one bit for each."""
        bits = 0
        holds, facts = self._guards.holds, call.facts
        for number, atom in enumerate(self.atoms[node]):
            if holds(atom.guard, call) if atom.guard else atom.fact in facts:
                bits |= 1 << number
        return bits

    # -- uses ------------------------------------------------------------------------------------------------------

    def _of_guard(self, reference: str | None, above: frozenset[str] = frozenset()) -> frozenset[Atom]:
        if reference is None:
            return frozenset()
        name = reference.removeprefix("not ")
        if name not in self._primitives:
            guard = self._flow.guards.get(name)
            if guard is None or name in above:
                return frozenset()
            parts = [self._of_guard(part, above | {name}) for part in (*(guard.all or ()), *(guard.any or ()))]
            own = frozenset([Atom(guard=name)]) if not parts else frozenset[Atom]()
            self._primitives[name] = own.union(*parts)
        return self._primitives[name]

    def _of_sayings(self, sayings: Iterable[Saying]) -> Iterator[Atom]:
        for saying in sayings:
            yield from self._of_guard(saying.when)
            for matches, atoms in self._watched:
                if matches(saying.say):
                    yield from atoms
            prompt = self._hotline.prompts.get(saying.say)
            if saying.each is not None:
                yield Atom(fact=saying.each)
            if prompt is None:
                continue
            if prompt.heard_by == "verified":
                yield from self._of_guard(self._flow.verified)
            for name, _ in SLOT.findall(prompt.text):
                if not (name.startswith("line.") and saying.each):
                    yield Atom(fact=name)

    def _uses(self, node_id: str, node: AnyNode, edges: Iterable[Edge]) -> Iterator[Atom]:
        flow = self._flow
        sayings = [*node.prompt, *node.again]
        if isinstance(node, Listening):
            sayings += node.help
            for failure in _FAILURES:
                for handler in handlers_at(flow, node, failure).values():
                    sayings += handler.say
        if isinstance(node, EntryField):
            sayings += (*node.cleared, *node.spoken.advise_keys, *node.spoken.keys_only)
            for refusal in node.refusals.values():
                sayings += refusal
        if isinstance(node, Transfer):
            sayings += node.comfort
        yield from self._of_sayings((*sayings, *flow.help, *flow.repeat, *flow.waiting.filler))
        for edge in edges:
            yield from self._of_guard(edge.guard)
        if isinstance(node, Lookup):
            for source in node.with_.values():
                if isinstance(source, str):
                    yield Atom(fact=source)
            query = flow.queries.get(node.query)
            if query is not None and query.private:
                yield from self._of_guard(flow.verified)
        for matches, atoms in self._watched:
            if matches(node_id):
                yield from atoms

    # -- the analysis ----------------------------------------------------------------------------------------------

    def _kills(self, edge: Edge) -> frozenset[Atom]:
        node = self._flow.nodes[edge.source]
        given: set[str] = set()
        if edge.trigger == "next" and isinstance(node, Lookup):
            query = self._flow.queries.get(node.query)
            kept = verified_facts(self._flow)
            given = set(query.gives) - kept if query is not None else set()
        elif edge.trigger == "next" and isinstance(node, EntryField):
            given = {node.stores, "entry.tail", "entry.spoken"}
        elif edge.trigger == "next" and isinstance(node, Record):
            given = {f"{node.stores}.text", f"{node.stores}.duration"}
        elif edge.trigger.startswith("rating.") and isinstance(node, Survey):
            given = {node.stores}
        lasting = self._of_profiles()
        killed = {Atom(fact=fact) for fact in given}
        killed |= {Atom(guard=name) for name, g in self._flow.guards.items() if {g.fact, g.same_as} & given}
        return frozenset(killed - lasting)

    def _of_profiles(self) -> frozenset[Atom]:
        return frozenset[Atom]().union(*(self._of_guard(profile.when) for profile in self._flow.profiles.values()))

    def _solve(self) -> dict[str, set[Atom]]:
        flow = self._flow
        ways: dict[str, list[tuple[str, frozenset[Atom]]]] = {node: [] for node in flow.nodes}
        by_source: dict[str, list[Edge]] = {node: [] for node in flow.nodes}
        nothing: frozenset[Atom] = frozenset()
        for edge in all_edges(flow):
            by_source[edge.source].append(edge)
            if not edge.stays:
                ways[edge.source].append((edge.target, self._kills(edge)))
        for source, target in _returns(flow):
            ways[source].append((target, nothing))
        before: dict[str, list[str]] = {node: [] for node in flow.nodes}
        for source, targets in ways.items():
            for target, _ in targets:
                before[target].append(source)
        live = {node_id: set(self._uses(node_id, node, by_source[node_id])) for node_id, node in flow.nodes.items()}
        waiting = list(flow.nodes)
        while waiting:
            node_id = waiting.pop()
            atoms = live[node_id]
            size = len(atoms)
            for target, killed in ways[node_id]:
                atoms |= live[target] - killed
            if len(atoms) > size:
                waiting += before[node_id]
        return live


def _returns(flow: FlowDocument) -> Iterator[tuple[str, str]]:
    """From each return node to where its result may lead."""
    members = dialog_members(flow)
    calls = [edge for edge in all_edges(flow) if edge.kind == "result"]
    for node_id, node in flow.nodes.items():
        if isinstance(node, Return):
            for edge in calls:
                dialog = getattr(flow.nodes[edge.source], "dialog", None)
                if edge.trigger == f"result.{node.result}" and members.get(node_id) == dialog:
                    yield node_id, edge.target
