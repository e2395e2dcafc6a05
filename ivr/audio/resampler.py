"""Other sample rates: a stream with hardly any delay, and whole sounds at the best quality.

A sound card rarely runs at 8 or 16 kHz, and a caller must not wait for a filter. ``StreamResampler`` is a linear-phase
low-pass of 4 ms, so it holds sound back by 2 ms, where the streams of soxr hold it back by 61 to 118 ms. The price is
a gentle slope: it is 450 Hz wide on either side of half of the lower rate. So a telephone's band (up to 3.4 kHz) passes
untouched, what folds back lies above it, and all beyond the slope is 58 dB down. Whole sounds are in no such hurry:
``resampled`` leaves them to soxr.

A polyphase filter: an output sample is the sum of the input around it, weighted by one of ``up`` tables, chosen by
where it falls between two input samples. The weights are whole numbers, so that every sum is exact and the same samples
come out whatever the chunks; each table adds up to exactly one, so that a constant stays what it is.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from ivr.audio.pcm import Samples

Floats = npt.NDArray[np.float64]

DELAY_MS: Final = 2.0
_MOST_PHASES: Final = 1000
_KAISER_BETA: Final = 5.65  # 60 dB (Kaiser's formula)
_ONE: Final = 2**16


class StreamResampler:
    """One stream from one rate to another. ``ValueError`` for rates whose ratio needs too large a table."""

    def __init__(self, from_rate: int, to_rate: int) -> None:
        if min(from_rate, to_rate) <= 0:
            raise ValueError(f"{from_rate} and {to_rate} samples a second cannot be resampled")
        common = math.gcd(from_rate, to_rate)
        self._up, self._down = to_rate // common, from_rate // common
        if self._up > _MOST_PHASES:
            raise ValueError(f"{from_rate} to {to_rate} samples a second is no ratio for a stream: resample it whole")
        self.from_rate, self.to_rate = from_rate, to_rate
        self.delay_ms = 0.0 if from_rate == to_rate else DELAY_MS
        self._weights = _weights(from_rate, to_rate)
        self._taps = self._weights.shape[1]
        self._kept: Floats = np.zeros(self._taps - 1)
        self._ahead = 0  # where the next output falls, in input samples times ``up``, after the kept ones

    def feed(self, samples: Samples) -> Samples:
        """Take the next ``(n,)`` int16 samples; returns all output that falls before their end."""
        if self._up == self._down:
            return samples
        kept = np.concatenate((self._kept, samples), dtype=np.float64)
        count = max(0, -(-(len(samples) * self._up - self._ahead) // self._down))
        sums = self._sums(sliding_window_view(kept, self._taps), count) if count else np.zeros(0)
        self._ahead += count * self._down - len(samples) * self._up
        self._kept = kept[len(samples) :]
        out: Samples = np.clip(np.rint(sums / _ONE), -32768, 32767).astype(np.int16)
        return out

    def flush(self) -> Samples:
        """The last ``delay_ms``, for the end of a stream; afterwards the next one may begin."""
        tail = self.feed(np.zeros(round(self.delay_ms * self.from_rate / 1000), np.int16))
        self._kept, self._ahead = np.zeros(self._taps - 1), 0
        return tail

    def _sums(self, windows: Floats, count: int) -> Floats:
        if self._up == 1:  # a whole fraction: every output has the same weights
            return np.asarray(windows[self._ahead :: self._down][:count] @ self._weights[0])
        if self._down == 1:  # a whole multiple: every input sample has all weights
            return np.asarray(windows @ self._weights.T).reshape(-1)
        falls = self._ahead + np.arange(count) * self._down
        return np.asarray(np.einsum("ij,ij->i", windows[falls // self._up], self._weights[falls % self._up]))


def resampled(samples: Samples, from_rate: int, to_rate: int) -> Samples:
    """A whole sound, by soxr at its high quality."""
    if from_rate == to_rate:
        return samples
    import soxr

    out: Samples = soxr.resample(samples, from_rate, to_rate, quality="HQ")
    return out


@cache
def _weights(from_rate: int, to_rate: int) -> Floats:
    """``(up, taps)``: for each place between two input samples, the weights of the latest ``taps``, oldest first."""
    up = to_rate // math.gcd(from_rate, to_rate)
    half = DELAY_MS * from_rate / 1000  # of the filter, in input samples
    taps = 2 * math.ceil(half)
    # seconds times from_rate between an output, delayed, and the input samples before it
    apart = np.arange(taps)[::-1] + (np.arange(up) / up)[:, np.newaxis] - half
    cutoff = min(1.0, to_rate / from_rate)
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1 - np.square(apart / half), 0, None)))
    table = np.sinc(cutoff * apart) * np.where(np.abs(apart) <= half, window, 0)
    weights: Floats = np.rint(table / table.sum(axis=1, keepdims=True) * _ONE)
    weights[np.arange(up), weights.argmax(axis=1)] += _ONE - weights.sum(axis=1)
    return weights
