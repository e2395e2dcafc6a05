"""Where the count of a ``limit`` node must be known exactly, and where it is enough to know whether it is used up.

Theory of operation. A limit bounds a loop: wrong password, ask again. Inside that loop every count is a different
state. Elsewhere it matters only whether the next visit will be one too many, so a thousand combinations of counters
become a few. The loop is the strongly connected component of the limit's node in the flow without what connects
everything with everything: commands, the document's last resort, and edges to a menu that has nodes below it. A limit
that lies in no such loop counts visits across the whole call; it is known exactly everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import all_edges, ancestors
from ivr.callflow.nodes import Limit, Menu

Counts = Mapping[str, int]


class LimitRegions:
    """Of one flow; tells abstract counts and how many limits are used up elsewhere."""

    def __init__(self, flow: FlowDocument) -> None:
        self._most = {node_id: node.most for node_id, node in flow.nodes.items() if isinstance(node, Limit)}
        targets: dict[str, list[str]] = {node: [] for node in flow.nodes}
        above = {place for node in flow.nodes for place in ancestors(node)}
        hubs = {node for node in above if isinstance(flow.nodes.get(node), Menu)} | {flow.start}
        for edge in all_edges(flow):
            anywhere = edge.kind == "command" or edge.path[:1] == ("recovery",)
            if not (edge.stays or anywhere or edge.target in hubs):
                targets[edge.source].append(edge.target)
        self._region = {limit: _loop(targets, limit) for limit in self._most}

    def counts(self, node: str, counted: Counts, *, elsewhere: bool = True) -> tuple[tuple[str, int], ...]:
        """The counts that tell calls at ``node`` apart; without ``elsewhere`` only those of the loop it lies in."""
        told: list[tuple[str, int]] = []
        for limit, count in counted.items():
            most = self._most[limit]
            exact = len(self._region[limit]) < 2 or node in self._region[limit]
            known = min(count, most) if exact else most * (count >= most and elsewhere)
            if known:
                told.append((limit, known))
        return tuple(sorted(told))

    def used_up_elsewhere(self, node: str, counted: Counts) -> int:
        """How many limits are used up whose loop the call is not in."""
        return sum(count >= self._most[limit] and node not in self._region[limit] for limit, count in counted.items())


def _loop(targets: Mapping[str, list[str]], node: str) -> frozenset[str]:
    """The strongly connected component of ``node``; just itself where it lies on no loop."""
    backwards: dict[str, list[str]] = {source: [] for source in targets}
    for source, reached in targets.items():
        for target in reached:
            backwards[target].append(source)
    return frozenset(_reach(targets, node) & _reach(backwards, node))


def _reach(targets: Mapping[str, list[str]], start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for target in targets[waiting.pop()]:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen
