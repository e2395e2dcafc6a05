"""One run of ``ivr test``: scripts, reports, coverage, and what the exit code says of them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.commands.counted import counted
from ivr.commands.test_sound import Sound
from ivr.errors import DocumentError, UsageError
from ivr.hotlines import open_hotline
from ivr.lines.printable import neutralise
from ivr.testing.coverage import GROUPS, Coverage
from ivr.testing.coverage_file import read_coverage, write_coverage
from ivr.testing.report_data import junit_xml, results_data
from ivr.testing.report_text import coverage_line, coverage_lines, failure_lines, missing_line
from ivr.testing.suite import SCRIPT_SUFFIX, FileResult, Hotlines, Suite, find_scripts, run_files

if TYPE_CHECKING:
    from ivr.accounts.repository import Accounts
    from ivr.testing.script_runner import Outcome

PASSED, FAILED, INTERRUPTED = 0, 1, 130


@dataclass(frozen=True, slots=True)
class TestOptions:
    """The options of ``ivr test``, as they were written."""

    paths: tuple[Path, ...]
    flow: str | None
    keyword: str | None
    stop: bool
    workers: int
    verbose: bool
    database: str | None
    update: bool
    missing: bool
    thresholds: str | None
    coverage_file: Path | None
    combine: tuple[Path, ...]
    as_json: bool
    junitxml: Path | None
    html: Path | None
    line: str = "keypad"
    speech_model: Path | None = None
    speaker: str = "auto"
    keep_sound: Path | None = None


class TestRun:
    def __init__(self, options: TestOptions) -> None:
        self.options = options
        self.thresholds = parse_thresholds(options.thresholds or "")
        self.results: list[FileResult] = []
        self.interrupted = False
        self._hotlines: Hotlines | None = None  # those that this process has opened itself
        for file in (options.coverage_file, options.junitxml, options.html):
            if file is not None:
                require_writable(file)

    def carry_out(self) -> int:
        """Runs, reports, and returns the exit code. Raises UsageError when nothing can be run."""
        options = self.options
        if options.flow is not None:
            self._hotlines = require_hotline(options.flow)
        only_combines = options.combine and not options.paths
        files = [] if only_combines else self._files()
        if options.update:
            from ivr.commands.test_update import update_files

            return update_files(files, partial(suite_of, options.flow, options.keyword, None))
        sound = None
        if options.line == "recording":
            from ivr.commands.sound_setup import require_numpy

            require_numpy()  # once, rather than for each script
            sound = Sound(options.speech_model, options.speaker, options.keep_sound)
        elif options.speech_model is not None or options.keep_sound is not None or options.speaker != "auto":
            raise UsageError(
                "--speech-model, --speaker and --keep-sound are for calls with sound; add --line recording"
            )
        make_suite = partial(suite_of, options.flow, options.keyword, options.database, sound)
        watched = sys.stderr.isatty()  # then a bar says how far it is, and the results follow it
        try:
            for result in self._progress(files, make_suite, watched=watched):
                self.results.append(result)
                if not watched and not options.as_json:
                    self._print_result(result)
        except KeyboardInterrupt:
            self.interrupted = True
        if not only_combines and not self.interrupted and not any(r.outcomes or r.problems for r in self.results):
            raise UsageError(f"no call has {options.keyword!r} in its name; leave -k out to see them with -v")
        coverages = self._coverages()
        left_out = [line for file in options.combine for line in read_coverage(file, coverages)]
        for line in left_out:
            click.echo(f"warning: {line}", err=True)
        short = [line for coverage in coverages for line in self._shortfalls(coverage)]
        self._write_files(coverages)
        if options.as_json:
            data = {**results_data(self.results, coverages), "shortfalls": short, "interrupted": self.interrupted}
            click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            for result in self.results if watched else ():
                self._print_result(result)
            self._print_totals(coverages, short)
        if self.interrupted:
            return INTERRUPTED
        return PASSED if all(result.passed for result in self.results) and not short and not left_out else FAILED

    def _files(self) -> list[Path]:
        paths = self.options.paths or (Path(),)
        files = find_scripts(paths)
        if not files:
            named = ", ".join(str(path) for path in paths)
            raise UsageError(f"{named}: no call scripts here; write one as NAME{SCRIPT_SUFFIX}, or name another folder")
        return files

    def _progress(self, files: list[Path], make_suite: Callable[[], Suite], *, watched: bool) -> Iterator[FileResult]:
        """The results, with a bar where somebody watches."""
        workers = min(self.options.workers, len(files) or 1)
        if workers == 1:
            suite = make_suite()
            self._hotlines = suite.hotlines = self._hotlines or suite.hotlines
            make_suite = lambda: suite  # noqa: E731 - in this process, what makes a suite may be anything
        results = run_files(files, make_suite, workers, self.options.stop)
        bar = click.progressbar(length=len(files), label="calls", file=sys.stderr, hidden=not watched)
        with closing(results), bar:
            for result in results:
                bar.update(1)
                yield result

    def _coverages(self) -> list[Coverage]:
        """One for each hotline that was phoned, or that is to be combined."""
        flows = [outcome.flow for result in self.results for outcome in result.outcomes]
        if self.options.combine and not flows:
            flows = [self.options.flow or ""]
        opened = dict(self._hotlines.opened()) if self._hotlines else {}
        coverages = {
            flow: Coverage(opened[flow] if flow in opened else open_hotline(flow or None))
            for flow in dict.fromkeys(flows)
        }
        for result in self.results:
            for outcome in result.outcomes:
                coverages[outcome.flow].take(outcome.log)
        return list(coverages.values())

    def _shortfalls(self, coverage: Coverage) -> Iterator[str]:
        for group, percent in self.thresholds.items():
            share = coverage.share(group)
            if share.percent < percent:
                yield f"{coverage.hotline.flow.hotline}: {share.percent:.1f} % of {group} covered; {percent:g} % is due"
                if not self.options.missing:
                    yield from (f"  {missing_line(goal)}" for goal in coverage.missing(group))

    # -- reports -------------------------------------------------------------------------------------------------------

    def _write_files(self, coverages: list[Coverage]) -> None:
        options = self.options
        if options.coverage_file is not None:
            write_coverage(options.coverage_file, coverages)
        if options.junitxml is not None:
            write_report(options.junitxml, junit_xml(self.results))
        if options.html is not None:
            from ivr.testing.report_html import html_page

            write_report(options.html, html_page(self.results, coverages))

    def _print_result(self, result: FileResult) -> None:
        columns = shutil.get_terminal_size((100, 24)).columns
        for problem in result.problems:
            click.echo(neutralise(str(problem)))
        for outcome in result.outcomes:
            if self.options.verbose and outcome.passed:
                click.echo(f"passed  {_line_of(outcome)}")
            for line in failure_lines(outcome, columns):
                click.echo(line)
            if not outcome.passed:
                click.echo()

    def _print_totals(self, coverages: list[Coverage], short: list[str]) -> None:
        for coverage in coverages:
            in_full = self.options.missing or self.thresholds
            for line in coverage_lines(coverage) if in_full else [coverage_line(coverage)]:
                click.echo(line)
            if self.options.missing:
                for goal in coverage.missing():
                    click.echo(f"  {missing_line(goal)}")
        for line in short:
            click.echo(line)
        click.echo(self._tally())

    def _tally(self) -> str:
        outcomes = [outcome for result in self.results for outcome in result.outcomes]
        counts = {
            "passed": sum(outcome.passed for outcome in outcomes),
            "failed": sum(not outcome.passed for outcome in outcomes),
            "broken": sum(bool(result.problems) for result in self.results),
        }
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count or what == "passed")
        minutes = round(sum(outcome.duration_ms for outcome in outcomes) / 60_000)
        took_s = sum(outcome.took_ms for outcome in outcomes) / 1_000
        interrupted = "; interrupted, the rest was not run" if self.interrupted else ""
        return f"{told}: {counted(minutes, 'minute')} of calls in {took_s:.2f} s{interrupted}"


def require_hotline(flow: str) -> Hotlines:
    """The hotline of all scripts. Raises UsageError, once rather than for each of them, when it cannot be phoned."""
    hotlines = Hotlines(flow)
    try:
        hotlines.exchange(flow)
    except DocumentError as error:
        raise UsageError(f"--flow {flow}: calls cannot be made to this hotline\n{error}") from None
    return hotlines


def suite_of(flow: str | None, keyword: str | None, database: str | None, sound: Sound | None = None) -> Suite:
    """What each worker process makes for itself."""
    wanted = partial(_contains, keyword.casefold()) if keyword else None
    accounts: Callable[[], Accounts] | None = None
    if database is not None:
        from ivr.accounts.database import open_accounts

        opened = open_accounts(database)
        accounts = lambda: opened  # noqa: E731 - one database for all calls of this process
    return Suite(flow, wanted, accounts, sound.lines if sound is not None else None)


def _contains(keyword: str, name: str) -> bool:
    return keyword in name.casefold()


def parse_thresholds(text: str) -> dict[str, float]:
    """``nodes=100,edges=95`` -> by group. Raises UsageError."""
    thresholds: dict[str, float] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        group, _, percent = part.partition("=")
        try:
            wanted = float(percent)
        except ValueError:
            wanted = -1.0
        if group not in GROUPS:
            raise UsageError(f"--fail-under: there is no group {group!r}; the groups are {', '.join(GROUPS)}")
        if not 0 <= wanted <= 100:
            raise UsageError(f"--fail-under: {part!r} needs a percentage from 0 to 100, such as {group}=95")
        thresholds[group] = wanted
    return thresholds


def require_writable(file: Path) -> None:
    """Raises UsageError, before any call is made for nothing."""
    folder = file.parent
    if not folder.is_dir():
        raise UsageError(f"{file}: there is no folder {folder}; create it, or name another file")
    if not os.access(file if file.exists() else folder, os.W_OK):
        raise UsageError(f"{file}: cannot be written; name another file")


def write_report(file: Path, text: str) -> None:
    """Raises UsageError when that fails after all."""
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}); name another file") from None


def _line_of(outcome: Outcome) -> str:
    seconds = outcome.duration_ms / 1_000
    return f"{outcome.file}:{outcome.line}: {neutralise(outcome.name)} ({seconds:.0f} s, {outcome.disposition})"
