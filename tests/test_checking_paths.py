"""What the check says about paths, against walks through random call flows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from random_flows import flows

from ivr.callflow.check_facts import Knowledge
from ivr.callflow.check_graph import reachable
from ivr.callflow.check_paths import components, cycles, reach, reverse
from ivr.callflow.check_subject import Subject
from ivr.callflow.checking import check
from ivr.callflow.edges import Edge, edges_from
from ivr.callflow.guards import Guards
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Branch, Call, EntryField, Hangup, Limit, Lookup, Menu, Return, Survey, Transfer

graphs = st.dictionaries(st.sampled_from("abcdefg"), st.lists(st.sampled_from("abcdefg"), max_size=4))
SILENT_END = ("dead-end", "loop-without-input", "loop-in-silence")


@given(graphs)
def test_components_are_what_reaches_each_other(graph: dict[str, list[str]]) -> None:
    nodes = set(graph) | {target for targets in graph.values() for target in targets}
    parts = {frozenset(part) for part in components(graph)}
    for node in graph:
        mutual = frozenset(other for other in reach(graph, [node]) if node in reach(graph, [other]))
        assert mutual in parts
    assert {node for part in parts for node in part} == nodes


@given(graphs)
def test_a_cycle_is_a_node_that_reaches_itself(graph: dict[str, list[str]]) -> None:
    on_cycles = {node for part in cycles(graph) for node in part}
    assert on_cycles == {node for node in graph if node in reach(graph, graph[node])}


@given(graphs, st.sampled_from("abcdefg"))
def test_backwards_reaches_what_is_reached_by(graph: dict[str, list[str]], goal: str) -> None:
    assert reach(reverse(graph), [goal]) == {goal} | {node for node in graph if goal in reach(graph, [node])}


def test_a_chain_of_a_hundred_thousand_nodes_is_no_trouble() -> None:
    chain = {str(number): [str(number + 1)] for number in range(100_000)}
    assert len(components(chain)) == 100_001


@dataclass
class Walk:
    """One call through a flow; ``choose`` decides whatever is not decided by facts."""

    hotline: Hotline
    choose: Any
    facts: dict[str, object] = field(default_factory=dict)
    returns: list[str] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, 30)

    def __post_init__(self) -> None:
        self.guards = Guards(self.hotline.flow)
        self.node = self.hotline.flow.start

    def step(self, *, silent: bool) -> bool:
        """Moves on; False at the end. ``silent``: the caller does nothing, and no agent talks."""
        flow = self.hotline.flow
        node = flow.nodes[self.node]
        if isinstance(node, Hangup) or (isinstance(node, Return) and not self.returns):
            return False
        if isinstance(node, Return):
            self.node = self.returns.pop()
            edges = [e for e in edges_from(flow, self.node) if e.trigger == f"result.{node.result}"]
        else:
            edges = [e for e in edges_from(flow, self.node) if self._possible(e, silent=silent)]
        edge = edges[0] if isinstance(node, Branch) else self.choose(edges)
        if edge.kind == "dialog":
            self.returns.append(self.node)
        self._learn(edge)
        self.node = edge.target
        return True

    def _possible(self, edge: Edge, *, silent: bool) -> bool:
        node = self.hotline.flow.nodes[edge.source]
        if isinstance(node, Limit):
            if edge.trigger == "next":
                self.limits[edge.source] = self.limits.get(edge.source, 0) + 1
            return (self.limits[edge.source] <= node.most) == (edge.trigger == "next")
        if isinstance(node, Call):
            return edge.kind == "dialog"
        if silent:
            if isinstance(node, EntryField | Menu):
                return edge.trigger == "exhausted"
            if isinstance(node, Survey):
                return edge.trigger == "skipped"
            if isinstance(node, Transfer):
                return edge.trigger in ("busy", "no-answer")
        return self.guards.holds(edge.guard, self)

    def _learn(self, edge: Edge) -> None:
        node = self.hotline.flow.nodes[edge.source]
        if edge.trigger == "next":
            if isinstance(node, Lookup):
                for fact, declared in self.hotline.flow.queries[node.query].gives.items():
                    self.facts[fact] = self.choose(
                        [5, 10, 20] if declared.type == "money" else ["red", "blue", "green"]
                    )
            elif isinstance(node, EntryField):
                self.facts |= {node.stores: "1234", "entry.tail": "1234"}
        elif edge.trigger.startswith("rating.") and isinstance(node, Survey):
            self.facts[node.stores] = 1


def chooser(data: st.DataObject) -> Any:
    return lambda options: options[0] if len(options) == 1 else data.draw(st.sampled_from(options))


@settings(max_examples=300, deadline=None)
@given(flows(), st.data())
def test_what_is_surely_known_is_known_on_every_walk(hotline: Hotline, data: st.DataObject) -> None:
    subject = Subject(hotline)
    knowledge = Knowledge(subject)
    facts = ("card.colour", "account.sum", "typed.number", "typed.rating", "entry.tail")
    promised = {node: [fact for fact in facts if knowledge.knows(node, fact)] for node in subject.nodes}
    walk = Walk(hotline, chooser(data))
    for _ in range(25):
        assert set(promised[walk.node]) <= set(walk.facts), walk.node
        if not walk.step(silent=False):
            break


@settings(max_examples=150, deadline=None)
@given(flows(), st.data())
def test_a_walk_stays_among_the_reachable(hotline: Hotline, data: st.DataObject) -> None:
    reached = reachable(Subject(hotline))
    walk = Walk(hotline, chooser(data))
    for _ in range(20):
        assert walk.node in reached
        if not walk.step(silent=False):
            break


@settings(max_examples=400, deadline=None)
@given(flows(), st.randoms(use_true_random=False))
def test_without_a_trap_a_silent_call_never_comes_round_again(hotline: Hotline, random: Any) -> None:
    if check(hotline, SILENT_END):
        return
    for _ in range(8):
        walk = Walk(hotline, random.choice)
        seen = set()
        while walk.step(silent=True):
            state = (walk.node, tuple(walk.returns), tuple(walk.limits.items()), tuple(walk.facts.items()))
            assert state not in seen, walk.node
            seen.add(state)


@settings(max_examples=100, deadline=None)
@given(flows())
def test_the_check_of_any_flow_finds_something_to_say_and_never_breaks(hotline: Hotline) -> None:
    assert all(finding.problem.what for finding in check(hotline))
