"""Coverage drawn on the flow: an SVG of all nodes in columns by their distance from the start, without any tool.

Green was covered wholly, amber in part, red never. Ways that every node has (commands, reprompts) would hide the rest
under hundreds of arrows; they colour their node and stand in its tooltip instead.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from html import escape

from ivr.testing.coverage import Coverage, Goal

_WIDTH, _HEIGHT = 210, 20
_GAP_X, _GAP_Y = 70, 8
_MARGIN = 10
_DRAWN = ("choices", "other")


def coverage_svg(coverage: Coverage) -> str:
    """A whole ``<svg>`` element; its colours are classes ``all``, ``part`` and ``none``."""
    spots = _spots(coverage)
    width = max(x for x, _ in spots.values()) + _WIDTH + _MARGIN
    height = max(y for _, y in spots.values()) + _HEIGHT + _MARGIN
    body = "\n".join([*_arrows(coverage, spots), *_boxes(coverage, spots)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="coverage of the flow">\n{body}\n</svg>'
    )


def _spots(coverage: Coverage) -> dict[str, tuple[int, int]]:
    """Upper left corner of each node's box."""
    flow = coverage.hotline.flow
    targets: dict[str, list[str]] = {}
    for goal in coverage.goals.values():
        if goal.target and goal.kind in _DRAWN:
            targets.setdefault(goal.source, []).append(goal.target)
    depth = {flow.start: 0}
    waiting = deque([flow.start])
    while waiting:
        node = waiting.popleft()
        for target in targets.get(node, ()):
            if target not in depth:
                depth[target] = depth[node] + 1
                waiting.append(target)
    last = max(depth.values()) + 1
    filled: dict[int, int] = {}
    spots: dict[str, tuple[int, int]] = {}
    for node_id in flow.nodes:
        column = depth.get(node_id, last)  # what only a command or a failure leads to stands at the right
        row = filled[column] = filled.get(column, -1) + 1
        spots[node_id] = (_MARGIN + column * (_WIDTH + _GAP_X), _MARGIN + row * (_HEIGHT + _GAP_Y))
    return spots


def _arrows(coverage: Coverage, spots: dict[str, tuple[int, int]]) -> Iterator[str]:
    for goal in coverage.goals.values():
        if goal.kind not in _DRAWN or goal.target not in spots or goal.source == goal.target:
            continue
        (x1, y1), (x2, y2) = spots[goal.source], spots[goal.target]
        x1, y1, y2 = x1 + _WIDTH, y1 + _HEIGHT // 2, y2 + _HEIGHT // 2
        bend = max(abs(x2 - x1) // 2, 40)
        state = "all" if goal.name in coverage.hits else "none"
        yield (
            f'<path class="{state}" d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}">'
            f"<title>{escape(goal.name)} → {escape(goal.target)}</title></path>"
        )


def _boxes(coverage: Coverage, spots: dict[str, tuple[int, int]]) -> Iterator[str]:
    ways: dict[str, list[Goal]] = {}
    for goal in coverage.goals.values():
        if goal.kind != "nodes":
            ways.setdefault(goal.source, []).append(goal)
    for node_id, (x, y) in spots.items():
        missing = [goal.trigger for goal in ways.get(node_id, ()) if goal.name not in coverage.hits]
        state = "none" if node_id not in coverage.hits else "part" if missing else "all"
        told = f"{node_id}: entered {coverage.hits[node_id]} times"
        if missing:
            told += f"; never left by {', '.join(missing)}"
        shown = node_id if len(node_id) <= 30 else "…" + node_id[-29:]
        yield (
            f'<g class="{state}"><title>{escape(told)}</title>'
            f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="4"/>'
            f'<text x="{x + 6}" y="{y + 14}">{escape(shown)}</text></g>'
        )
