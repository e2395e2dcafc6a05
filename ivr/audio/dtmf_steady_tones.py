"""The short way to be sure of a key: two steady tones on their frequencies, and next to nothing beside them.

Most keys that anybody presses are like that, and then the whole model of ``dtmf_judge`` can only say yes. So the
question is asked the other way round first, with sums over the samples whose tables are made once. Either half of the
stretch is explained by sines of the nominal frequencies, at whatever level and phase. When

    both tones are about as strong, and as strong in the one half as in the other,
    their phases turn from half to half as they do from block to block,
    what is left over has too little energy for a rival: by Cauchy and Schwarz no third tone can be half as strong,

then sines of the true frequencies explain the whole as well. Each limit leaves room to those of the full model, so
"steady" implies "a key"; "not steady" says nothing.
"""

from __future__ import annotations

import cmath
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Pair = tuple[float, float]

_STRONGEST_RIVAL: Final = 0.25  # of the weaker tone's power
_MOST_TWIST: Final = 8.0  # of powers: 9 dB
_MOST_DRIFT: Final = 1.12  # of powers: 0.5 dB
_MOST_TURN: Final = 0.8  # radians from half to half, beyond the nominal turn: 10 Hz in a stretch of 25 ms
_MOST_DISAGREEMENT: Final = 0.15  # radians from half to half


def are_steady(samples: Floats, nominal: Pair, errors: Pair) -> bool:
    """Whether ``samples`` are hardly more than two steady tones.

    ``nominal`` frequencies and the ``errors`` that were measured of them are in radians a sample.
    """
    half = len(samples) // 2
    stretch = samples[: 2 * half]
    first, last = stretch.reshape(2, half).dot(_table(half, *nominal)).tolist()
    low, low_last, high, high_last = complex(*first[:2]), complex(*last[:2]), complex(*first[2:4]), complex(*last[2:4])
    powers = [(value * value.conjugate()).real for value in (low, low_last, high, high_last)]
    weaker = min(powers)
    if max(powers) > _MOST_TWIST * weaker:
        return False
    explained = sum([part * part for part in first[4:8] + last[4:8]])
    left_over = float(stretch.dot(stretch)) - (first[8] + last[8]) ** 2 / (2 * half) - explained
    # Hann's window of n samples lets an energy e hold a sine of power 6 e / n at most
    if 3 * left_over > _STRONGEST_RIVAL * weaker * half:
        return False
    if not (_alike(powers[0], powers[1]) and _alike(powers[2], powers[3])):
        return False
    for before, after, frequency, error in zip((low, high), (low_last, high_last), nominal, errors, strict=True):
        turn = after * before.conjugate() * cmath.rect(1, -(frequency + error) * half)
        if abs(error) * half > _MOST_TURN or abs(cmath.phase(turn)) > _MOST_DISAGREEMENT:
            return False
    return True


def _alike(one: float, other: float) -> bool:
    return one < _MOST_DRIFT * other and other < _MOST_DRIFT * one


@cache
def _table(half: int, one: float, other: float) -> Floats:
    """``(half, 9)``: what gives the complex amplitudes of both tones, an orthonormal basis of them, and ones."""
    at = np.arange(half) - (half - 1) / 2
    sines = np.stack([wave(turn * at) for turn in (one, other) for wave in (np.cos, np.sin)], axis=1)
    sines -= sines.mean(axis=0)
    amplitudes = np.linalg.pinv(sines).T * (1, -1, 1, -1)
    return np.ascontiguousarray(np.hstack((amplitudes, np.linalg.qr(sines)[0], np.ones((half, 1)))))
