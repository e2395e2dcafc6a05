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
table { border-collapse: collapse; } td, th { padding: .15rem .8rem .15rem 0; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--ink); }
svg .axis { stroke: #8888; } svg path { fill: none; stroke-width: 2; }
.served { stroke: var(--served); } .waiting { stroke: var(--waiting); } .lost { stroke: var(--lost); }
rect.went { fill: var(--waiting); stroke: none; } rect.left { fill: var(--lost); stroke: none; }
"""
_WIDTH, _HEIGHT, _MARGIN = 900, 260, 40
_POINTS = 120
_BAR, _BARS_AT, _BARS_WIDTH = 20, 280, 520
_NODES_SHOWN = 30


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
        *_table("persona", tally.personas, {}),
        *_table("goal", tally.goals, dict(report.hotline.flow.services)),
        "<h2>Over time</h2><p>Of all callers: served (green), left without (red), still on their way (blue).</p>",
        _curves(report),
        "<h2>Nodes</h2><p>How many callers came by (blue), and how many were lost there (red).</p>",
        _funnel(report),
    ]
    if tally.defects:
        parts.append("<h2>Defects</h2><ul>")
        parts += [f"<li>caller {one.caller}: {escape(one.what)}</li>" for one in tally.defects]
        parts.append("</ul>")
    return "\n".join([*parts, "</body></html>\n"])


def _table(head: str, counted: Counter[tuple[str, str]], titles: dict[str, str]) -> Iterator[str]:
    heads = "".join(f"<th>{outcome}</th>" for outcome in OUTCOMES)
    yield f"<table><tr><th>{head}</th><th>callers</th>{heads}</tr>"
    for name in sorted({name for name, _ in counted}):
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
    bottom = _HEIGHT - _MARGIN
    axes = f'<path class="axis" d="M{_MARGIN} {_MARGIN} V{bottom} H{_WIDTH - _MARGIN}"/>'
    ticks = "".join(
        f'<text x="{_MARGIN + (_WIDTH - 2 * _MARGIN) * part / 4:.0f}" y="{bottom + 18}" text-anchor="middle">'
        f"{last_ms * part / 4_000:.0f} s</text>"
        for part in range(5)
    )
    scale = f'<text x="4" y="{_MARGIN + 4}">100 %</text><text x="4" y="{bottom + 4}">0 %</text>'
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="over time">{axes}{lines}{ticks}{scale}</svg>'


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
