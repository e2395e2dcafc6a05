"""How much of each key tone is in each short block of audio: the arithmetic below the key detector.

Blocks are 12.75 ms long (102 samples at 8 kHz) and start every 4.25 ms. Each is correlated with the eight nominal
frequencies and with the whole multiples of 78.4 Hz from 627 to 1725 Hz, which together hold the energy of the band in
which keys live. The correlators are freed of their mean, so that a constant offset of the samples counts for nothing.

Every third block borders on the next third block: a *tile*. To ``glance`` at tiles alone costs a third, and tells
whether the audio around them is worth measuring block by block. A few in which together there is hardly any sound are
not looked at. A product with one row costs a third of that with two to four, so it pays to wait for some.

Every sum is made of whole numbers small enough for a double to hold exactly: the correlators are rounded to
integers, so a block gives the same bits alone, among thousands, in whatever chunks the audio arrived, and whichever
way the linear algebra orders its additions. Without that, "the same keys whatever the chunking" would only be
nearly true.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from ivr.audio.dtmf_generator import HIGH_HZ, LOW_HZ

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Complexes = npt.NDArray[np.complex128]

RATES: Final = (8000, 16000)
NOMINAL_HZ: Final = LOW_HZ + HIGH_HZ
SEGMENTS: Final = 3  # a block is three hops long
HOP_AT_8_KHZ: Final = 34
_BAND_BINS: Final = range(8, 23)
_PRODUCT_OF_ONE_THREAD: Final = 2**18  # beyond, OpenBLAS wakes other threads, and waiting for them costs more
_FINENESS: Final = 2.0**13
_FEW: Final = 6  # tiles that may well be quiet all together
# So coarse that singles hold every sum, even of the loudest samples, and doubles every square: enough for a glance.
_COARSENESS: Final = {8000: 4.0, 16000: 3.6}
_TONES: Final = len(NOMINAL_HZ)
_KEYS: Final = 16
_COLUMNS_OF_KEY: Final = np.array(
    [[2 * tone + part for tone in (key // 4, 4 + key % 4) for part in (0, 1)] for key in range(_KEYS)]
)

# Of the energy of the band in both tones together: in a block that names a key, and in a tile that promises one. Of
# 1,500 keys of 40 ms under noise as strong as they are, each filled a tile with a share of more than 0.55.
_NAMING_SHARE: Final = 9 / 25
_PROMISING_SHARE: Final = (1, 2)
_LEAST_POWER: Final = 1e-5  # of a full-scale sine: -50 dBFS
_MOST_TWIST: Final = 16.0  # as a ratio of powers: 12 dB

_Numbers = TypeVar("_Numbers", Floats, Singles)

Powers = list[float]  # of the eight nominal frequencies, and of the whole band


class ToneBank:
    """Correlators for one sample rate. ``ValueError`` for a rate that is neither 8 nor 16 kHz."""

    def __init__(self, rate: int) -> None:
        if rate not in RATES:
            raise ValueError(f"keys are heard at 8000 or 16000 samples a second, not at {rate}: resample first")
        self.rate = rate
        self.hop = HOP_AT_8_KHZ * rate // 8000
        self.block = SEGMENTS * self.hop
        turns = [2 * math.pi * hertz / rate for hertz in NOMINAL_HZ]
        self.turns_of_key = [(turns[key // 4], turns[4 + key % 4]) for key in range(_KEYS)]  # radians a sample
        self._coarse = _correlators(rate, self.block, _COARSENESS[rate]).astype(np.float32)
        # a power of two: what is multiplied with it stays exact
        shrink = 8000 / (rate * 2.0**11)
        self._fine = _correlators(rate, self.block, _FINENESS) * shrink
        self._fine_of_key = [np.ascontiguousarray(self._fine[:, columns]) for columns in _COLUMNS_OF_KEY]
        columns = self._fine.shape[1]
        self._rows_at_once = _PRODUCT_OF_ONE_THREAD // (self.block * columns)
        self._sums = _sums(columns)
        self._promises = _surplus(columns, *_PROMISING_SHARE)
        self._least = _LEAST_POWER * (32767 * self.block / 2 * _FINENESS * shrink) ** 2
        self._least_promising = _LEAST_POWER / 4 * (32767 * self.block / 2 * _COARSENESS[rate]) ** 2
        self._least_energy = self._least_promising / _most_surplus(self._coarse)

    def glance(self, tiles: Singles) -> list[int]:
        """Which of many tiles ``(tiles, block)`` of whole-numbered samples promise a key, there or near."""
        if len(tiles) <= _FEW:
            samples = tiles.reshape(-1)
            if samples.dot(samples) < self._least_energy:
                return []
            squares = tiles.dot(self._coarse).astype(np.float64)
        else:
            squares = self._multiplied(tiles, self._coarse).astype(np.float64)
        squares *= squares
        surplus = squares.dot(self._promises)
        if surplus.item(surplus.argmax()) < self._least_promising:
            return []
        (lit,) = (np.maximum.reduce(surplus, axis=1) >= self._least_promising).nonzero()
        return [
            at
            for at, key in zip(lit.tolist(), surplus[lit].argmax(axis=1).tolist(), strict=True)
            if _untwisted(squares[at], key)
        ]

    def measure(self, blocks: Singles) -> tuple[list[Powers], Complexes]:
        """Of each of the blocks ``(n, block)`` the powers, and correlations ``(n, frequencies)``.

        The eight nominal frequencies come first in these, and then the others of the band.
        """
        correlations = self._multiplied(blocks, self._fine)
        np.rint(correlations, out=correlations)
        return (correlations * correlations).dot(self._sums).tolist(), correlations.view(np.complex128)

    def powers_of_key(self, key: int, blocks: Singles) -> list[float]:
        """Of both tones of ``key`` (0 to 15) together, in each block: what ``measure`` would say, for less."""
        correlations = blocks.astype(np.float64).dot(self._fine_of_key[key])
        np.rint(correlations, out=correlations)
        correlations *= correlations
        powers: list[float] = np.add.reduce(correlations, axis=1).tolist()
        return powers

    def named(self, powers: Powers) -> int:
        """The key (0 to 15) that a block of these powers names, -1 for none."""
        low, high = max(powers[:4]), max(powers[4:8])
        both = low + high
        if both < _NAMING_SHARE * powers[8] or both < self._least:
            return -1
        if high > _MOST_TWIST * low or low > _MOST_TWIST * high:
            return -1
        return 4 * powers.index(low, 0, 4) + powers.index(high, 4, 8) - 4

    def _multiplied(self, rows: Singles, table: _Numbers) -> _Numbers:
        at_once = self._rows_at_once
        products: _Numbers
        if len(rows) <= at_once:
            products = rows.astype(table.dtype, copy=False).dot(table)
            return products
        products = np.empty((len(rows), table.shape[1]), table.dtype)
        for row in range(0, len(rows), at_once):
            products[row : row + at_once] = rows[row : row + at_once].astype(table.dtype, copy=False).dot(table)
        return products


def _untwisted(squares: Floats, key: int) -> bool:
    """Whether the tones of the key are about equally strong in a tile of these squared correlations."""
    one, other, third, fourth = squares.take(_COLUMNS_OF_KEY[key]).tolist()
    low, high = one + other, third + fourth
    return bool(low <= _MOST_TWIST * high and high <= _MOST_TWIST * low)


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


def _sums(columns: int) -> Floats:
    """Sums squares of correlations: of either part of the eight frequencies, and of the whole band."""
    sums = np.zeros((columns, _TONES + 1))
    for tone in range(_TONES):
        sums[2 * tone : 2 * tone + 2, tone] = 1
    sums[2 * _TONES :, _TONES] = 1
    return sums


def _surplus(columns: int, share: int, whole: int) -> Floats:
    """For each of the sixteen keys, ``whole`` times the power of its tones less ``share`` times that of the band."""
    surplus = np.zeros((columns, _KEYS))
    surplus[2 * _TONES :] = -share
    for key in range(_KEYS):
        surplus[_COLUMNS_OF_KEY[key], key] = whole
    return surplus


def _most_surplus(correlators: Singles) -> float:
    """The most that a tile of energy one can promise, and a little more: its tones' part if it were nothing else."""
    of_keys = (correlators[:, columns] for columns in _COLUMNS_OF_KEY)
    return _PROMISING_SHARE[1] * 1.001 * max(float(np.linalg.norm(of_key, 2)) ** 2 for of_key in of_keys)


@cache
def tone_bank(rate: int) -> ToneBank:
    """The bank of this rate, made once."""
    return ToneBank(rate)
