"""The two ways of a telephone network to put a sample into one byte (ITU-T G.711): mu-law and A-law, by table.

A sign, a segment (which power of two) and four bits within it. As the reference coder does, the encoder first drops
the bits of a 16-bit sample that the law does not use, rounding down: two for mu-law, three for A-law.
"""

from __future__ import annotations

from functools import cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from ivr.audio.pcm import Samples

Law = Literal["mu", "a"]
Codes = npt.NDArray[np.uint8]

_MU_BIAS: Final = 33
_MU_LOUDEST: Final = 8191 - _MU_BIAS


def encoded(samples: Samples, law: Law) -> bytes:
    """One byte for each sample."""
    return _encoder(law)[samples.view(np.uint16)].tobytes()


def decoded(data: bytes, law: Law) -> Samples:
    """One int16 sample for each byte."""
    return _decoder(law)[np.frombuffer(data, np.uint8)]


@cache
def _encoder(law: Law) -> Codes:
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64)
    return (_mu_codes(samples >> 2) if law == "mu" else _a_codes(samples >> 3)).astype(np.uint8)


@cache
def _decoder(law: Law) -> Samples:
    codes = np.arange(256)
    return (_mu_samples(~codes & 0xFF) if law == "mu" else _a_samples(codes ^ 0x55)).astype(np.int16)


def _segment(magnitudes: npt.NDArray[np.int64], first: int) -> npt.NDArray[np.int64]:
    """Which of eight doublings of ``first`` holds each magnitude."""
    ends = first * 2 ** np.arange(8) - 1
    return np.minimum(np.searchsorted(ends, magnitudes), 7)


def _mu_codes(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    magnitudes = np.minimum(np.abs(values), _MU_LOUDEST) + _MU_BIAS
    segments = _segment(magnitudes, 64)
    codes = segments << 4 | magnitudes >> segments + 1 & 0xF
    return codes ^ np.where(values < 0, 0x7F, 0xFF)


def _mu_samples(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    magnitudes = ((codes & 0xF) * 2 + _MU_BIAS << (codes >> 4 & 7)) - _MU_BIAS
    return np.where(codes & 0x80, -magnitudes, magnitudes) * 4


def _a_codes(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    magnitudes = np.where(values < 0, -values - 1, values)
    segments = _segment(magnitudes, 32)
    codes = segments << 4 | magnitudes >> np.maximum(segments, 1) & 0xF
    return codes ^ np.where(values < 0, 0x55, 0xD5)


def _a_samples(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    segments, within = codes >> 4 & 7, codes & 0xF
    magnitudes = np.where(segments == 0, within * 2 + 1, (within * 2 + 33) << np.maximum(segments - 1, 0))
    return np.where(codes & 0x80, magnitudes, -magnitudes) * 8
