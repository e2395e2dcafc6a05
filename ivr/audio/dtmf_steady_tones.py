"""The short way to be sure of a key: two steady tones on their frequencies, and next to nothing beside them.

Most keys that anybody presses are like that, and then the whole model of ``dtmf_judge`` can only say yes. So the
question is asked the other way round first, with sums over the samples whose tables are made once. Either half of the
stretch is explained by sines of the nominal frequencies, at whatever level and phase. When

    both tones are about as strong, and as strong in the one half as in the other,
    their phases turn from half to half hardly otherwise than nominal ones,
    what is left over has too little energy for a rival: by Cauchy and Schwarz no third tone can be half as strong,

then sines of the true frequencies explain the whole as well. Each limit leaves room to those of the full model, so
"steady" implies "a key"; "not steady" says nothing.
"""

from __future__ import annotations

import cmath
import math
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]
Pair = tuple[float, float]

_STRONGEST_RIVAL: Final = 0.25  # of the weaker tone's power
_LEAST_PURITY: Final = 0.25  # of keys: those of 3,000 under speech or noise as strong as they are had more than 0.35
_MOST_TWIST: Final = 2.83  # of levels: 9 dB
_MOST_DRIFT: Final = 1.06  # of levels: 0.5 dB
_MOST_TURN: Final = 0.8  # of a tone's sine to its cosine, beyond the nominal turn from half to half: 8 Hz in 25 ms


def are_steady(samples: Singles, nominal: Pair) -> bool | None:
    """Whether ``samples`` are hardly more than two steady tones of ``nominal`` frequencies, in radians a sample.

    An even number of samples.
    """
    half = len(samples) // 2
    table, low_turn, high_turn = _table(half, nominal)
    rows = samples.reshape(2, half).dot(table).view(np.complex64).tolist()
    (low, high, one, other, mean), (low_last, high_last, third, fourth, mean_last) = rows
    one, other, third, fourth, mean = abs(one), abs(other), abs(third), abs(fourth), abs(mean + mean_last)
    explained = one * one + other * other + third * third + fourth * fourth
    energy = float(samples.dot(samples)) - mean * mean
    if explained < _LEAST_PURITY * energy:
        return False
    first, last, first_high, last_high = abs(low), abs(low_last), abs(high), abs(high_last)
    weaker = min(first, last, first_high, last_high)
    # Hann's window of n samples lets an energy e hold a sine of power 6 e / n at most
    if 3 * (energy - explained) > _STRONGEST_RIVAL * half * weaker * weaker or (
        max(first, last, first_high, last_high) > _MOST_TWIST * weaker
        or max(first, last) > _MOST_DRIFT * min(first, last)
        or max(first_high, last_high) > _MOST_DRIFT * min(first_high, last_high)
    ):
        return None
    turned, turned_high = low_last * low.conjugate() * low_turn, high_last * high.conjugate() * high_turn
    most, most_high = _MOST_TURN * turned.real, _MOST_TURN * turned_high.real
    return (-most <= turned.imag <= most and -most_high <= turned_high.imag <= most_high) or None


@cache
def _table(half: int, nominal: Pair) -> tuple[Singles, complex, complex]:
    """``(half, 10)``: what gives the complex amplitudes of both tones, an orthonormal basis of them, ones and noughts;
    and what takes back the nominal turn of each tone."""
    at = np.arange(half) - (half - 1) / 2
    sines = np.stack([wave(turn * at) for turn in nominal for wave in (np.cos, np.sin)], axis=1)
    sines -= sines.mean(axis=0)
    amplitudes = np.linalg.pinv(sines).T * (1, -1, 1, -1)
    rest = np.stack([np.full(half, 1 / math.sqrt(2 * half)), np.zeros(half)], axis=1)
    table = np.ascontiguousarray(np.hstack((amplitudes, np.linalg.qr(sines)[0], rest)), np.float32)
    return table, cmath.rect(1, -nominal[0] * half), cmath.rect(1, -nominal[1] * half)
