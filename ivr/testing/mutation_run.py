"""Which wrong changes to a hotline do its call scripts notice?

Theory of operation. All scripts are run once on the hotline as it is; one that fails there says nothing about changes
and stops everything. Each run's coverage tells what the script comes by, so a mutant is tried only by scripts that come
by the changed place, those that come by the least first, until one fails. A mutant that no exchange can be built from,
or whose call breaks, is noticed as well.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from ivr.callflow.hotline import Hotline
from ivr.errors import UsageError
from ivr.session.exchange import Exchange
from ivr.testing.coverage import Coverage
from ivr.testing.mutation import Mutation
from ivr.testing.mutations import mutations
from ivr.testing.script_loading import CallScript
from ivr.testing.script_runner import run_script
from ivr.testing.suite import Suite

Verdict = Literal["noticed", "survived", "not-covered"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one mutation. ``by``: the script that noticed it."""

    number: int
    mutation: Mutation
    verdict: Verdict
    by: str = ""
    scripts: int = 0  # that were run


class MutationRun:
    """The scripts of one hotline and what each comes by. Raises DocumentError and UsageError when one cannot be run."""

    def __init__(
        self, flow: str | None, files: Sequence[Path], baseline: tuple[frozenset[str], ...] | None = None
    ) -> None:
        suite = Suite(flow)
        self.scripts: list[CallScript] = [script for file in files for script in suite.load(file)]
        self.hotline: Hotline = suite.hotlines.exchange(flow or "").hotline
        self.mutations = mutations(self.hotline)
        if not self.scripts:
            raise UsageError("there are no call scripts here; name files or folders with *.call.yaml")
        self.baseline = self._baseline(suite) if baseline is None else baseline

    def _baseline(self, suite: Suite) -> tuple[frozenset[str], ...]:
        found = []
        for script in self.scripts:
            outcome = suite.run_script(script)
            if outcome.failure is not None:
                place = outcome.failure.place
                raise UsageError(
                    f"{place.file}:{place.line}: {script.name!r} fails before anything is changed; mend it first"
                )
            coverage = Coverage(self.hotline)
            coverage.take(outcome.log)
            found.append(frozenset(coverage.hits))
        return tuple(found)

    def trial(self, number: int) -> Trial:
        """Tries one mutation. Never raises for what the mutant does."""
        mutation = self.mutations[number]
        coming_by = [
            (len(hits), place) for place, hits in enumerate(self.baseline) if not mutation.touches.isdisjoint(hits)
        ]
        if not coming_by:
            return Trial(number, mutation, "not-covered")
        try:
            exchange = Exchange(replace(self.hotline, flow=mutation.apply(self.hotline.flow)))
        except Exception as error:
            return Trial(number, mutation, "noticed", f"cannot be built: {error}")
        for tried, (_, place) in enumerate(sorted(coming_by), start=1):
            script = self.scripts[place]
            if _fails(exchange, script):
                return Trial(number, mutation, "noticed", script.name, tried)
        return Trial(number, mutation, "survived", scripts=len(coming_by))


def _fails(exchange: Exchange, script: CallScript) -> bool:
    try:
        return run_script(exchange, script).failure is not None
    except Exception:  # a mutant may break the core in any way; whoever runs it notices
        return True


def chosen_numbers(total: int, most: int | None) -> list[int]:
    """All mutations, or ``most`` of them spread evenly over the document."""
    if most is None or most >= total:
        return list(range(total))
    return [number * total // most for number in range(most)]


def try_all(
    run: MutationRun, flow: str | None, files: Sequence[Path], numbers: Sequence[int], workers: int = 1
) -> Generator[Trial, None, None]:
    """The trials in the order of ``numbers``, each as soon as it and those before it are done."""
    if workers == 1:
        return (run.trial(number) for number in numbers)
    return _side_by_side(numbers, partial(MutationRun, flow, files, run.baseline), workers)


def _side_by_side(
    numbers: Sequence[int], make: Callable[[], MutationRun], workers: int
) -> Generator[Trial, None, None]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")  # the same on every system
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_work, initargs=(make,))
    try:
        yield from pool.map(_work, numbers, chunksize=4)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_runs: list[MutationRun] = []  # of a worker process: the one it was started with


def _begin_work(make: Callable[[], MutationRun]) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    _runs.append(make())


def _work(number: int) -> Trial:
    return _runs[0].trial(number)
