"""Samples as this package passes them around: int16, mono, a numpy array; 20 ms blocks at 8 or 16 kHz.

Levels are in dBFS, where a full-scale sine has 0, by root mean square unless a peak is meant. Whatever is added or
amplified saturates: it never wraps around.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

BLOCK_MS: Final = 20
SILENT_DBFS: Final = -120.0  # what digital silence counts as
_FULL_SCALE: Final = 32767.0


def block_length(rate: int) -> int:
    """Samples in one block. ``ValueError`` for a rate at which 20 ms are not a whole number of samples."""
    if rate <= 0 or rate * BLOCK_MS % 1000:
        raise ValueError(f"{BLOCK_MS} ms are not a whole number of samples at {rate} a second")
    return rate * BLOCK_MS // 1000


def saturated(values: npt.NDArray[np.floating] | npt.NDArray[np.integer]) -> Samples:
    """Rounded to the nearest int16; what is too loud is clipped, what is not a number is silence."""
    finite = np.nan_to_num(values, nan=0.0, posinf=32767, neginf=-32768)
    rounded: Samples = np.clip(np.rint(finite), -32768, 32767).astype(np.int16)
    return rounded


def amplified(samples: Samples, gain_db: float) -> Samples:
    return saturated(samples * 10 ** (gain_db / 20))


def mixed(*placed: tuple[int, Samples]) -> Samples:
    """The sum of sounds, each with the sample at which it begins; as long as the one that ends last."""
    total = np.zeros(max((begin + len(sound) for begin, sound in placed), default=0), np.int32)
    for begin, sound in placed:
        total[begin : begin + len(sound)] += sound
    clipped: Samples = np.clip(total, -32768, 32767, out=total).astype(np.int16)
    return clipped


def level_dbfs(samples: Samples) -> float:
    """Root mean square. A full-scale square wave has +3."""
    if not len(samples):
        return SILENT_DBFS
    return _dbfs(math.sqrt(2 * float(np.mean(np.square(samples, dtype=np.float64)))))


def peak_dbfs(samples: Samples) -> float:
    return _dbfs(float(np.abs(samples.astype(np.int32)).max(initial=0)))


def _dbfs(amplitude: float) -> float:
    return max(SILENT_DBFS, 20 * math.log10(amplitude / _FULL_SCALE)) if amplitude else SILENT_DBFS


class BlockCutter:
    """Samples in, in any chopping; blocks of exactly ``length`` samples out."""

    def __init__(self, length: int) -> None:
        if length < 1:
            raise ValueError(f"a block of {length} samples never fills")
        self._length = length
        self._rest: Samples = np.zeros(0, np.int16)

    def feed(self, samples: Samples) -> list[Samples]:
        if len(samples) == self._length and not len(self._rest):  # as nearly always in a call
            return [samples]
        rest = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        whole = len(rest) - len(rest) % self._length
        self._rest = rest[whole:].copy()
        return [rest[start : start + self._length] for start in range(0, whole, self._length)]

    def flush(self) -> list[Samples]:
        """The last block, filled up with silence, if any sample is left."""
        rest, self._rest = self._rest, np.zeros(0, np.int16)
        return [np.pad(rest, (0, self._length - len(rest)))] if len(rest) else []
