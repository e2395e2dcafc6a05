"""One figure of the table: what was measured, against what, and what it should be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    target: str  # as the project states it, such as "at least 2,000"
    met: bool
    reference: str = ""  # what a ratio is taken against, measured in the same run


def best_seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """CPU seconds of the fastest round: the least disturbed by whatever else the machine does."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def best_wall_seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """As ``best_seconds``, by the wall clock: for other processes."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best
