"""What ``ivr test`` and pytest say of a call that left its script: where, what was expected, and the call so far."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.callflow.hotline import Place
from ivr.lines.ladder import ladder
from ivr.lines.printable import neutralise
from ivr.testing.coverage import GROUPS, Coverage, Goal
from ivr.testing.script_runner import Failure, Outcome

_RUNGS = 40  # of the call so far; the last ones matter


def failure_lines(outcome: Outcome, columns: int = 100, *, whole: bool = False) -> Iterator[str]:
    """The lines about a failed call; nothing for one that passed. ``whole``: the call from its beginning."""
    failure = outcome.failure
    if failure is None:
        return
    yield f"{shown(failure.place)}: {neutralise(outcome.name)}"
    for place in reversed(failure.via):
        yield f"  included by {shown(place)}"
    yield from verdict(failure)
    rungs = list(ladder(outcome.log, columns - 2, ids=True))
    if len(rungs) > _RUNGS and not whole:
        yield f"  … {len(rungs) - _RUNGS} lines before"
        rungs = rungs[-_RUNGS:]
    for rung in rungs:
        yield f"  {rung}"


def verdict(failure: Failure) -> Iterator[str]:
    """The step, what it expected, and what was heard."""
    yield f"  step      {neutralise(failure.step)}"
    yield f"  expected  {neutralise(failure.expected)}"
    yield f"  heard     {neutralise(failure.heard)}"


def shown(place: Place) -> str:
    return f"{place.file}:{place.line}" if place.line else place.file


def coverage_line(coverage: Coverage) -> str:
    """The figures that matter most, on one line."""
    shares = [f"{group} {coverage.share(group).percent:.1f} %" for group in ("nodes", "choices", "edges")]
    return f"coverage of {coverage.hotline.flow.hotline}: {', '.join(shares)}"


def coverage_lines(coverage: Coverage) -> Iterator[str]:
    """One line for each group that has anything to cover."""
    yield f"coverage of {coverage.hotline.flow.hotline}"
    for group in GROUPS:
        share = coverage.share(group)
        if share.total:
            yield f"  {group:<10} {share.covered:>5} of {share.total:>5}  {share.percent:6.1f} %"


def missing_line(goal: Goal) -> str:
    """``file:line: …`` of something that no call has come by."""
    if goal.kind == "nodes":
        return f"{shown(goal.place)}: no call enters {goal.name}"
    target = f", to {goal.target}" if goal.target and goal.target != goal.source else ""
    return f"{shown(goal.place)}: no call leaves {goal.source} by '{goal.trigger}'{target}"
