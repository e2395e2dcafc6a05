"""``ivr test --update``: mend scripts after a deliberate change of the hotline, and show what was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from ivr.testing.script_update import Change, update
from ivr.testing.suite import FileResult, Suite


def update_files(files: list[Path], make_suite: Callable[[], Suite]) -> int:
    """The exit code: 0 when everything passes now."""
    click.echo(update(files, partial(_changes, make_suite)), nl=False)
    results = [make_suite().run(file) for file in files]
    left = [result for result in results if not result.passed]
    for result in left:
        for line in _what_is_left(result):
            click.echo(line)
    click.echo(f"{len(files) - len(left)} of {len(files)} files pass now")
    return 1 if left else 0


def _changes(make_suite: Callable[[], Suite], file: Path) -> Iterator[Change]:
    for outcome in make_suite().run(file).outcomes:  # made anew: what was read has been rewritten
        failure = outcome.failure
        if failure is not None and (failure.missed or failure.instead):
            yield Change(failure.place, failure.missed, failure.instead)


def _what_is_left(result: FileResult) -> Iterator[str]:
    yield from map(str, result.problems)
    for outcome in result.outcomes:
        failure = outcome.failure
        if failure is not None:
            place = f"{failure.place.file}:{failure.place.line}"
            yield f"{place}: left as it is: expected {failure.expected}, heard {failure.heard}"
