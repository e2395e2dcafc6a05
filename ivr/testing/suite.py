"""Many scripts: finding them, phoning the hotline that each is for, on one processor or several.

The calls of one file stay together: a file is the unit of work. Whatever the number of workers, results come in the
order of the files, and every call has the same event log, because a call depends on nothing but its script, its
hotline and a fresh copy of the accounts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.errors import DocumentError, IvrError, Problem, UsageError
from ivr.hotlines import open_hotline
from ivr.session.exchange import Exchange
from ivr.testing.script_checking import check_script
from ivr.testing.script_loading import CallScript, ScriptLoader
from ivr.testing.script_runner import Outcome, run_script
from ivr.testing.scripted_call import Phoning, without_sound

if TYPE_CHECKING:
    from ivr.accounts.repository import Accounts
    from ivr.callflow.hotline import Hotline

SCRIPT_SUFFIX = ".call.yaml"


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one script file: its calls, or the problems that keep it from being run."""

    path: Path
    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.problems and all(outcome.passed for outcome in self.outcomes)


def find_scripts(paths: Sequence[Path]) -> list[Path]:
    """The script files among the paths and in the folders below, sorted. Raises UsageError for one that is missing."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(sorted(path.rglob(f"*{SCRIPT_SUFFIX}"))))
        elif path.exists():
            found[path] = None
        else:
            raise UsageError(f"{path}: no such file or folder; name call scripts, or folders with *{SCRIPT_SUFFIX}")
    return list(found)


class Hotlines:
    """The hotlines that scripts phone, each opened once. ``chosen`` overrides what the scripts say."""

    def __init__(self, chosen: str | None = None) -> None:
        self._chosen = chosen
        self._exchanges: dict[str, Exchange | IvrError] = {}

    def flow_of(self, script: CallScript) -> str:
        """The document that a script phones, "" for the built-in one."""
        if self._chosen is not None:
            return self._chosen
        return "" if script.story.flow is None else str(script.file.parent / script.story.flow)

    def exchange(self, flow: str) -> Exchange:
        """Raises DocumentError or UsageError when that hotline cannot be phoned."""
        known = self._exchanges.get(flow)
        if known is None:
            try:
                known = Exchange(_sound_hotline(flow))
            except IvrError as error:
                known = error
            self._exchanges[flow] = known
        if isinstance(known, IvrError):
            raise known
        return known

    def opened(self) -> Iterator[tuple[str, Hotline]]:
        for flow, known in self._exchanges.items():
            if isinstance(known, Exchange):
                yield flow, known.hotline


def _sound_hotline(flow: str) -> Hotline:
    """A hotline without errors; the built-in one is known to have none."""
    hotline = open_hotline(flow or None)
    if flow:
        from ivr.callflow.checking import check

        errors = [finding.problem for finding in check(hotline) if finding.severity == "error"]
        if errors:
            raise DocumentError(errors)
    return hotline


class Suite:
    """Runs files one at a time; ``close`` it if it phones on lines of its own.

    ``wanted`` chooses calls by file and name; ``accounts`` makes the backend of a call.
    """

    def __init__(
        self,
        flow: str | None = None,
        wanted: Callable[[str], bool] | None = None,
        accounts: Callable[[], Accounts] | None = None,
        phoning: Callable[[Hotline], AbstractContextManager[Phoning]] | None = None,
    ) -> None:
        """``phoning`` makes the lines on which a hotline is phoned, without sound by default."""
        self._phoning = phoning
        self._lines: dict[str, Phoning] = {}
        self._opened = ExitStack()
        self.hotlines = Hotlines(flow)
        self._loader = ScriptLoader()
        self._wanted = wanted
        self._accounts = accounts

    def load(self, path: Path) -> tuple[CallScript, ...]:
        """The wanted calls of a file. Raises DocumentError with errors of form and unknown names alike."""
        scripts, problems = self._loader.load_readable(path)
        if self._wanted is not None:
            scripts = tuple(script for script in scripts if self._wanted(f"{path.as_posix()} {script.name}"))
        if problems:
            names = [problem for script in scripts for problem in self._unknown_names(script)]
            raise DocumentError(list(dict.fromkeys([*problems, *names])))
        return scripts

    def _unknown_names(self, script: CallScript) -> Sequence[Problem]:
        try:
            return check_script(script, self.hotlines.exchange(self.hotlines.flow_of(script)).hotline)
        except DocumentError as error:
            return error.problems
        except IvrError as error:
            return [_problem(script, error)]

    def run(self, path: Path) -> FileResult:
        """All wanted calls of a file. Never raises for what is wrong in it."""
        try:
            scripts = self.load(path)
        except DocumentError as error:
            return FileResult(path, (), error.problems)
        outcomes: list[Outcome] = []
        problems: dict[Problem, None] = {}
        for script in scripts:
            try:
                outcomes.append(self.run_script(script))
            except DocumentError as error:
                problems.update(dict.fromkeys(error.problems))
            except IvrError as error:
                problems[_problem(script, error)] = None
        return FileResult(path, tuple(outcomes), tuple(problems))

    def run_script(self, script: CallScript) -> Outcome:
        """One call. Raises DocumentError when the script or its hotline is wrong, UsageError when it cannot be run."""
        flow = self.hotlines.flow_of(script)
        exchange = self.hotlines.exchange(flow)
        problems = check_script(script, exchange.hotline)
        if problems:
            raise DocumentError(problems)
        started = time.perf_counter()
        outcome = run_script(exchange, script, self._accounts or MemoryAccounts, self._line(flow, exchange.hotline))
        return replace(outcome, flow=flow, took_ms=(time.perf_counter() - started) * 1_000)

    def _line(self, flow: str, hotline: Hotline) -> Phoning:
        if self._phoning is None:
            return without_sound
        if flow not in self._lines:
            self._lines[flow] = self._opened.enter_context(self._phoning(hotline))
        return self._lines[flow]

    def close(self) -> None:
        """Let go of the lines; only now, since what speaks on them takes seconds to start."""
        self._lines.clear()
        self._opened.close()


def _problem(script: CallScript, error: IvrError) -> Problem:
    """What keeps a call from being made: most often the hotline that its script names."""
    place = script.places.get(("flow",), script.place)
    return Problem(place.file, place.line, str(error))


def run_files(
    paths: Iterable[Path], make_suite: Callable[[], Suite], workers: int = 1, stop_at_failure: bool = False
) -> Generator[FileResult]:
    """Results in the order of the files, each as soon as it and those before it are there.

    ``make_suite`` is called once in each worker process, so it must be importable, and so must what it refers to.
    """
    results = _one_by_one(paths, make_suite()) if workers == 1 else _side_by_side(paths, make_suite, workers)
    with closing(results):
        for result in results:
            yield result
            if stop_at_failure and not result.passed:
                break


def _one_by_one(paths: Iterable[Path], suite: Suite) -> Generator[FileResult]:
    with closing(suite):
        for path in paths:
            yield suite.run(path)


def _side_by_side(paths: Iterable[Path], make_suite: Callable[[], Suite], workers: int) -> Generator[FileResult]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # spawn: the same on every system, and safe whatever threads the caller has
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_work, initargs=(make_suite,))
    try:
        yield from pool.map(_work, paths)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_suites: list[Suite] = []  # of a worker process: the one it was started with


def _begin_work(make_suite: Callable[[], Suite]) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    _suites.append(make_suite())


def _work(path: Path) -> FileResult:
    return _suites[0].run(path)
