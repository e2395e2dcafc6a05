"""What the network hears: 40 cepstral coefficients for every 10 ms, the same numbers that Vosk computes.

They follow Kaldi's MFCC with ``conf/mfcc.conf`` (16 kHz, 25 ms Povey window, pre-emphasis 0.97, 40 mel bands from
20 to 7600 Hz, 40 coefficients, liftering 22, no energy); a test compares them with an independent implementation.
Unlike Kaldi's, the mel bands can be stretched: as if the speaker's vocal tract were shorter (warp above 1) or longer.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

RATE: Final = 16000
COEFFICIENTS: Final = 40
WINDOW: Final = 400  # samples
HOP: Final = 160
_FFT: Final = 512
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 7600.0
_LIFTER: Final = 22.0
_PREEMPHASIS: Final = np.float32(0.97)
_WARPED_BELOW_HZ: Final = 6500.0  # above, the stretch is undone piece by piece so that 8 kHz stays 8 kHz


def cepstra(samples: npt.NDArray[np.floating], warp: float = 1.0, dither: float = 0.0, seed: int = 0) -> Floats:
    """Frames ``(n, 40)`` of samples on the scale of 16-bit integers; no rows for less than 25 ms.

    ``warp`` moves formants up by this factor (two decimals count). ``dither`` adds noise of this standard deviation.
    """
    samples = np.ascontiguousarray(samples, np.float32)
    if len(samples) < WINDOW:
        return np.zeros((0, COEFFICIENTS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    if dither:
        noise = np.random.default_rng(seed).standard_normal(frames.shape, np.float32)
        frames = frames + np.float32(dither) * noise
    frames = frames - frames.mean(1, keepdims=True)
    first = frames[:, :1] * (1 - _PREEMPHASIS)
    frames = np.concatenate([first, frames[:, 1:] - _PREEMPHASIS * frames[:, :-1]], axis=1) * _window()
    spectrum = np.fft.rfft(frames, _FFT)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    energies = np.log(np.maximum(power @ _mel_bands(round(warp, 2)), np.finfo(np.float32).eps))
    return (energies @ cepstral_transform()).astype(np.float32)


@cache
def _window() -> Floats:
    at = np.arange(WINDOW)
    return ((0.5 - 0.5 * np.cos(2 * np.pi * at / (WINDOW - 1))) ** 0.85).astype(np.float32)


@cache
def _mel_bands(warp: float) -> Floats:
    """``(bins of the spectrum, bands)``: triangles on the mel scale over warped frequencies."""
    hertz = np.arange(_FFT // 2) * RATE / _FFT
    nyquist = RATE / 2
    corner = _WARPED_BELOW_HZ / max(1.0, warp)
    above = corner * warp + (hertz - corner) * (nyquist - corner * warp) / (nyquist - corner)
    mel = _mel(np.where(hertz <= corner, hertz * warp, above))
    lowest = _mel(np.float64(_LOWEST_HZ))
    width = (_mel(np.float64(_HIGHEST_HZ)) - lowest) / (COEFFICIENTS + 1)
    centres = lowest + width * np.arange(1, COEFFICIENTS + 1)
    weights = np.clip(1 - np.abs(mel[:, None] - centres) / width, 0, None)
    return np.concatenate([weights, np.zeros((1, COEFFICIENTS))]).astype(np.float32)


@cache
def cepstral_transform() -> Floats:
    """``(bands, coefficients)``: the orthonormal cosine transform with the liftering."""
    band, coefficient = np.arange(COEFFICIENTS)[:, None] + 0.5, np.arange(COEFFICIENTS)
    table = math.sqrt(2 / COEFFICIENTS) * np.cos(np.pi / COEFFICIENTS * band * coefficient)
    table[:, 0] = math.sqrt(1 / COEFFICIENTS)
    lifter = 1 + 0.5 * _LIFTER * np.sin(np.pi * coefficient / _LIFTER)
    return (table * lifter).astype(np.float32)


def _mel(hertz: npt.NDArray[np.float64] | np.float64) -> npt.NDArray[np.float64]:
    return np.asarray(1127.0 * np.log(1 + hertz / 700.0))
