"""Other voices and lines out of frames that are already made: every time an utterance is used it sounds different.

Theory of operation. The cosine transform of the features can be undone, which gives the logarithms of the energies in
the mel bands. There, much that happens to speech is simple arithmetic: a microphone or a louder voice adds a smooth
curve, noise adds its energies, a longer vocal tract stretches the bands, faster speech skips frames. This costs a
fraction of a millisecond, so training never hears the same frames twice.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from models.training.features import COEFFICIENTS, cepstral_transform

Floats = npt.NDArray[np.float32]

_PER_DECIBEL: Final = np.log(10) / 10  # logarithm of power
_BANDS = np.arange(COEFFICIENTS)


@cache
def _inverse() -> Floats:
    return np.linalg.inv(cepstral_transform()).astype(np.float32)


def perturbed(frames: Floats, chance: np.random.Generator) -> Floats:
    """Frames (n, 40) as a somewhat different speaker on a different line would give them; n may change by a fifth."""
    bands = frames @ _inverse()
    if chance.random() < 0.5:
        bands = at_tempo(bands, chance.uniform(0.84, 1.22))
    if chance.random() < 0.5:
        bands = stretched(bands, chance.uniform(0.92, 1.09))
    if chance.random() < 0.5:
        bands = bands + smooth_curve(chance, 3.0) + np.float32(chance.normal(0, 5) * _PER_DECIBEL)
    if chance.random() < 0.4:
        bands = with_noise(bands, chance, chance.uniform(12, 45))
    if chance.random() < 0.3:
        bands = with_gaps(bands, chance)
    return (bands @ cepstral_transform()).astype(np.float32)


def at_tempo(bands: Floats, factor: float) -> Floats:
    """Spoken ``factor`` times as fast at the same pitch."""
    count = len(bands)
    at = np.arange(0, count - 1, factor)
    before = at.astype(int)
    share = (at - before)[:, None].astype(np.float32)
    return bands[before] * (1 - share) + bands[before + 1] * share


def stretched(bands: Floats, factor: float) -> Floats:
    """With formants moved up by about ``factor`` bands in one, most in the middle of the range."""
    at = np.clip(_BANDS + (1 / factor - 1) * _BANDS * (1 - _BANDS / (2 * COEFFICIENTS)), 0, COEFFICIENTS - 1)
    before = np.minimum(at.astype(int), COEFFICIENTS - 2)
    share = (at - before).astype(np.float32)
    return bands[:, before] * (1 - share) + bands[:, before + 1] * share


def smooth_curve(chance: np.random.Generator, decibels: float) -> Floats:
    """A frequency response over the bands (40,), of this standard deviation."""
    points = chance.normal(0, decibels * _PER_DECIBEL, 7)
    return np.interp(_BANDS, np.linspace(0, COEFFICIENTS - 1, 7), points).astype(np.float32)


def with_noise(bands: Floats, chance: np.random.Generator, ratio: float) -> Floats:
    """With coloured noise that is in each band ``ratio`` dB below the loudest band of the utterance's loud parts."""
    loud = np.percentile(bands.max(1), 80) - ratio * _PER_DECIBEL
    tilt = np.linspace(0, -chance.uniform(-3, 12), COEFFICIENTS) * _PER_DECIBEL
    level = loud + tilt + smooth_curve(chance, 4.0)
    ripple = chance.standard_normal(bands.shape, np.float32) * 0.5  # the spread of a band's energy from frame to frame
    return np.logaddexp(bands, (level + ripple).astype(np.float32))


def with_gaps(bands: Floats, chance: np.random.Generator) -> Floats:
    """With some bands, and some 40 ms, masked by their quietest level."""
    bands = bands.copy()
    floor = np.percentile(bands, 5, axis=0)
    width = chance.integers(1, 9)
    first = chance.integers(0, COEFFICIENTS - width)
    bands[:, first : first + width] = floor[first : first + width]
    if chance.random() < 0.5 and len(bands) > 40:
        start = chance.integers(0, len(bands) - 4)
        bands[start : start + 4] = floor
    return bands
