"""Making every voice and every recording fit the line: its rate, one loudness, no silence around.

A prompt ends when its speech ends, because the caller's time to answer starts there; engines add up to half a second.
Speech is brought to one level, by the loudness of its voiced parts rather than of its pauses, so that a recording
and a synthesised amount in one call sound like one hotline.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ivr.audio.pcm import Samples, amplified, peak_dbfs, saturated
from ivr.audio.resampler import resampled
from ivr.audio.wav import Sound

SPEECH_DBFS: Final = -20.0  # of the loud half of 20 ms windows; leaves 12 dB and more for peaks
_PEAK_DBFS: Final = -1.0
_SILENCE_DBFS: Final = -50.0
_BELOW_SPEECH_DB: Final = 36.0  # quieter than this below the speech counts as silence in a noisy recording
_KEPT_MS: Final = 20  # of silence, so that a soft consonant at the edge is whole
_FADE_MS: Final = 4
_WINDOW_MS: Final = 10


def conditioned(sound: Sound, rate: int) -> Samples:
    """The sound at ``rate`` samples a second, trimmed, at the level of speech, with soft edges."""
    if not len(sound.samples):
        return sound.samples
    samples = trimmed(resampled(sound.samples, sound.rate, rate), rate)
    return faded(levelled(samples, rate), rate)


def trimmed(samples: Samples, rate: int, kept_ms: int = _KEPT_MS) -> Samples:
    """Without the silence before and after, but for ``kept_ms`` of it; all of it if there is nothing but silence."""
    levels = window_dbfs(samples, rate)
    loud = np.flatnonzero(levels > max(_SILENCE_DBFS, speech_dbfs(samples, rate) - _BELOW_SPEECH_DB))
    if not len(loud):
        return samples
    window, kept = rate * _WINDOW_MS // 1000, rate * kept_ms // 1000
    return samples[max(0, int(loud[0]) * window - kept) : (int(loud[-1]) + 1) * window + kept]


def levelled(samples: Samples, rate: int, level_dbfs: float = SPEECH_DBFS) -> Samples:
    """Louder or softer, to ``level_dbfs``, as far as its peaks allow; silence stays silence."""
    present = speech_dbfs(samples, rate)
    if present <= _SILENCE_DBFS:
        return samples
    return amplified(samples, min(level_dbfs - present, _PEAK_DBFS - peak_dbfs(samples)))


def faded(samples: Samples, rate: int) -> Samples:
    """With edges that start and end at nothing, so that no step clicks."""
    length = min(rate * _FADE_MS // 1000, len(samples) // 2)
    if not length:
        return samples
    ramp = (np.arange(length) + 0.5) / length
    values = samples.astype(np.float64)
    values[:length] *= ramp
    values[-length:] *= ramp[::-1]
    return saturated(values)


def speech_dbfs(samples: Samples, rate: int) -> float:
    """The root mean square of the louder half of what is not silence, in dBFS."""
    levels = window_dbfs(samples, rate)
    spoken = np.sort(levels[levels > _SILENCE_DBFS - 10])
    if not len(spoken):
        return -120.0
    return float(10 * np.log10(np.mean(10 ** (spoken[len(spoken) // 2 :] / 10))))


def window_dbfs(samples: Samples, rate: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The level of each 10 ms, the last part-filled one included."""
    window = rate * _WINDOW_MS // 1000
    values = samples.astype(np.float64)
    padded = np.pad(values, (0, -len(values) % window)).reshape(-1, window)
    power = 2 * np.mean(np.square(padded), axis=1) / 32767.0**2
    levels: np.ndarray[tuple[int], np.dtype[np.float64]] = 10 * np.log10(np.maximum(power, 1e-12))
    return levels
