"""Is this stretch of audio a key, or does it only look like one?

A stretch that two nominal frequencies dominate is modelled as two sines of steady level, and what the model leaves over
is looked at. Speech fools block detectors because its harmonics can sit on the right frequencies for a while, but they
do not stand still there: their frequency glides, their level swells, and other harmonics are as strong. Noise, on the
other hand, may be as strong as the key itself and yet is spread thin. So there are two ways to be a key:

    plain   no single rival comes near the weaker tone, and the left-over is no more than noise could be. Frequencies
            may be off by as much as Q.23 lets a telephone err, and levels may differ by a long line's twist. The
            noisier the stretch, the less it may be off.
    exact   both frequencies are where a crystal puts them and stand still, with little twist. Then it does not matter
            that somebody speaks, or that a prompt plays, at the same time.

The limits were set on four hours of speech, each at five speeds, and one of white noise, in which no key was found.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ivr.audio.dtmf_bank import NOMINAL_HZ, ToneBank

Floats = npt.NDArray[np.float64]
Tones = npt.NDArray[np.complex128]

_MOST_OFF = 0.0305
_LEAST_COHERENCE = 0.9

_COHERENCE_LAG = 3  # blocks that far apart share no sample
_KEY_BAND_HZ = (600.0, 1750.0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What two steady sines explain of a stretch of audio, and what they do not."""

    off: float  # the larger frequency error of the two tones, in parts of one
    coherence: float  # how well either tone keeps its frequency, 0 to 1; the worse of the two
    twist_db: float  # level of the high tone above the low one
    drift_db: float  # the larger change of level from the first half to the second
    purity: float  # the part of the energy that the two sines explain
    rival_db: float  # the strongest other frequency, above the weaker tone
    near_rival_db: float  # the same among frequencies of the key band

    def is_key(self) -> bool:
        return self._plain() or self._exact()

    def _plain(self) -> bool:
        clean = self.purity > 0.9
        rival_below = -4.5 if clean else -4.5 - 350 * max(0.0, self.off - 0.008)
        return (
            self.purity > 0.38
            and self.off < (_MOST_OFF if clean else 0.024)
            and self.rival_db < rival_below
            and abs(self.twist_db) < 11
            and self.drift_db < 1 + 5 * math.sqrt(max(0.0, 1 - self.purity))
        )

    def _exact(self) -> bool:
        return (
            self.purity > 0.3
            and self.off < 0.006
            and self.coherence > 0.96
            and abs(self.twist_db) < 6
            and self.drift_db < 2
            and self.near_rival_db < 6
        )


def judge(samples: Floats, tones: Tones, key: int, bank: ToneBank) -> Stretch | None:
    """Measure ``samples``, which run from the middle of the first block to the middle of the last.

    ``tones`` are the correlations ``(blocks, 2)`` of those blocks with the low and the high tone of ``key`` (0 to 15).
    None when their frequencies alone tell that it is no key, as they do for most speech.
    """
    low_hz, high_hz = NOMINAL_HZ[key // 4], NOMINAL_HZ[4 + key % 4]
    low_error, low_coherence = _frequency_error(tones[:, 0], low_hz, bank)
    high_error, high_coherence = _frequency_error(tones[:, 1], high_hz, bank)
    off, coherence = max(abs(low_error) / low_hz, abs(high_error) / high_hz), min(low_coherence, high_coherence)
    if off > _MOST_OFF or coherence < _LEAST_COHERENCE:
        return None
    half = len(samples) // 2
    count = 2 * half
    samples = samples[:count]
    turns = np.outer(
        (low_hz + low_error, high_hz + high_error), (np.arange(count) - (count - 1) / 2) * (2 * math.pi / bank.rate)
    )
    sines = np.concatenate((np.cos(turns), np.sin(turns), np.ones((1, count))))
    whole, first, last = _fits(samples, sines)
    left_over = samples - whole @ sines
    levels, levels_first, levels_last = _levels(whole), _levels(first), _levels(last)
    rival, near_rival = _rivals(left_over, bank.rate)
    weaker = min(levels)
    centred = samples - whole[4]
    energy = float(centred @ centred)
    return Stretch(
        off=off,
        coherence=coherence,
        twist_db=_db(levels[1], levels[0]),
        drift_db=max(abs(_db(levels_last[0], levels_first[0])), abs(_db(levels_last[1], levels_first[1]))),
        purity=1 - float(left_over @ left_over) / energy if energy else 0.0,
        rival_db=_db(rival, weaker),
        near_rival_db=_db(near_rival, weaker),
    )


def _frequency_error(tone: Tones, nominal_hz: float, bank: ToneBank) -> tuple[float, float]:
    """Hertz above nominal, from the turning of the phase between blocks, and how steadily it turns (0 to 1)."""
    turn = 2 * math.pi * nominal_hz * bank.hop / bank.rate
    coarse = cmath.phase(complex(np.vdot(tone[:-1], tone[1:])) * cmath.exp(-1j * turn))
    lag = min(_COHERENCE_LAG, len(tone) - 1)
    total = complex(np.vdot(tone[:-lag], tone[lag:]))
    sizes = [abs(block) for block in tone.tolist()]
    size = sum(earlier * later for earlier, later in zip(sizes, sizes[lag:], strict=False))
    fine = cmath.phase(total * cmath.exp(-1j * lag * (turn + coarse))) / lag
    return (coarse + fine) * bank.rate / (2 * math.pi * bank.hop), abs(total) / size if size else 0.0


def _fits(samples: Floats, sines: Floats) -> Floats:
    """Least squares over the whole and over either half: ``(3, 5)`` coefficients, by the normal equations."""
    halves = sines.reshape(len(sines), 2, -1).transpose(1, 0, 2)
    products = halves @ halves.transpose(0, 2, 1)
    sums = halves @ samples.reshape(2, -1, 1)
    solved: Floats = np.linalg.solve(
        np.concatenate((products.sum(axis=0, keepdims=True), products)),
        np.concatenate((sums.sum(axis=0, keepdims=True), sums)),
    )
    return solved[:, :, 0]


def _levels(solved: Floats) -> tuple[float, float]:
    low_cosine, high_cosine, low_sine, high_sine, _ = solved.tolist()
    return math.hypot(low_cosine, low_sine), math.hypot(high_cosine, high_sine)


def _rivals(left_over: Floats, rate: int) -> tuple[float, float]:
    """Levels of the strongest frequency in what is left over: of all, and of those near the keys."""
    count = len(left_over)
    window = _window(count)
    length = 1 << (count - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(left_over * window, length)) * (2 / window.sum())
    first, last = (round(hertz * length / rate) for hertz in _KEY_BAND_HZ)
    return float(spectrum.max()), float(spectrum[first : last + 1].max())


@cache
def _window(count: int) -> Floats:
    return np.hanning(count + 2)[1:-1]


def _db(level: float, reference: float) -> float:
    return 20 * math.log10((level + 1e-9) / (reference + 1e-9))
