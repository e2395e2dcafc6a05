"""Is this stretch of audio a key, or does it only look like one?

A stretch that two nominal frequencies dominate is modelled as two sines of steady level, and what the model leaves over
is looked at. Speech fools block detectors because its harmonics can sit on the right frequencies for a while, but they
do not stand still there: their frequency glides, their level swells, and other harmonics are as strong. Noise, on the
other hand, may be as strong as the key itself and yet is spread thin. So there are two ways to be a key:

    plain   no single rival comes near the weaker tone, and the left-over is no more than noise could be. Frequencies
            may be off by as much as Q.23 lets a telephone err, and levels may differ by a long line's twist. The
            noisier the stretch, the less it may be off.
    exact   both frequencies are where a crystal puts them, with little twist, and nothing near them is as strong: the
            less they are off, the closer may a rival come. Then it does not matter that somebody speaks, or that a
            prompt plays, at the same time. Hardly any speech stands as still as two tones that are off by less than
            one in a thousand, so they may be fainter and less steady than others, and a rival as strong.

The limits were set on keys under six voices, four hours of recorded and seven of synthetic speech, in which one key was
found, and on white noise, in which there was none; ``benchmarks/dtmf`` measures them on other speech.
"""

from __future__ import annotations

import cmath
import math
from functools import cache
from operator import mul
from typing import Final, NamedTuple

import numpy as np

from ivr.audio.dtmf_bank import Complexes, Singles, ToneBank
from ivr.audio.sine_fit import Fit, Floats, Pair, fit_two_sines

_MOST_OFF: Final = 0.0305
_MOST_OFF_IN_NOISE: Final = 0.0185  # Q.23: 1.5 % and 2 Hz, which of 697 Hz are 1.8 %
_CLEAN: Final = 0.9  # purity
_CLEANEST: Final = 0.93
_LEAST_PURITY: Final = 0.28
_LEAST_COHERENCE: Final = 0.9
_CRYSTAL: Final = 0.0012
_LEAST_COHERENCE_OF_CRYSTAL: Final = 0.7
_NO_RIVAL: Final = 0.5  # of the weaker tone: below all limits for clean stretches
_COHERENCE_LAG: Final = 3  # blocks that far apart share no sample
_KEY_BAND_HZ: Final = (600.0, 1750.0)


class Stretch(NamedTuple):
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
        clean = self.purity > _CLEAN
        rival_below = -4.5 if clean else -5.5 - 350 * max(0.0, self.off - 0.008)
        return (
            self.purity > 0.38
            and (clean or self.coherence > 0.92)
            and self.off < (_MOST_OFF if self.purity > _CLEANEST else _MOST_OFF_IN_NOISE)
            and self.rival_db < rival_below
            and abs(self.twist_db) < 11
            and self.drift_db < 1 + 5 * math.sqrt(max(0.0, 1 - self.purity))
        )

    def _exact(self) -> bool:
        crystal = self.off < _CRYSTAL
        return (
            self.purity > (_LEAST_PURITY if crystal else 0.33)
            and self.off < 0.004
            and self.near_rival_db < (0.5 if crystal else -1250 * self.off)
            and abs(self.twist_db) < 6
            and self.drift_db < 4
        )


class Tones(NamedTuple):
    """What the correlations tell of both tones of a key, the low one first. Frequencies in radians a sample."""

    nominal: Pair
    errors: Pair
    coherence: float  # of the worse of the two


def is_key(samples: Singles, blocks: Singles, key: int, bank: ToneBank) -> bool:
    """Judge ``samples``, which run from the middle of the first of the ``blocks`` to the middle of the last.

    ``key`` is 0 to 15. For most speech the frequencies of the tones tell already that it is no key.
    """
    tones = tones_of(bank.correlations_of_key(key, blocks), key, bank)
    if tones is None:
        return False
    stretch = modelled(samples.astype(np.float64), tones, bank)
    return stretch is not None and stretch.is_key()


