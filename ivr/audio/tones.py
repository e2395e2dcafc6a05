"""What a caller hears when nobody speaks: the tones of the Chinese telephone network, and music while holding.

Tones follow GB/T 3380-1982, "ringing current and signal tones of the automatic telephone network", and YDN 065-1997,
the specification of telephone exchanges: 450 Hz at -10 dBm0 in the cadences below. A full-scale sine
is +3.14 dBm0 (G.711, A-law). The standard allows 25 Hz, 3 dB and a tenth of every time.

The music is computed: a slow five-tone melody of plucked strings over low ones, within the band of a telephone. Nobody
else's work is in it. A note that rings beyond the end rings on at the beginning, so it repeats without a seam.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from ivr.audio.pcm import Samples, saturated

Tone = Literal["dial", "ring-back", "busy", "congestion", "vacant-number"]
TONES: Final[tuple[Tone, ...]] = get_args(Tone)

_HERTZ: Final = 450.0
_LEVEL_DBM0: Final = -10.0
_FULL_SCALE_DBM0: Final = 3.14
_CADENCES: Final[dict[Tone, tuple[tuple[int, int], ...]]] = {  # ms of tone, ms of silence
    "dial": ((1000, 0),),
    "ring-back": ((1000, 4000),),
    "busy": ((350, 350),),
    "congestion": ((700, 700),),
    "vacant-number": ((100, 100), (100, 100), (100, 100), (400, 400)),
}
_RAMP_MS: Final = 5

_MUSIC_DBFS: Final = -20.0  # by root mean square: below speech, which has about -18
_BEAT_MS: Final = 400
_FIVE_TONES: Final = (392.0, 440.0, 493.88, 587.33, 659.26)  # 宫 商 角 徵 羽 on G
_MELODY: Final = (  # steps of the five-tone scale, an eighth each; None rests
    (4, 5, 7, 5, 4, 2), (3, None, 2, 3, 5, None), (4, 5, 7, 8, 7, 5), (7, None, 5, 4, 3, None),
    (2, 3, 5, 4, 3, 2), (1, None, 0, 1, 3, None), (4, 3, 2, 3, 1, 2), (0, None, None, 2, 0, None),
)  # fmt: skip
_LOW: Final = (-5, -2, -5, -4, -3, -2, -2, -5)  # one under each bar


@cache
def tone(name: Tone, rate: int) -> Samples:
    """One period of a tone, to be looped. ``ValueError`` for a name that is none of ``TONES``."""
    if name not in _CADENCES:
        raise ValueError(f"no tone is called {name!r}: give one of {', '.join(TONES)}")
    amplitude = 32767 * 10 ** ((_LEVEL_DBM0 - _FULL_SCALE_DBM0) / 20)
    parts = []
    for on_ms, off_ms in _CADENCES[name]:
        sound = amplitude * np.sin(2 * math.pi * _HERTZ * np.arange(on_ms * rate // 1000) / rate)
        if off_ms:
            ramp = _RAMP_MS * rate // 1000
            slope = np.arange(1, ramp + 1) / (ramp + 1)
            sound[:ramp] *= slope
            sound[-ramp:] *= slope[::-1]
        parts += [sound, np.zeros(off_ms * rate // 1000)]
    return _kept(np.concatenate(parts))


@cache
def hold_music(rate: int) -> Samples:
    """A round of 19 seconds, to be looped."""
    beat = _BEAT_MS * rate // 1000
    music = np.zeros(beat * sum(map(len, _MELODY)))
    at = 0
    for bar, low in zip(_MELODY, _LOW, strict=True):
        _pluck(music, at, _hertz(low), rate, 0.7)
        for step in bar:
            if step is not None:
                _pluck(music, at, _hertz(step), rate, 1.0)
            at += beat
    loudness = math.sqrt(2 * float(np.mean(np.square(music))))
    return _kept(music * (32767 * 10 ** (_MUSIC_DBFS / 20) / loudness))


def _hertz(step: int) -> float:
    octave, degree = divmod(step, len(_FIVE_TONES))
    return _FIVE_TONES[degree] * 2.0**octave


def _pluck(music: npt.NDArray[np.float64], at: int, hertz: float, rate: int, loudness: float) -> None:
    """Add a string that is plucked softly at ``at`` and rings for two seconds, around the end if need be."""
    seconds = np.arange(min(2 * rate, len(music))) / rate
    sound = np.zeros(len(seconds))
    for overtone in range(1, 5):
        if overtone * hertz < min(3400.0, rate / 2):
            fading = np.exp(-seconds * (1.8 + 0.9 * overtone))
            sound += fading * np.sin(2 * math.pi * overtone * hertz * seconds) / overtone**1.7
    sound *= loudness * np.minimum(1, seconds / 0.008) * np.clip((seconds[-1] - seconds) / 0.2, 0, 1)
    before_end = min(len(sound), len(music) - at)
    music[at : at + before_end] += sound[:before_end]
    music[: len(sound) - before_end] += sound[before_end:]


def _kept(values: npt.NDArray[np.float64]) -> Samples:
    """Shared by all callers, so nobody may write into it."""
    samples = saturated(values)
    samples.flags.writeable = False
    return samples
