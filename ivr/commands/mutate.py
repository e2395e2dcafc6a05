"""``ivr mutate``: wrong changes to a hotline that its call scripts do not notice."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Generator

    from ivr.testing.mutation_run import Trial


@click.command()
@click.argument("flow")
@click.argument("scripts", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-j", "--jobs", type=click.IntRange(1), default=None, help="Processes; one for each core by default.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--max", "most", type=click.IntRange(1), help="Try so many, spread over the document.")
@click.option("--fail-under", type=click.FloatRange(0, 100), help="Exit 1 when a smaller percentage is noticed.")
def mutate(
    flow: str, scripts: tuple[Path, ...], jobs: int | None, as_json: bool, most: int | None, fail_under: float | None
) -> None:
    """Change a hotline one handler, key, target, limit, guard, help or time at a time; list what no script notices.

    FLOW is a flow document or a folder with a flow.yaml; 'builtin' is the built-in hotline. SCRIPTS are call scripts,
    or folders with them; they must pass as the hotline is.

    \b
    Exit code: 0 done, 1 the score is under --fail-under, 2 it could not run, 130 interrupted.

    \b
    Examples:
      ivr mutate my-hotline my-hotline/calls
      ivr mutate builtin tests/calls --max 100 --fail-under 80
    """
    from ivr.errors import DocumentError, UsageError
    from ivr.testing.mutation_run import MutationRun, chosen_numbers, try_all
    from ivr.testing.suite import find_scripts

    opened = None if flow == "builtin" else flow
    files = find_scripts(scripts)
    try:
        run = MutationRun(opened, files)
    except DocumentError as error:  # 1 would say that too little was noticed
        raise UsageError(str(error)) from None
    numbers = chosen_numbers(len(run.mutations), most)
    workers = min(jobs or os.cpu_count() or 1, len(numbers) or 1)
    trials, interrupted = _collect(try_all(run, opened, files, numbers, workers), len(numbers))
    counts = Counter(trial.verdict for trial in trials)
    score = 100.0 if not trials else counts["noticed"] * 1_000 // len(trials) / 10
    if as_json:
        click.echo(json.dumps(_data(trials, score, interrupted=interrupted), ensure_ascii=False, indent=2))
    else:
        for trial in trials:
            if trial.verdict != "noticed":
                place, why = trial.mutation.place, _why(trial)
                click.echo(f"{place.file}:{place.line}: {trial.mutation.what} [{trial.mutation.kind}]; {why}")
        cut = f"; interrupted after {len(trials)} of {len(numbers)}" if interrupted else ""
        click.echo(
            f"{score:.1f} % noticed: {counts['noticed']} of {len(trials)} changes; {counts['survived']} survived, "
            f"{counts['not-covered']} where no script comes by{cut}"
        )
    failed = fail_under is not None and score < fail_under
    raise SystemExit(130 if interrupted else 1 if failed else 0)


def _why(trial: Trial) -> str:
    if trial.verdict == "not-covered":
        return "no script comes by"
    return f"{trial.scripts} scripts come by and all pass" if trial.scripts != 1 else "one script comes by and passes"


def _collect(trials: Generator[Trial, None, None], total: int) -> tuple[list[Trial], bool]:
    """The trials, and whether Ctrl-C ended them."""
    done: list[Trial] = []
    try:
        with (
            click.progressbar(length=total, label="changes", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
            closing(trials),
        ):
            for trial in trials:
                done.append(trial)
                bar.update(1)
    except KeyboardInterrupt:
        return done, True
    return done, False


def _data(trials: list[Trial], score: float, *, interrupted: bool) -> dict[str, object]:
    rows = [
        {
            "kind": trial.mutation.kind,
            "what": trial.mutation.what,
            "file": trial.mutation.place.file,
            "line": trial.mutation.place.line,
            "verdict": trial.verdict,
            "by": trial.by,
        }
        for trial in trials
    ]
    return {"score": score, "interrupted": interrupted, "mutations": rows}