def tones_of(correlations: Complexes, key: int, bank: ToneBank) -> Tones | None:
    """None when they are too far off, or do not keep their frequency, for any key."""
    nominal = low, high = bank.turns_of_key[key]
    of_low = _frequency_error(correlations[:, 0], low, bank.hop)
    if of_low is None:
        return None
    of_high = _frequency_error(correlations[:, 1], high, bank.hop)
    if of_high is None:
        return None
    coherence = min(of_low[1], of_high[1])
    if coherence < _LEAST_COHERENCE and (abs(of_low[0]) > _CRYSTAL * low or abs(of_high[0]) > _CRYSTAL * high):
        return None
    return Tones(nominal, (of_low[0], of_high[0]), coherence)


def modelled(samples: Floats, tones: Tones, bank: ToneBank) -> Stretch | None:
    """Measure a stretch by fitting both tones to it; None when what they explain of it tells that it is no key."""
    (low, high), (low_error, high_error) = tones.nominal, tones.errors
    off = max(abs(low_error) / low, abs(high_error) / high)
    fit = fit_two_sines(samples, low + low_error, high + high_error)
    if fit.purity <= _LEAST_PURITY or (off >= _MOST_OFF_IN_NOISE and fit.purity <= _CLEANEST):
        return None
    weaker = min(fit.levels)
    rival, near_rival = _rivals(fit, bank.rate, weaker * _NO_RIVAL)
    return Stretch(
        off=off,
        coherence=tones.coherence,
        twist_db=_db(fit.levels[1], fit.levels[0]),
        drift_db=max(abs(_db(last, first)) for first, last in zip(fit.levels_first, fit.levels_last, strict=True)),
        purity=fit.purity,
        rival_db=_db(rival, weaker),
        near_rival_db=_db(near_rival, weaker),
    )


def _frequency_error(correlations: Complexes, nominal: float, hop: int) -> tuple[float, float] | None:
    """Radians a sample above ``nominal``, from the turning of the phase between blocks, and how steadily it turns."""
    blocks: list[complex] = correlations.tolist()
    sizes = list(map(abs, blocks))
    mirrored = [block.conjugate() for block in blocks]
    lag = min(_COHERENCE_LAG, len(blocks) - 1)
    total = sum(map(mul, mirrored, blocks[lag:]))
    coherence = abs(total) / (sum(map(mul, sizes, sizes[lag:])) or 1.0)
    if coherence < _LEAST_COHERENCE_OF_CRYSTAL:
        return None
    turn = nominal * hop
    coarse = cmath.phase(sum(map(mul, mirrored, blocks[1:])) * cmath.rect(1, -turn))
    fine = cmath.phase(total * cmath.rect(1, -lag * (turn + coarse))) / lag
    error = (coarse + fine) / hop
    return (error, coherence) if abs(error) <= _MOST_OFF * nominal else None


def _rivals(fit: Fit, rate: int, negligible: float) -> tuple[float, float]:
    """Levels of the strongest frequency in what is left over: of all, and of those near the keys.

    When so little is left over that none can be above ``negligible``, no more than that is told.
    """
    count = fit.halves.size
    window, scale, loudest, band, length = _window(count, rate)
    highest = loudest * math.sqrt(fit.energy_left_over)
    if highest < negligible:
        return highest, highest
    padded = np.zeros(length)
    np.multiply(fit.left_over(), window, out=padded[:count])
    spectrum = np.abs(np.fft.rfft(padded))
    return float(np.maximum.reduce(spectrum)) * scale, float(np.maximum.reduce(spectrum[band])) * scale


@cache
def _window(count: int, rate: int) -> tuple[Floats, float, float, slice, int]:
    """A window of this length; what turns a sum under it into a level, and the root of an energy into the highest
    level that it allows (by Cauchy and Schwarz); the key band in a spectrum, of that many samples."""
    window = np.hanning(count + 2)[1:-1]
    length = 1 << (count - 1).bit_length()
    first, last = (round(hertz * length / rate) for hertz in _KEY_BAND_HZ)
    scale = float(2 / window.sum())
    return window, scale, scale * math.sqrt(float(window @ window)), slice(first, last + 1), length


def _db(level: float, reference: float) -> float:
    return 20 * math.log10((level + 1e-9) / (reference + 1e-9))
