"""How much of each key tone is in each short block of audio: the arithmetic below the key detector.

Blocks are 12.75 ms long (102 samples at 8 kHz) and start every 4.25 ms. Each is correlated with the eight nominal
frequencies and with the whole multiples of 78.4 Hz from 627 to 1725 Hz, which together hold the energy of the band in
which keys live. The correlators are freed of their mean, so that a constant offset of the samples counts for nothing.

Every sum is made of whole numbers small enough for a double to hold exactly: the correlators are rounded to
integers, so a block gives the same bits alone, among thousands, in whatever chunks the audio arrived, and whichever
way the linear algebra orders its additions. Without that, "the same keys whatever the chunking" would only be
nearly true.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

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


class ToneBank:
    """Correlators for one sample rate. ``ValueError`` for a rate that is neither 8 nor 16 kHz."""

    def __init__(self, rate: int) -> None:
        if rate not in RATES:
            raise ValueError(f"keys are heard at 8000 or 16000 samples a second, not at {rate}: resample first")
        self.rate = rate
        self.hop = HOP_AT_8_KHZ * rate // 8000
        self.block = SEGMENTS * self.hop
        self._correlators = _correlators(rate, self.block)
        self._columns = self._correlators.shape[1]
        # by segment, side by side: one matrix product correlates each sample once although the blocks overlap
        self._by_segment = np.ascontiguousarray(
            self._correlators.reshape(SEGMENTS, self.hop, self._columns).transpose(1, 0, 2).reshape(self.hop, -1)
        )
        self._shrink = 8000 / (rate * 2.0**11)
        self._pairs = _pairs(self._columns)
        full_scale_sine = 32767 * self.block / 2 * _FINENESS * self._shrink
        self.power_of_full_scale = full_scale_sine**2

    def blocks_in(self, samples: int) -> int:
        return max(0, (samples - self.block) // self.hop + 1)

    def measure(self, samples: Floats) -> tuple[Floats, Floats]:
        """For each channel (row) of whole-numbered ``samples``, every block that fits in; at least one must.

        Returns the correlations ``(channels, blocks, 16)``, in-phase and quadrature of each nominal frequency, and the
        powers ``(channels, blocks, 9)``: of the eight frequencies, and of the whole band on the same scale.
        """
        channels, length = samples.shape
        blocks = self.blocks_in(length)
        segments = blocks + SEGMENTS - 1
        cut = samples[:, : segments * self.hop].reshape(channels * segments, self.hop)
        width = self._columns
        products = np.empty((len(cut), SEGMENTS * width))
        for row in range(0, len(cut), _ROWS_AT_ONCE):
            some = slice(row, row + _ROWS_AT_ONCE)
            np.matmul(cut[some], self._by_segment, out=products[some])
        parts = products.reshape(channels, segments, -1)
        sums = parts[:, :blocks, :width] + parts[:, 1 : blocks + 1, width : 2 * width]
        sums += parts[:, 2 : blocks + 2, 2 * width :]
        sums *= self._shrink
        np.rint(sums, out=sums)
        correlations = sums[:, :, : 2 * len(NOMINAL_HZ)].copy()
        sums *= sums
        powers = sums.reshape(-1, width) @ self._pairs
        return correlations, powers.reshape(channels, blocks, -1)


def _correlators(rate: int, block: int) -> Floats:
    at = np.arange(block) - (block - 1) / 2
    frequencies = [hertz / rate for hertz in NOMINAL_HZ] + [bin_ / block for bin_ in _BAND_BINS]
    columns = []
    for frequency in frequencies:
        turn = 2 * math.pi * frequency * at
        columns += [np.cos(turn), -np.sin(turn)]
    table = np.stack(columns, axis=1)
    rounded: Floats = np.rint((table - table.mean(axis=0)) * _FINENESS)
    return rounded


def _pairs(columns: int) -> Floats:
    """Sums the squares of each pair of columns: eight frequencies, then all bins of the band together."""
    tones = len(NOMINAL_HZ)
    pairs = np.zeros((columns, tones + 1))
    for tone in range(tones):
        pairs[2 * tone : 2 * tone + 2, tone] = 1
    pairs[2 * tones :, tones] = 1
    return pairs


@cache
def tone_bank(rate: int) -> ToneBank:
    """The bank of this rate, made once."""
    return ToneBank(rate)
