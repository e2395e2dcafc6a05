"""Which way leads to a goal: for each node, what a caller who knows the hotline would do there.

Theory of operation. Dijkstra backwards from the goal over the edges of the document. A choice costs one step and what
happens by itself almost nothing; commands and what goes wrong (``failed``, ``busy``) are dear, so they are taken only
where nothing else leads there. So is what can only be said, for callers who would rather press a key: they go through
the menus, while those who speak name a service at once. A dialog counts as one dear step from its ``call`` node to the
node of each result; what to do inside of it depends on the result that the way goes on from, so that is a route of its
own. Guards are ignored: whether a choice is on offer shows when the caller comes by.
"""

from __future__ import annotations

from heapq import heappop, heappush

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import all_edges, dialog_members
from ivr.callflow.menu_machine import Position
from ivr.callflow.nodes import Call, Return

_DEAR = {"failed", "empty", "skipped", "exceeded", "busy", "no-answer"}
_FREE, _TROUBLE, _KEYLESS = 1, 1_000, 2_000
_COSTS = {"choice": 100, "command": 400, "result": 300}

Steps = dict[str, str]
"""By node: the trigger of the edge to take; goals themselves are left out."""


class Route:
    """The ways to one goal."""

    __slots__ = ("_routes", "steps")

    def __init__(self, routes: Routes, steps: Steps) -> None:
        self._routes = routes
        self.steps = steps

    def trigger(self, position: Position) -> str:
        """What to do here; "" where nothing leads to the goal."""
        if position.returns:
            call = position.returns[-1]
            by = self.steps.get(call, "")
            if by.startswith("result."):
                return self._routes.inside(call, by.removeprefix("result.")).get(position.state, "")
        return self.steps.get(position.state, "")


class Routes:
    """The ways of those who speak, or of those who press keys, to whatever they want."""

    def __init__(self, flow: FlowDocument, *, by_voice: bool) -> None:
        self._flow = flow
        self._members = dialog_members(flow)
        self._into: dict[str, list[tuple[str, str, int]]] = {}
        self._known: dict[str, Route] = {}
        self._inside: dict[tuple[str, str], Steps] = {}
        for edge in all_edges(flow):
            if edge.stays or edge.kind in ("failure", "exhausted"):
                continue
            cost = _TROUBLE if edge.trigger in _DEAR else _COSTS.get(edge.kind, _FREE)
            if edge.kind in ("choice", "command") and not edge.key and not by_voice:
                cost += _KEYLESS
            self._into.setdefault(edge.target, []).append((edge.source, edge.trigger, cost))

    def to(self, goal: str) -> Route:
        known = self._known.get(goal)
        if known is None:
            known = self._known[goal] = Route(self, self._solve([goal]))
        return known

    def inside(self, call: str, result: str) -> Steps:
        """The ways through the dialog of this ``call`` node to that result."""
        node = self._flow.nodes[call]
        dialog = node.dialog if isinstance(node, Call) else ""
        known = self._inside.get((dialog, result))
        if known is None:
            ends = [
                node_id
                for node_id, node in self._flow.nodes.items()
                if isinstance(node, Return) and node.result == result and self._members.get(node_id) == dialog
            ]
            known = self._inside[dialog, result] = self._solve(ends)
        return known

    def _solve(self, ends: list[str]) -> Steps:
        steps: Steps = {}
        done: set[str] = set()
        waiting = [(0, end, "") for end in ends]
        while waiting:
            cost, node, trigger = heappop(waiting)
            if node in done:
                continue
            done.add(node)
            if trigger:
                steps[node] = trigger
            for source, by, step in self._into.get(node, ()):
                if source not in done:
                    heappush(waiting, (cost + step, source, by))
        return steps
