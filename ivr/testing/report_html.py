"""The results of a test run as one HTML page that needs nothing else: calls, transcripts, coverage on the flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from ivr.lines.ladder import ladder
from ivr.lines.printable import neutralise
from ivr.testing.coverage import GROUPS, Coverage, Goal
from ivr.testing.coverage_drawing import coverage_svg
from ivr.testing.report_text import missing_line, shown, verdict
from ivr.testing.script_runner import Outcome
from ivr.testing.suite import FileResult

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --all: #1a7f4b; --part: #b26a00; --none: #c62828; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181a; --all: #4cc38a; --part: #f0a64a;
  --none: #ff7b72; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 75rem; padding: 0 1rem; }
pre { overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; border-left: 3px solid #8886; padding-left: 1rem; }
summary { cursor: pointer; }
table { border-collapse: collapse; } td, th { padding: .15rem .8rem .15rem 0; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.passed { color: var(--all); } .failed { color: var(--none); font-weight: 600; }
.flow { overflow: auto; max-height: 80vh; border: 1px solid #8886; }
svg text { font: 11px ui-monospace, monospace; fill: var(--ink); }
svg rect { fill: var(--paper); stroke-width: 1.5; } svg path { fill: none; stroke-width: 1; opacity: .6; }
svg .all rect, svg path.all { stroke: var(--all); } svg .part rect { stroke: var(--part); }
svg .none rect, svg path.none { stroke: var(--none); stroke-dasharray: 4 3; }
"""


def html_page(results: Sequence[FileResult], coverages: Sequence[Coverage]) -> str:
    """The whole page. The same results give the same bytes."""
    outcomes = [outcome for result in results for outcome in result.outcomes]
    failed = [outcome for outcome in outcomes if not outcome.passed]
    broken = [result for result in results if result.problems]
    title = f"{len(outcomes) - len(failed)} of {len(outcomes)} calls passed"
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
    ]
    if broken:
        parts.append("<h2>Scripts that cannot be run</h2><ul>")
        parts += [f"<li>{escape(str(problem))}</li>" for result in broken for problem in result.problems]
        parts.append("</ul>")
    if failed:
        parts.append("<h2>Failed</h2>")
        parts += [_call(outcome, opened=True) for outcome in failed]
    for coverage in coverages:
        parts += _coverage(coverage)
    parts.append("<h2>All calls</h2>")
    for file, calls in groupby(outcomes, key=lambda outcome: outcome.file):
        parts.append(f"<h3>{escape(file)}</h3>")
        parts += [_call(outcome, opened=False) for outcome in calls]
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _call(outcome: Outcome, *, opened: bool) -> str:
    word = "passed" if outcome.passed else "failed"
    seconds = outcome.duration_ms / 1_000
    lines = list(ladder(outcome.log, 110, ids=True))
    if outcome.failure is not None:
        lines = [f"{shown(outcome.failure.place)}", *verdict(outcome.failure), "", *lines]
    return (
        f'<details{" open" if opened else ""}><summary><span class="{word}">{word}</span> '
        f"{escape(neutralise(outcome.name))} <small>{seconds:.0f} s, {escape(outcome.disposition)}</small></summary>"
        f"<pre>{escape(chr(10).join(lines))}</pre></details>"
    )


def _coverage(coverage: Coverage) -> Iterator[str]:
    yield f"<h2>Coverage of {escape(coverage.hotline.flow.title)}</h2>"
    yield "<table><tr><th></th><th>covered</th><th>of</th><th>%</th></tr>"
    for group in GROUPS:
        share = coverage.share(group)
        if share.total:
            yield (
                f'<tr><td>{group}</td><td class="number">{share.covered}</td><td class="number">{share.total}</td>'
                f'<td class="number">{share.percent:.1f}</td></tr>'
            )
    yield "</table>"
    yield "<p>Each box is a node; its tooltip tells what is missing.</p>"
    yield f'<div class="flow">{coverage_svg(coverage)}</div>'
    missing = coverage.missing()
    if missing:
        yield f"<details><summary>{len(missing)} not covered</summary><ul>"
        yield from (_missing(goal) for goal in missing)
        yield "</ul></details>"


def _missing(goal: Goal) -> str:
    return f"<li>{escape(missing_line(goal))}</li>"
