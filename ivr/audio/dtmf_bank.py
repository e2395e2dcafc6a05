"""How much of each key tone is in each short block of audio: the arithmetic below the key detector.

Blocks are 12.75 ms long (102 samples at 8 kHz) and start every 4.25 ms. Each is correlated with the eight nominal
frequencies and with the whole multiples of 78.4 Hz from 627 to 1725 Hz, which together hold the energy of the band in
which keys live. The correlators are freed of their mean, so that a constant offset of the samples counts for nothing.

Every third block borders on the next third block: a *tile*. To ``glance`` at tiles alone costs a third, and tells
whether the audio around them is worth measuring block by block.

Every sum is made of whole numbers small enough for a double to hold exactly: the correlators are rounded to
integers, so a block gives the same bits alone, among thousands, in whatever chunks the audio arrived, and whichever
way the linear algebra orders its additions. Without that, "the same keys whatever the chunking" would only be
nearly true.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ivr.audio.dtmf_generator import HIGH_HZ, LOW_HZ

Floats = npt.NDArray[np.float64]

RATES: Final = (8000, 16000)
NOMINAL_HZ: Final = LOW_HZ + HIGH_HZ
SEGMENTS: Final = 3  # a block is three hops long
HOP_AT_8_KHZ: Final = 34
_BAND_BINS: Final = range(8, 23)
_ROWS_AT_ONCE: Final = (
    100  # small enough that the linear algebra does not wake other threads: they cost more than they do
)
_FINENESS: Final = 2.0**13
_COARSENESS: Final = 4.0  # so coarse that even squares are exact: good enough for a glance
_TONES: Final = len(NOMINAL_HZ)
_KEYS: Final = 16
_COLUMNS_OF_KEY: Final = np.array(
    [[2 * tone + part for tone in (key // 4, 4 + key % 4) for part in (0, 1)] for key in range(_KEYS)]
)

# Of the energy of the band in both tones together: in a block that names a key, and in a tile that promises one. Of
# 1,500 keys of 40 ms under noise as strong as they are, each filled a tile with a share of more than 0.55.
_NAMING_SHARE: Final = (9, 25)
_PROMISING_SHARE: Final = (1, 2)
_LEAST_POWER: Final = 1e-5  # of a full-scale sine: -50 dBFS
_MOST_TWIST: Final = 16.0  # as a ratio of powers: 12 dB


class Blocks(NamedTuple):
    """What was measured of some blocks in a row."""

    names: list[int]  # of each the key (0 to 15) that it names, -1 for none
    powers: list[list[float]]  # of each the power of the eight nominal frequencies
    correlations: list[Floats]  # of each the in-phase and quadrature parts of the nominal frequencies, and more


class ToneBank:
    """Correlators for one sample rate. ``ValueError`` for a rate that is neither 8 nor 16 kHz."""

    def __init__(self, rate: int) -> None:
        if rate not in RATES:
            raise ValueError(f"keys are heard at 8000 or 16000 samples a second, not at {rate}: resample first")
        self.rate = rate
        self.hop = HOP_AT_8_KHZ * rate // 8000
        self.block = SEGMENTS * self.hop
        correlators = _correlators(rate, self.block, _FINENESS)
        self._coarse = _correlators(rate, self.block, _COARSENESS)
        self._columns = correlators.shape[1]
        # by segment, side by side: one matrix product correlates each sample once although the blocks overlap
        self._by_segment = np.ascontiguousarray(
            correlators.reshape(SEGMENTS, self.hop, self._columns).transpose(1, 0, 2).reshape(self.hop, -1)
        )
        self._shrink = 8000 / (rate * 2.0**11)
        self._names = np.concatenate((_pairs(self._columns), _surplus(self._columns, *_NAMING_SHARE)), axis=1)
        self._promises = _surplus(self._columns, *_PROMISING_SHARE)
        full_scale_sine = 32767 * self.block / 2 * _FINENESS * self._shrink
        self._least = _LEAST_POWER * full_scale_sine**2
        self._least_promising = _LEAST_POWER / 4 * (32767 * self.block / 2 * _COARSENESS) ** 2

    def glance(self, tiles: Floats) -> list[int]:
        """Which of the tiles ``(tiles, block)`` of whole-numbered samples promise a key, there or near."""
        products = _multiplied(tiles, self._coarse)
        products *= products
        surplus = products @ self._promises
        if np.maximum.reduce(surplus, axis=None) < self._least_promising:
            return []
        (lit,) = (np.maximum.reduce(surplus, axis=1) >= self._least_promising).nonzero()
        tones = products[lit[:, np.newaxis], _COLUMNS_OF_KEY[surplus[lit].argmax(axis=1)]]
        low, high = tones[:, 0] + tones[:, 1], tones[:, 2] + tones[:, 3]
        promising: list[int] = lit[(low <= _MOST_TWIST * high) & (high <= _MOST_TWIST * low)].tolist()
        return promising

    def measure(self, samples: Floats) -> Blocks:
        """Measure every block of the whole-numbered ``(n,)`` samples; the first starts with the first sample."""
        segments = len(samples) // self.hop
        blocks = segments - SEGMENTS + 1
        width = self._columns
        products = _multiplied(samples[: segments * self.hop].reshape(segments, self.hop), self._by_segment)
        sums = products[:blocks, :width] + products[1 : blocks + 1, width : 2 * width]
        sums += products[2:, 2 * width :]
        sums *= self._shrink
        np.rint(sums, out=sums)
        powers = (sums * sums) @ self._names
        surplus = powers[:, _TONES:]
        rows = powers[:, :_TONES].tolist()
        names = [-1] * blocks
        (named,) = (np.maximum.reduce(surplus, axis=1) >= 0).nonzero()
        if len(named):
            for block, key in zip(named.tolist(), surplus[named].argmax(axis=1).tolist(), strict=True):
                low, high = rows[block][key // 4], rows[block][4 + key % 4]
                if low + high >= self._least and high <= _MOST_TWIST * low and low <= _MOST_TWIST * high:
                    names[block] = key
        return Blocks(names, rows, list(sums))


def _multiplied(rows: Floats, table: Floats) -> Floats:
    if len(rows) <= _ROWS_AT_ONCE:
        return rows @ table
    products = np.empty((len(rows), table.shape[1]))
    for row in range(0, len(rows), _ROWS_AT_ONCE):
        some = slice(row, row + _ROWS_AT_ONCE)
        np.matmul(rows[some], table, out=products[some])
    return products


def _correlators(rate: int, block: int, fineness: float) -> Floats:
    at = np.arange(block) - (block - 1) / 2
    frequencies = [hertz / rate for hertz in NOMINAL_HZ] + [bin_ / block for bin_ in _BAND_BINS]
    columns = []
    for frequency in frequencies:
        turn = 2 * math.pi * frequency * at
        columns += [np.cos(turn), -np.sin(turn)]
    table = np.stack(columns, axis=1)
    rounded: Floats = np.rint((table - table.mean(axis=0)) * fineness)
    return rounded


def _pairs(columns: int) -> Floats:
    """Sums the squares of each pair of columns: the powers of the eight frequencies."""
    pairs = np.zeros((columns, _TONES))
    for tone in range(_TONES):
        pairs[2 * tone : 2 * tone + 2, tone] = 1
    return pairs


def _surplus(columns: int, share: int, whole: int) -> Floats:
    """For each of the sixteen keys, ``whole`` times the power of its tones less ``share`` times that of the band."""
    surplus = np.zeros((columns, _KEYS))
    surplus[2 * _TONES :] = -share
    for key in range(_KEYS):
        for tone in (key // 4, 4 + key % 4):
            surplus[2 * tone : 2 * tone + 2, key] = whole
    return surplus


@cache
def tone_bank(rate: int) -> ToneBank:
    """The bank of this rate, made once."""
    return ToneBank(rate)
