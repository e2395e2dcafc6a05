"""``ivr crowd``: virtual callers by the hundred thousand phone a hotline; what becomes of them."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Generator

    from ivr.callflow.hotline import Hotline
    from ivr.testing.crowd import Crowd, Tally

_USUAL_MIX = "regular=0.45,senior=0.25,impatient=0.15,expert=0.1,noisy=0.05"


@click.command()
@click.argument("flow", required=False)
@click.option("--callers", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True, help="How many.")
@click.option("--seed", default="1", show_default=True, help="The same seed, the same callers.")
@click.option("--mix", default=_USUAL_MIX, show_default=True, help="Shares of personas; the rest is 'regular'.")
@click.option("--goals", default="", help="Shares of services or agents; the rest is as the document's demand says.")
@click.option("-j", "--jobs", type=click.IntRange(1), default=None, help="Processes; one for each core by default.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write one page with charts there.")
@click.option("--out", metavar="DIR", help="Write each defect there, shrunk to a minimal call script.")
@click.option("--unchecked", is_flag=True, help="Phone the hotline even where 'ivr check' finds errors.")
def crowd(
    flow: str | None,
    callers: int,
    seed: str,
    mix: str,
    goals: str,
    jobs: int | None,
    as_json: bool,
    html: Path | None,
    out: str | None,
    unchecked: bool,
) -> None:
    """Let a crowd of virtual callers phone a hotline, and see who gets what they want, and where the others are lost.

    FLOW is a flow document or a folder with a flow.yaml; without it, the built-in hotline is phoned. Personas: regular,
    senior, impatient, expert, noisy. Goals are the services of the document, weighed by its "demand:", and agents;
    --goals names some by node, by the last part of it or by title. The same seed gives the same result on any number
    of processes.

    \b
    Exit code: 0 no caller found a defect, 1 somebody did, 2 it could not run, 130 interrupted.

    \b
    Examples:
      ivr crowd                                       ten thousand callers of the built-in hotline
      ivr crowd my-hotline --mix senior=0.8           mostly elderly callers
      ivr crowd --goals balance=0.9                   nine in ten want their balance
      ivr crowd --callers 100000 --html crowd.html    with charts
    """
    from ivr.testing.crowd import Crowd, Tally, run_crowd
    from ivr.testing.crowd_goals import parse_goals
    from ivr.testing.crowd_report import CrowdReport
    from ivr.testing.personas import parse_mix

    shares = parse_mix(mix)
    if html is not None:
        from ivr.commands.test_run import require_writable

        require_writable(html)
    folder = None if out is None else _folder(out)
    hotline = _hotline(flow, unchecked=unchecked)
    the_crowd = Crowd(hotline, seed, shares, shares=parse_goals(goals, hotline.flow))
    total = Tally()
    began = time.perf_counter()
    tallies = run_crowd(the_crowd, flow, callers, jobs or os.cpu_count() or 1)
    interrupted = _add_up(tallies, total, callers)
    seconds = time.perf_counter() - began
    scripts = _write_scripts(the_crowd, total, folder, flow)
    report = CrowdReport(hotline, total, seed, seconds, interrupted, scripts)
    if html is not None:
        from ivr.commands.test_run import write_report
        from ivr.testing.crowd_page import crowd_page

        write_report(html, crowd_page(report))
    if as_json:
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        for line in report.lines():
            click.echo(line)
    raise SystemExit(130 if interrupted else 1 if total.defects else 0)


def _add_up(tallies: Generator[Tally, None, None], total: Tally, callers: int) -> bool:
    """Whether Ctrl-C ended it; what was finished is in ``total``."""
    try:
        with (
            click.progressbar(length=callers, label="callers", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
            closing(tallies),
        ):
            for tally in tallies:
                total.add(tally)
                bar.update(tally.callers)
    except KeyboardInterrupt:
        return True
    return False


def _hotline(flow: str | None, *, unchecked: bool) -> Hotline:
    from ivr.hotlines import open_hotline

    try:
        hotline = open_hotline(flow)
    except DocumentError as error:
        raise UsageError(str(error)) from None
    if flow is not None and not unchecked:
        from ivr.callflow.checking import check

        errors = [finding.problem for finding in check(hotline) if finding.severity == "error"]
        if errors:
            raise UsageError(f"{flow}: has errors; mend them, or add --unchecked\n{DocumentError(errors)}")
    return hotline


def _folder(out: str) -> Path:
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError(f"{out}: cannot be made a folder ({error}); name another one") from None
    return folder


def _write_scripts(the_crowd: Crowd, total: Tally, folder: Path | None, flow: str | None) -> dict[int, str]:
    """One minimal script for each kind of defect."""
    if folder is None or not total.defects:
        return {}
    from ivr.commands.test_run import write_report
    from ivr.testing.shrinking import defect_script

    scripts: dict[int, str] = {}
    seen: set[str] = set()
    where = "" if flow is None else os.path.relpath(flow, folder)  # a script names its hotline from where it lies
    for defect in total.defects:
        if defect.what in seen:
            continue
        seen.add(defect.what)
        file = folder / f"caller-{defect.caller}.call.yaml"
        write_report(file, defect_script(the_crowd, defect.caller, where))
        scripts[defect.caller] = str(file)
    return scripts
