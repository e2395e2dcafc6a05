"""A crowd's report as one HTML page that needs nothing else: tables, a funnel per node and curves over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape

from ivr.testing.crowd import BIN_MS
from ivr.testing.crowd_report import OUTCOMES, CrowdReport, percentile

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --served: #1a7f4b; --waiting: #3367d6;
  --lost: #c62828; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181a; --served: #4cc38a; --waiting: #8ab4f8;
  --lost: #ff7b72; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 65rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 0 0 1.5rem; width: 100%; }
td, th { padding: .15rem .8rem .15rem 0; text-align: left; border-bottom: 1px solid #8883; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--ink); }
svg .axis { stroke: #8888; fill: none; } svg .grid { stroke: #8884; stroke-width: 1; }
svg path { fill: none; stroke-width: 2; }
.served { stroke: var(--served); } .waiting { stroke: var(--waiting); } .lost { stroke: var(--lost); }
text.served { fill: var(--served); stroke: none; } text.waiting { fill: var(--waiting); stroke: none; }
text.lost { fill: var(--lost); stroke: none; }
rect.went { fill: var(--waiting); stroke: none; } rect.left { fill: var(--lost); stroke: none; }
"""
_WIDTH, _HEIGHT, _MARGIN = 900, 260, 40
_POINTS = 120
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600)
_MOST_TICKS = 8
_NAMES = {"served": "served", "lost": "left without", "waiting": "still on their way"}
_BAR, _BARS_AT, _BARS_WIDTH = 20, 240, 460
_NODES_SHOWN = 40


def crowd_page(report: CrowdReport) -> str:
    """The whole page. The same tally gives the same bytes."""
    tally = report.tally
    title = f"{tally.callers:,} callers of {report.hotline.flow.title}"
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>",
        f"<p>Seed {escape(report.seed)}. " + ("Interrupted: the rest did not phone." if report.interrupted else ""),
        "</p><h2>Outcomes</h2>",
        *_table("all", Counter({("all callers", name): tally.outcomes[name] for name in OUTCOMES}), {}),
        *_table("persona", tally.personas, {}),
        *_table("goal", tally.goals, dict(report.hotline.flow.services)),
        "<h2>Over time</h2><p>Of all callers, so many seconds after the hotline answered. The blue curve is the share "
        "that survives: neither served nor gone.</p>",
        _curves(report),
        _times("time to service", tally.served_at),
        _times("time to leaving", tally.left_at),
        "<h2>Where they came by</h2><p>Callers at each node (blue), and of these whose last node it was, unserved "
        f"(red). {_shown_nodes(len(tally.came_by))}</p>",
        _funnel(report),
    ]
    if tally.defects:
        parts.append("<h2>Defects</h2><ul>")
        parts += [f"<li>caller {one.caller}: {escape(one.what)}</li>" for one in tally.defects]
        parts.append("</ul>")
    return "\n".join([*parts, "</body></html>\n"])


def _table(head: str, counted: Counter[tuple[str, str]], titles: dict[str, str]) -> Iterator[str]:
    heads = "".join(f'<th class="number">{outcome}</th>' for outcome in OUTCOMES)
    yield f'<table><tr><th>{head}</th><th class="number">callers</th>{heads}</tr>'
    totals = Counter[str]()
    for (name, _), count in counted.items():
        totals[name] += count
    for name in sorted((name for name, total in totals.items() if total), key=lambda name: (-totals[name], name)):
        total = sum(counted[name, outcome] for outcome in OUTCOMES)
        cells = "".join(f'<td class="number">{100 * counted[name, outcome] / total:.1f} %</td>' for outcome in OUTCOMES)
        shown = escape(f"{name} {titles.get(name, '')}".strip())
        yield f'<tr><td>{shown}</td><td class="number">{total:,}</td>{cells}</tr>'
    yield "</table>"


