"""Figures with what they are worth: shares with Wilson's interval, rates of digit errors with a bootstrap's.

Both intervals are of 95 %. Wilson's holds near 0 and 1 and for few trials, where the usual one does not. Errors in the
digits of one string hang together, so the bootstrap draws whole strings; it is seeded, so that a report comes out the
same again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

_Z: Final = 1.959964  # the normal distribution's 97.5 % point
_DRAWS: Final = 1_000
_SEED: Final = 12_333


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` of ``trials``, and the interval in which the true share lies, all as shares of 1."""

    hits: int
    trials: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """NaN without trials."""
        return self.hits / self.trials if self.trials else math.nan


def share(hits: int, trials: int) -> Rate:
    """A share of independent trials, with Wilson's score interval."""
    if not trials:
        return Rate(0, 0, 0.0, 1.0)
    p = hits / trials
    middle = p + _Z**2 / (2 * trials)
    spread = _Z * math.sqrt(p * (1 - p) / trials + _Z**2 / (4 * trials**2))
    whole = 1 + _Z**2 / trials
    return Rate(hits, trials, max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole))


def digit_error_rate(strings: Sequence[tuple[str, str]]) -> Rate:
    """Wrong, missing and added digits as a share of those said, from (said, heard) pairs; may exceed 1."""
    errors = np.array([edit_distance(said, heard) for said, heard in strings], np.int64)
    lengths = np.array([len(said) for said, _ in strings], np.int64)
    if not lengths.sum():
        return Rate(0, 0, 0.0, 1.0)
    drawn = np.random.default_rng(_SEED).integers(0, len(strings), (_DRAWS, len(strings)))
    rates = errors[drawn].sum(axis=1) / np.maximum(lengths[drawn].sum(axis=1), 1)
    low, high = np.quantile(rates, [0.025, 0.975])
    return Rate(int(errors.sum()), int(lengths.sum()), float(low), float(high))


def edit_distance(said: str, heard: str) -> int:
    """The fewest characters to change, leave out or put in that make one from the other."""
    row = list(range(len(heard) + 1))
    for count, wanted in enumerate(said, start=1):
        before, row = row, [count]
        for at, got in enumerate(heard):
            row.append(min(before[at] + (wanted != got), before[at + 1] + 1, row[at] + 1))
    return row[-1]
