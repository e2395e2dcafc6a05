"""Two steady sines of known frequency, fitted to samples by least squares: over the whole and over either half.

With time counted from the middle, cosines are even and sines are odd, so the normal equations fall apart into two of
two unknowns, whose coefficients are sums of cosines in closed form. What is left to the array library is one table of
cosines and sines for a half, which serves both halves (they are the same, turned) and the whole. What the sines explain
of the energy follows from the same numbers, so that what they leave over need not be computed to know how much it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from operator import mul
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Pair = tuple[float, float]
Four = tuple[float, float, float, float]


class Fit(NamedTuple):
    levels: Pair  # amplitudes of the two sines
    levels_first: Pair  # in the first half
    levels_last: Pair
    purity: float  # the part of the energy, without the mean, that the sines explain
    energy_left_over: float
    halves: Floats  # the samples, an even number and freed of their mean
    table: Floats  # both cosines and both sines, for a half
    weights: tuple[Four, Four]  # of these in either half

    def left_over(self) -> Floats:
        """The samples, an even number and freed of their mean, less the sines."""
        return (self.halves - np.array(self.weights) @ self.table).reshape(-1)


def fit_two_sines(samples: Floats, one: float, other: float) -> Fit:
    """Frequencies are in radians a sample, neither nought nor alike. Of an odd number of samples one is left out."""
    half = len(samples) // 2
    halves = samples[: 2 * half].reshape(2, half)
    halves = halves - np.add.reduce(halves, axis=None) / (2 * half)
    turns = np.multiply.outer((one, other), _times(half))
    table = np.empty((4, half))
    np.cos(turns, out=table[:2])
    np.sin(turns, out=table[2:])
    first, last = halves.dot(table.T).tolist()
    c, s, d, t = *_turned(one * half / 2), *_turned(other * half / 2)
    common = (
        (first[0] + last[0]) * c + (first[2] - last[2]) * s,
        (first[1] + last[1]) * d + (first[3] - last[3]) * t,
        (first[2] + last[2]) * c + (last[0] - first[0]) * s,
        (first[3] + last[3]) * d + (last[1] - first[1]) * t,
    )
    a, e, b, f = weights = _weights(2 * half, _sums(one, other, 2 * half), common)
    flat = halves.reshape(-1)
    energy = float(flat.dot(flat))
    left_over = max(energy - sum(map(mul, weights, common)), 0.0)
    sums = _sums(one, other, half)
    return Fit(
        levels=(math.hypot(a, b), math.hypot(e, f)),
        levels_first=_levels(_weights(half, sums, first)),
        levels_last=_levels(_weights(half, sums, last)),
        purity=1 - left_over / energy if energy else 0.0,
        energy_left_over=left_over,
        halves=halves,
        table=table,
        weights=(
            (a * c - b * s, e * d - f * t, a * s + b * c, e * t + f * d),
            (a * c + b * s, e * d + f * t, b * c - a * s, f * d - e * t),
        ),
    )


@cache
def _times(count: int) -> Floats:
    return np.arange(count, dtype=np.float64) - (count - 1) / 2


def _turned(turn: float) -> Pair:
    return math.cos(turn), math.sin(turn)


def _levels(weights: Four) -> Pair:
    return math.hypot(weights[0], weights[2]), math.hypot(weights[1], weights[3])


def _weights(count: int, sums: Four, common: Sequence[float]) -> Four:
    """Of both cosines and of both sines, from what the samples have in ``common`` with each of them."""
    beat, sum_, twice_one, twice_other = sums
    one, other = _solved(count + twice_one, beat + sum_, count + twice_other, 2 * common[0], 2 * common[1])
    return one, other, *_solved(count - twice_one, beat - sum_, count - twice_other, 2 * common[2], 2 * common[3])


def _sums(one: float, other: float, count: int) -> Four:
    """The sums of the cosines of their difference, of their sum, and of twice the one and the other."""
    return (
        _cosines(one - other, count),
        _cosines(one + other, count),
        _cosines(2 * one, count),
        _cosines(2 * other, count),
    )


def _cosines(turn: float, count: int) -> float:
    """The sum of the cosines of ``count`` equal turns around nought."""
    return math.sin(count * turn / 2) / math.sin(turn / 2)


def _solved(p: float, q: float, r: float, one: float, other: float) -> Pair:
    """``p x + q y = one`` and ``q x + r y = other``."""
    size = p * r - q * q
    return (r * one - q * other) / size, (p * other - q * one) / size
