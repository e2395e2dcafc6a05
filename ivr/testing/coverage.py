"""How much of a hotline calls have gone through: nodes, and every way from one node to another.

Theory of operation. What there is to cover comes from the document alone: its nodes, ``all_edges``, and two ways out
that have no edge: the time that ran out (in the middle of an entry, or of a lookup) and the caller who hung up while
the hotline was listening. What was covered comes from event logs alone, so that scripts, live calls and journals count
alike: ``node-entered`` tells by which edge, ``command`` and the failures tell of those that stay.

Goals are counted by kind; ``edges`` is everything but the nodes. A goal has a stable name, such as
``main > command.agent``, by which several runs are combined, as long as the hotline is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.callflow.edges import FAILURES, Edge, all_edges, handlers_at, listens
from ivr.callflow.hotline import Hotline, Place
from ivr.callflow.nodes import EntryField, Listening, Lookup
from ivr.session.call_log import LogEntry
from ivr.session.recovery import handler_for

KINDS = ("nodes", "choices", "commands", "no-input", "no-match", "error", "timeouts", "hang-ups", "other")
GROUPS = ("nodes", "edges", *KINDS[1:])  # what thresholds may be set for
TIMED_OUT, HUNG_UP = "time runs out", "caller hangs up"


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to cover."""

    name: str
    kind: str
    place: Place  # where it is written in the document
    source: str
    trigger: str = ""  # "" for a node
    target: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    covered: int
    total: int

    @property
    def percent(self) -> float:
        """100 for nothing to cover. Rounded down to tenths, so that 100 means all."""
        return 100.0 if not self.total else self.covered * 1_000 // self.total / 10


class Coverage:
    """Of one hotline; give it the event logs of calls."""

    def __init__(self, hotline: Hotline) -> None:
        self.hotline = hotline
        self.goals = {goal.name: goal for goal in _goals(hotline)}
        self.hits: Counter[str] = Counter()
        self._handlers = {
            (node_id, failure): handlers_at(hotline.flow, node, failure)
            for node_id, node in hotline.flow.nodes.items()
            if isinstance(node, Listening)
            for failure in FAILURES
        }

    def take(self, log: Iterable[LogEntry]) -> None:
        """Counts one call. Entries of another hotline's nodes count for nothing."""
        node = ""
        calling: list[str] = []  # nodes whose dialog has been entered, innermost last
        for entry in log:
            data = entry.data
            match entry.event:
                case "node-entered":
                    by, source = str(data.get("by", "")), node
                    if by.startswith("result.") and calling:
                        source = calling.pop()
                    elif by == "dialog":
                        calling.append(source)
                    node = str(data["node"])
                    self._hit(node)
                    if by:
                        self._hit(edge_name(source, by))
                case "command":
                    self._hit(edge_name(node, str(data["command"])))
                case "no-input" | "no-match" | "error":
                    self._failed(node, entry)
                case "collected":
                    if data.get("reason") == "inter-timeout":
                        self._hit(edge_name(node, TIMED_OUT))
                case "lookup-failed":
                    if data.get("reason") == "timeout":
                        self._hit(edge_name(node, TIMED_OUT))
                case "caller-hung-up":
                    self._hit(edge_name(node, HUNG_UP))

    def share(self, group: str) -> Share:
        """Of one kind, or of all ``edges``."""
        goals = [goal for goal in self.goals.values() if _belongs(goal, group)]
        return Share(sum(goal.name in self.hits for goal in goals), len(goals))

    def missing(self, group: str = "") -> list[Goal]:
        """What no call has come by, in the order of the documents; of all groups by default."""
        goals = [goal for goal in self.goals.values() if goal.name not in self.hits]
        return [goal for goal in goals if not group or _belongs(goal, group)]

    def add(self, hits: Mapping[str, int]) -> None:
        """Adds what another run has counted; names that the hotline no longer has are dropped."""
        for name, count in hits.items():
            if name in self.goals:
                self.hits[name] += count

    def _hit(self, name: str) -> None:
        if name in self.goals:
            self.hits[name] += 1

    def _failed(self, node: str, entry: LogEntry) -> None:
        count = entry.data.get("count")
        handlers = self._handlers.get((node, entry.event))
        if handlers is not None and isinstance(count, int):
            self._hit(edge_name(node, f"{entry.event}.{handler_for(handlers, count)[0]}"))


def edge_name(source: str, trigger: str) -> str:
    return f"{source} > {trigger}"


def _belongs(goal: Goal, group: str) -> bool:
    return goal.kind == group or (group == "edges" and goal.kind != "nodes")


def _goals(hotline: Hotline) -> Iterable[Goal]:
    flow = hotline.flow
    for node_id in flow.nodes:
        yield Goal(node_id, "nodes", hotline.place("nodes", node_id), node_id)
    for edge in all_edges(flow):
        name = edge_name(edge.source, edge.trigger)
        yield Goal(name, _kind(edge), hotline.place(*edge.path), edge.source, edge.trigger, edge.target)
    for node_id, node in flow.nodes.items():
        place = hotline.place("nodes", node_id)
        if isinstance(node, EntryField | Lookup):
            yield Goal(edge_name(node_id, TIMED_OUT), "timeouts", place, node_id, TIMED_OUT)
        if listens(node) and node.kind != "say":  # during an announcement the hotline speaks
            yield Goal(edge_name(node_id, HUNG_UP), "hang-ups", place, node_id, HUNG_UP)


def _kind(edge: Edge) -> str:
    if edge.kind in ("choice", "command"):
        return f"{edge.kind}s"
    return next((failure for failure in FAILURES if edge.trigger.startswith(f"{failure}.")), "other")
