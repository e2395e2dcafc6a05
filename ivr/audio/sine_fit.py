"""Two steady sines of known frequency, fitted to samples by least squares: over the whole and over either half.

With time counted from the middle, cosines are even and sines are odd, so the normal equations fall apart into two of
two unknowns, whose coefficients are sums of cosines in closed form. What is left to the array library is one table of
cosines and sines for a half, which serves both halves (they are the same, turned) and the whole.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Pair = tuple[float, float]


class Fit(NamedTuple):
    levels: Pair  # amplitudes of the two sines
    levels_first: Pair  # in the first half
    levels_last: Pair
    left_over: Floats  # the samples, an even number and freed of their mean, less the sines
    purity: float  # the part of the energy, without the mean, that the sines explain
    energy_left_over: float


def fit_two_sines(samples: Floats, one: float, other: float) -> Fit:
    """Frequencies are in radians a sample, neither nought nor alike. Of an odd number of samples one is left out."""
    half = len(samples) // 2
    halves = samples[: 2 * half].reshape(2, half)
    halves = halves - np.add.reduce(halves, axis=None) / (2 * half)
    turns = np.multiply.outer((one, other), _times(half))
    table = np.empty((4, half))
    np.cos(turns, out=table[:2])
    np.sin(turns, out=table[2:])
    first, last = (halves @ table.T).tolist()
    c, s, d, t = *_turned(one * half / 2), *_turned(other * half / 2)
    (a, e), (b, f) = _weights(
        one,
        other,
        2 * half,
        (first[0] + last[0]) * c + (first[2] - last[2]) * s,
        (first[1] + last[1]) * d + (first[3] - last[3]) * t,
        (first[2] + last[2]) * c + (last[0] - first[0]) * s,
        (first[3] + last[3]) * d + (last[1] - first[1]) * t,
    )
    weights = (
        (a * c - b * s, e * d - f * t, a * s + b * c, e * t + f * d),
        (a * c + b * s, e * d + f * t, b * c - a * s, f * d - e * t),
    )
    left_over = (halves - np.array(weights) @ table).reshape(-1)
    flat = halves.reshape(-1)
    energy, energy_left_over = float(flat @ flat), float(left_over @ left_over)
    return Fit(
        levels=(math.hypot(a, b), math.hypot(e, f)),
        levels_first=_levels(one, other, half, first),
        levels_last=_levels(one, other, half, last),
        left_over=left_over,
        purity=1 - energy_left_over / energy if energy else 0.0,
        energy_left_over=energy_left_over,
    )


@cache
def _times(count: int) -> Floats:
    return np.arange(count, dtype=np.float64) - (count - 1) / 2


def _turned(turn: float) -> Pair:
    return math.cos(turn), math.sin(turn)


def _levels(one: float, other: float, count: int, common: list[float]) -> Pair:
    cosines, sines = _weights(one, other, count, *common)
    return math.hypot(cosines[0], sines[0]), math.hypot(cosines[1], sines[1])


def _weights(
    one: float, other: float, count: int, cos_one: float, cos_other: float, sin_one: float, sin_other: float
) -> tuple[Pair, Pair]:
    """Weights of both cosines and of both sines, from what ``count`` samples have in common with each of them."""
    beat, sum_ = _cosines(one - other, count), _cosines(one + other, count)
    twice_one, twice_other = _cosines(2 * one, count), _cosines(2 * other, count)
    return (
        _solved(count + twice_one, beat + sum_, count + twice_other, 2 * cos_one, 2 * cos_other),
        _solved(count - twice_one, beat - sum_, count - twice_other, 2 * sin_one, 2 * sin_other),
    )


def _cosines(turn: float, count: int) -> float:
    """The sum of the cosines of ``count`` equal turns around nought."""
    return math.sin(count * turn / 2) / math.sin(turn / 2)


def _solved(p: float, q: float, r: float, one: float, other: float) -> Pair:
    """``p x + q y = one`` and ``q x + r y = other``."""
    size = p * r - q * q
    return (r * one - q * other) / size, (p * other - q * one) / size
