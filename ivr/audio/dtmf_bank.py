"""How much of each key tone is in each short block of audio: the arithmetic below the key detector.

Blocks are 12.75 ms long (102 samples at 8 kHz) and start every 4.25 ms. Every third block borders on the next third
block: a *tile*. Tiles are correlated with the eight nominal frequencies and with the whole multiples of 78.4 Hz from
627 to 1725 Hz, which together hold the energy of the band in which keys live. A tile promises a key when one low and
one high frequency hold a fair part of it. Only around such a tile are the blocks measured, and only the key's own two
tones. The correlators are freed of their mean, so that a constant offset of the samples counts for nothing.

Most of the price of a look is the calls into the array library, however many tiles are looked at. So a few tiles in
which together there is hardly any sound are not looked at, and it pays to wait for some.

How many blocks or tiles come together depends on the chunks in which the audio arrived. So these correlators are
rounded to whole numbers small enough for singles to hold every sum, and doubles every square, exactly: a block gives
the same bits alone, among thousands, and whichever way the linear algebra orders its additions. Without that, "the same
keys whatever the chunking" would only be nearly true.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

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
_FEW: Final = 6  # tiles that may well be quiet all together
_COARSENESS: Final = {8000: 4.0, 16000: 3.6}  # of the loudest samples no sum is beyond 2 ** 24
_FOUR_ONES: Final = np.ones(4)
_TONES: Final = len(NOMINAL_HZ)
_KEYS: Final = 16
_COLUMNS_OF_KEY: Final = np.array(
    [[2 * tone + part for tone in (key // 4, 4 + key % 4) for part in (0, 1)] for key in range(_KEYS)]
)

# Of the energy of the band in both tones together. Of 1,500 keys of 40 ms under noise as strong as they are, each
# filled a tile with a share of more than 0.55.
_PROMISING_SHARE: Final = (1, 2)
_LEAST_POWER: Final = 2.5e-6  # of a full-scale sine: -56 dBFS
_MOST_TWIST: Final = 16.0  # as a ratio of powers: 12 dB

# A tile in which a key's two tones stand out, which key (0 to 15), and what ``are_alike`` asks about.
Promise = tuple[int, int, Floats]


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
        exact = _correlators(rate, self.block)
        self._coarse = _whole_numbers(exact * _COARSENESS[rate]).astype(np.float32)
        self._coarse_of_key = [np.ascontiguousarray(self._coarse[:, columns]) for columns in _COLUMNS_OF_KEY]
        self._exact_of_key = [np.ascontiguousarray(exact[:, columns]) for columns in _COLUMNS_OF_KEY]
        columns = exact.shape[1]
        self._rows_at_once = _PRODUCT_OF_ONE_THREAD // (self.block * columns)
        self._promises = _surplus(columns, *_PROMISING_SHARE)
        self._least_promising = _LEAST_POWER * (32767 * self.block / 2 * _COARSENESS[rate]) ** 2
        self._least_energy = self._least_promising / _most_surplus(self._coarse)

    def glance(self, tiles: Singles, number: int = 0, first: int = 0) -> list[Promise]:
        """Which of many tiles ``(tiles, block)`` of whole-numbered samples promise a key, there or near.

        ``number`` is that of the first of these tiles, and nothing is told of those before tile ``first``.
        """
        if len(tiles) <= _FEW:
            samples = tiles.ravel()
            if samples.dot(samples) < self._least_energy:
                return []
            squares = tiles.dot(self._coarse).astype(np.float64)
        else:
            squares = self._many_products(tiles).astype(np.float64)
        squares *= squares
        surplus = squares.dot(self._promises)
        least = self._least_promising
        if surplus.item(surplus.argmax()) < least:
            return []
        skipped = max(0, first - number)
        return [
            (at + number, key, squares[at])
            for at, key in enumerate(surplus[skipped:].argmax(1).tolist(), skipped)
            if surplus.item(at, key) >= least
        ]

    def powers_of_key(self, key: int, blocks: Singles) -> list[float]:
        """Of both tones of ``key`` (0 to 15) together, in each of the blocks ``(n, block)``, in no particular unit."""
        squares = blocks.dot(self._coarse_of_key[key]).astype(np.float64)
        squares *= squares
        powers: list[float] = squares.dot(_FOUR_ONES).tolist()
        return powers

    def correlations_of_key(self, key: int, blocks: Singles) -> Complexes:
        """Of both tones of ``key`` (0 to 15) with each of the blocks ``(n, block)``: ``(n, 2)``."""
        correlations: Floats = blocks.astype(np.float64).dot(self._exact_of_key[key])
        return correlations.view(np.complex128)

    def _many_products(self, tiles: Singles) -> Singles:
        products, at_once = np.empty((len(tiles), self._coarse.shape[1]), np.float32), self._rows_at_once
        for row in range(0, len(tiles), at_once):
            products[row : row + at_once] = tiles[row : row + at_once].dot(self._coarse)
        return products


def are_alike(promise: Promise) -> bool:
    """Whether the tones of the key are about equally strong in the tile."""
    _, key, squares = promise
    low, high = 2 * (key // 4), 8 + 2 * (key % 4)
    of_low, of_high = squares.item(low) + squares.item(low + 1), squares.item(high) + squares.item(high + 1)
    return of_low <= _MOST_TWIST * of_high and of_high <= _MOST_TWIST * of_low


def _correlators(rate: int, block: int) -> Floats:
    """Cosine and sine of each nominal frequency, and then of the others of the band: ``(block, columns)``."""
    at = np.arange(block) - (block - 1) / 2
    frequencies = [hertz / rate for hertz in NOMINAL_HZ] + [bin_ / block for bin_ in _BAND_BINS]
    columns = []
    for frequency in frequencies:
        turn = 2 * math.pi * frequency * at
        columns += [np.cos(turn), -np.sin(turn)]
    table = np.stack(columns, axis=1)
    free_of_mean: Floats = table - table.mean(axis=0)
    return free_of_mean


def _whole_numbers(correlators: Floats) -> Floats:
    """As near as may be while each column is still free of its mean: a few numbers are rounded the other way."""
    whole = np.rint(correlators)
    for column, exact in zip(whole.T, correlators.T, strict=True):
        excess = int(column.sum())
        way = np.sign(excess)
        column[np.argsort(way * (exact - column), kind="stable")[: abs(excess)]] -= way
    return whole


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