def _curves(report: CrowdReport) -> str:
    tally = report.tally
    if not tally.callers:
        return ""
    last_ms = max(percentile(tally.served_at, 99) or 0, percentile(tally.left_at, 90) or 0, 1_000)
    rows: dict[str, list[tuple[float, float]]] = {"served": [], "lost": [], "waiting": []}
    for point in range(_POINTS + 1):
        upto = last_ms * point // _POINTS
        served = _share_by(tally.served_at, upto, tally.callers)
        lost = _share_by(tally.left_at, upto, tally.callers)
        x = _MARGIN + (_WIDTH - 2 * _MARGIN) * point / _POINTS
        for name, share in (("served", served), ("lost", lost), ("waiting", 1 - served - lost)):
            rows[name].append((x, _HEIGHT - _MARGIN - (_HEIGHT - 2 * _MARGIN) * share))
    lines = "".join(
        f'<path class="{name}" d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>'
        for name, points in rows.items()
    )
    bottom, right = _HEIGHT - _MARGIN, _WIDTH - _MARGIN
    named = "".join(
        f'<text class="{name}" x="{right - 6}" y="{_label_at(name, rows):.0f}" text-anchor="end">{told}</text>'
        for name, told in _NAMES.items()
    )
    axes = f'<path class="axis" d="M{_MARGIN} {_MARGIN} V{bottom} H{right}"/>'
    step_s = next((step for step in _TICKS_S if last_ms / 1_000 / step <= _MOST_TICKS), _TICKS_S[-1])
    ticks = "".join(
        f'<text x="{_MARGIN + (right - _MARGIN) * second * 1_000 / last_ms:.0f}" y="{bottom + 18}" '
        f'text-anchor="middle">{second} s</text>'
        for second in range(0, last_ms // 1_000 + 1, step_s)
    )
    scale = ""
    for percent in (0, 25, 50, 75, 100):
        y = bottom - (bottom - _MARGIN) * percent / 100
        scale += f'<text x="{_MARGIN - 6}" y="{y + 4:.0f}" text-anchor="end">{percent} %</text>'
        scale += f'<path class="grid" d="M{_MARGIN} {y:.0f} H{right}"/>' if percent else ""
    shown = f"{scale}{axes}{lines}{named}{ticks}"
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="over time">{shown}</svg>'


def _label_at(name: str, rows: dict[str, list[tuple[float, float]]]) -> float:
    """Just above the end of its curve; of two curves that end together, the other stays clear of it."""
    y = rows[name][-1][1] - 6
    below = [rows[other][-1][1] - 6 for other in rows if other != name]
    return y - 14 if name == "lost" and any(abs(y - other) < 14 for other in below) else y


def _times(title: str, counted: Counter[int]) -> str:
    if not counted:
        return f"<p>{title}: nobody.</p>"
    parts = [f"{share} % within {(percentile(counted, share) or 0) / 1_000:.0f} s" for share in (10, 50, 90, 99)]
    return f"<p>{title.capitalize()}: {', '.join(parts)}.</p>"


def _shown_nodes(total: int) -> str:
    return f"The {_NODES_SHOWN} busiest of {total} nodes." if total > _NODES_SHOWN else f"All {total} nodes."


def _share_by(counted: Counter[int], upto_ms: int, total: int) -> float:
    return sum(count for number, count in counted.items() if (number + 1) * BIN_MS <= upto_ms) / total


def _funnel(report: CrowdReport) -> str:
    tally = report.tally
    busiest = sorted(tally.came_by.items(), key=lambda one: (-one[1], one[0]))[:_NODES_SHOWN]
    bars = []
    for number, (node, count) in enumerate(busiest):
        y = number * _BAR
        width = _BARS_WIDTH * count / tally.callers
        lost = tally.lost[node]
        bars.append(
            f'<text x="0" y="{y + 14}">{escape(node)}</text>'
            f'<rect class="went" x="{_BARS_AT}" y="{y + 3}" width="{width:.1f}" height="14"/>'
            f'<rect class="left" x="{_BARS_AT}" y="{y + 3}" width="{width * lost / count:.1f}" height="14"/>'
            f'<text x="{_BARS_AT + width + 6:.1f}" y="{y + 14}">{count:,}{f", lost {lost:,}" if lost else ""}</text>'
        )
    height = len(busiest) * _BAR + 4
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="nodes">{"".join(bars)}</svg>'
