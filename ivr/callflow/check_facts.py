"""Which facts a call surely knows at each node, whichever way it came.

Theory of operation. A forward data-flow analysis: what is known on entering a node is the intersection over all edges
that lead there. Lookups that succeed, fields, ratings and recordings add facts; so does a guard that holds, since a
test on an unknown fact is never true. Facts are never forgotten in a call, so two things follow without a path:

* a fact that is known was given by one of its givers; hence whatever every giver knew is known too;
* coming back from a dialog with a result, all is known that every return with that result knows.

``PROOF`` is a pretended fact: somebody's identity was judged. It is added by a guard that holds and that tests the fact
of the document's ``verified`` guard, or another answer of a query that gives this fact. The analysis does not look at
values: the exhaustive proof that nothing private is heard belongs to exploration.

Sets of facts are integers, one bit for a fact: a hotline of ten thousand nodes is analysed in about a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from ivr.callflow.check_names import ALWAYS_KNOWN, declared_facts
from ivr.callflow.check_subject import Said, Subject
from ivr.callflow.document import Guard
from ivr.callflow.edges import Edge
from ivr.callflow.nodes import Call, EntryField, Lookup, Record, Return, Survey

PROOF = "(proof of identity)"

_Move = tuple[str, int, int, tuple[str, str] | None]  # target, facts gained, facts tested, (dialog, result)


class Knowledge:
    """The analysis of one hotline."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        flow = subject.flow
        facts = [PROOF, *declared_facts(subject)]
        self._bits = {fact: 1 << number for number, fact in enumerate(facts)}
        self._everything = (1 << len(facts)) - 1
        self._always = self._mask(ALWAYS_KNOWN)
        self._evidence = self._evidence_facts()
        self._tested: dict[str, int] = {}
        self._returns = self._returns_by_result()
        self._moves = {node_id: self._moves_from(node_id) for node_id in subject.nodes}
        self._givers = self._givers_by_bit()
        self._implied: dict[int, int] | None = None  # None: not worked out yet, so nothing is ruled out
        self._results: dict[tuple[str, str], int] = {}
        self._closed: dict[int, int] = {0: 0}
        self.at = dict.fromkeys(subject.nodes, self._everything)
        if flow.start in subject.nodes:
            self.at[flow.start] = self._always
            self._solve()

    def knows(self, node: str, fact: str, when: str | None = None) -> bool:
        """Whether ``fact`` is surely known when ``node`` says something under the guard ``when``; "" for anywhere."""
        held = self.at[node] if node else self._always
        if when is not None:
            held |= self._closure(self.holding(when))
        return bool(held & self._bits.get(fact, 0))

    def holding(self, reference: str) -> int:
        """The facts that a guard tests when it holds, as a mask."""
        if reference not in self._tested:
            self._tested[reference] = self._true(reference, frozenset())
        return self._tested[reference]

    def _mask(self, facts: Iterable[str]) -> int:
        mask = 0
        for fact in facts:
            mask |= self._bits.get(fact, 0)
        return mask

    def _evidence_facts(self) -> frozenset[str]:
        """The facts whose positive test proves that somebody's identity was judged."""
        flow = self._subject.flow
        guard = flow.guards.get((flow.verified or "").removeprefix("not "))
        if guard is None or guard.fact is None:
            return frozenset()
        together = [fact for query in flow.queries.values() if guard.fact in query.gives for fact in query.gives]
        return frozenset([guard.fact, *together])

    def _true(self, reference: str, above: frozenset[str]) -> int:
        """Facts known because the guard holds; ``above``: the guards that are being looked into, against cycles."""
        name = reference.removeprefix("not ")
        guard = self._subject.flow.guards.get(name)
        if guard is None or name in above:
            return 0
        mask = self._false(guard, above | {name}) if name != reference else self._holds(guard, above | {name})
        return mask | (self._bits[PROOF] if reference == self._subject.flow.verified else 0)

    def _holds(self, guard: Guard, above: frozenset[str]) -> int:
        if guard.fact is not None:
            if guard.known is False:
                return 0
            if guard.same_as is not None:
                return self._mask([guard.fact, guard.same_as])
            proof = self._bits[PROOF] if guard.fact in self._evidence and guard.known is None else 0
            return self._mask([guard.fact]) | proof
        parts = [self._true(part, above) for part in guard.all or guard.any or ()]
        return _union(parts) if guard.all is not None else _intersection(parts)

    def _false(self, guard: Guard, above: frozenset[str]) -> int:
        if guard.fact is not None:
            return self._mask([guard.fact]) if guard.known is False else 0
        parts = [self._true(_opposite(part), above) for part in guard.all or guard.any or ()]
        return _union(parts) if guard.any is not None else _intersection(parts)

    def _returns_by_result(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for node_id, node in self._subject.nodes.items():
            if isinstance(node, Return) and node_id in self._subject.members:
                found.setdefault((self._subject.members[node_id], node.result), []).append(node_id)
        return found

    def _moves_from(self, node_id: str) -> list[_Move]:
        moves: dict[_Move, None] = {}
        not_before = 0  # tests that failed in the cases before this one
        for edge in self._subject.edges[node_id]:
            if edge.stays:
                continue
            tested = 0 if edge.guard is None else self.holding(edge.guard)
            if edge.kind == "case":
                tested |= not_before
                if edge.guard is not None:
                    not_before |= self.holding(_opposite(edge.guard))
            moves[(edge.target, self._gained(edge), tested, self._result(edge))] = None
        return list(moves)

    def _gained(self, edge: Edge) -> int:
        node = self._subject.nodes[edge.source]
        if edge.trigger == "next":
            return self._given(edge.source)
        if isinstance(node, Survey) and edge.trigger.startswith("rating."):
            return self._given(edge.source)
        return 0

    def _given(self, node_id: str) -> int:
        """What a node adds when it succeeds."""
        node = self._subject.nodes[node_id]
        match node:
            case Lookup():
                query = self._subject.flow.queries.get(node.query)
                return self._mask(query.gives) if query else 0
            case EntryField():
                return self._mask([node.stores, "entry.tail", "entry.spoken"])
            case Survey():
                return self._mask([node.stores])
            case Record():
                return self._mask([f"{node.stores}.text", f"{node.stores}.duration"])
        return 0

    def _result(self, edge: Edge) -> tuple[str, str] | None:
        node = self._subject.nodes[edge.source]
        if edge.kind != "result" or not isinstance(node, Call):
            return None
        result = edge.trigger.removeprefix("result.")
        dialog = self._subject.flow.dialogs.get(node.dialog)
        return None if dialog is None or dialog.back == result else (node.dialog, result)

    def _givers_by_bit(self) -> dict[int, list[tuple[str, int]]]:
        givers: dict[int, list[tuple[str, int]]] = {}
        for node_id in self._subject.nodes:
            given = left = self._given(node_id)
            while left:
                bit = left & -left
                left ^= bit
                givers.setdefault(bit, []).append((node_id, given))
        return givers

    def _solve(self) -> None:
        """Lowers ``at`` until it is consistent: with the edges, and with what known facts and results imply."""
        start = self._subject.flow.start
        seen = {start}
        while True:
            self._spread(deque(node_id for node_id in self._subject.nodes if node_id in seen), seen)
            implied = self._implications()
            results = {key: _intersection([self.at[end] for end in ends]) for key, ends in self._returns.items()}
            if implied == self._implied and results == self._results:
                return
            self._implied, self._results, self._closed = implied, results, {0: 0}

    def _spread(self, waiting: deque[str], seen: set[str]) -> None:
        queued = set(waiting)
        while waiting:
            node_id = waiting.popleft()
            queued.discard(node_id)
            known = self.at[node_id]
            for target, gained, tested, result in self._moves[node_id]:
                arriving = known | gained | (self._closure(tested) if tested else 0)
                if result is not None:
                    arriving |= self._results.get(result, self._everything)
                lower = self.at[target] & arriving
                if lower != self.at[target] or target not in seen:
                    seen.add(target)
                    self.at[target] = lower
                    if target not in queued:
                        queued.add(target)
                        waiting.append(target)

    def _implications(self) -> dict[int, int]:
        return {
            bit: _intersection([self.at[node] | given for node, given in givers])
            for bit, givers in self._givers.items()
        }

    def _closure(self, mask: int) -> int:
        """``mask`` and everything known together with it."""
        closed = self._closed.get(mask)
        if closed is None:
            closed, left = mask, mask
            while left:
                bit = left & -left
                left ^= bit
                closed |= self._everything if self._implied is None else self._implied.get(bit, 0)
            self._closed[mask] = closed
        return closed


def knowledge(subject: Subject) -> Knowledge:
    """The analysis of a subject; ask through ``subject.once``."""
    return Knowledge(subject)


def sure(subject: Subject, said: Said, fact: str) -> bool:
    """Whether a fact is surely known when something is said."""
    return subject.once(knowledge).knows(said.node, fact, said.saying.when)


def _opposite(reference: str) -> str:
    return reference.removeprefix("not ") if reference.startswith("not ") else f"not {reference}"


def _union(masks: Iterable[int]) -> int:
    result = 0
    for mask in masks:
        result |= mask
    return result


def _intersection(masks: list[int]) -> int:
    if not masks:
        return 0
    result = masks[0]
    for mask in masks[1:]:
        result &= mask
    return result
