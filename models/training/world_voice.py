"""New voices from recorded syllables and words: pulled apart, changed, strung together and spoken again by WORLD.

Theory of operation. WORLD takes speech apart, every 5 ms, into pitch, spectral envelope and aperiodicity, and makes
speech of them again. Between the two we are free: a recorded woman becomes

- a man, a child or an old person: pitch times 0.45 to 1.8, the envelope stretched along frequency (a longer or shorter
  vocal tract) by a factor that goes with the pitch, a tilted spectrum, more breath, a trembling pitch;
- a slow or a hasty speaker: a syllable lasts from 0.12 to 1.1 s, and what is made longer is its vowel, not its onset;
- one who connects words: recorded alone, syllables are strung together with their pitch flattened and falling over
  the phrase, edges cut, and the envelopes of neighbours mixed over some tens of milliseconds (co-articulation).
"""

from __future__ import annotations

import random
import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models.training.recordings import Signal

with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # it asks setuptools for its own version, in a way that is deprecated
    import pyworld

Floats = npt.NDArray[np.float32]

RATE: Final = 16000
_PERIOD_MS: Final = 5.0
_BINS: Final = 513  # of the envelope: a transform of 1024
_SILENT: Final = -22.0  # log power


@dataclass(frozen=True, slots=True)
class Analysis:
    """Speech taken apart; rows are 5 ms. ``pitch`` in Hz (0: unvoiced); ``envelope`` in log power and ``breath``, the
    aperiodic share, have 513 columns up to 8 kHz."""

    pitch: Floats
    envelope: Floats
    breath: Floats


@dataclass(frozen=True, slots=True)
class Manner:
    """How a made-up speaker speaks: factors of pitch, formants and intonation, and seconds for a syllable."""

    pitch: float
    formants: float
    intonation: float
    seconds: float
    tilt: float  # decibels from 0 to 8 kHz
    breath: float
    tremble: float


def analysed(signal: Signal) -> Analysis:
    """Takes speech at 16 kHz apart."""
    signal = np.ascontiguousarray(signal, np.float64)
    pitch, at = pyworld.dio(signal, RATE, f0_floor=70, f0_ceil=500, frame_period=_PERIOD_MS)
    pitch = pyworld.stonemask(signal, pitch, at, RATE)
    envelope = pyworld.cheaptrick(signal, pitch, at, RATE, fft_size=2 * (_BINS - 1))
    breath = pyworld.d4c(signal, pitch, at, RATE, fft_size=2 * (_BINS - 1))
    return Analysis(pitch.astype(np.float32), np.log(envelope + 1e-16).astype(np.float32), breath.astype(np.float32))


def any_manner(chance: random.Random) -> Manner:
    """A man, a woman, a child or an old person, in a hurry or not."""
    kind = chance.random()
    if kind < 0.45:  # a man, from a woman
        pitch, formants = chance.uniform(0.42, 0.72), chance.uniform(0.78, 0.92)
    elif kind < 0.75:
        pitch, formants = chance.uniform(0.8, 1.2), chance.uniform(0.92, 1.06)
    elif kind < 0.9:  # a child
        pitch, formants = chance.uniform(1.15, 1.8), chance.uniform(1.05, 1.2)
    else:
        pitch, formants = chance.uniform(0.6, 1.0), chance.uniform(0.85, 1.0)
    old = kind >= 0.9
    seconds = chance.uniform(0.13, 0.3) if chance.random() < 0.6 else chance.uniform(0.3, 0.9)
    return Manner(
        pitch=pitch,
        formants=formants,
        intonation=chance.uniform(0.4, 1.25),
        seconds=seconds * (1.3 if old else 1),
        tilt=chance.uniform(-12, 6),
        breath=chance.uniform(0.2, 0.6) if old or chance.random() < 0.15 else chance.uniform(-0.1, 0.15),
        tremble=chance.uniform(0.01, 0.05) if old else chance.uniform(0, 0.01),
    )


def strung_together(parts: list[list[Analysis]], manner: Manner, chance: random.Random, *, pauses: bool) -> Signal:
    """The words (each a list of analysed pieces) spoken in one go in this manner, peak 0.6.

    With ``pauses`` there may be a rest between words, as between groups of digits.
    """
    pitches, envelopes, breaths, joins = [], [], [], []
    rest = chance.choice((0.0, 0.1, 0.3, 0.9)) if pauses else 0.1
    length = 0
    for word in parts:
        for index, part in enumerate(word):
            piece = _shaped(part, manner, chance)
            ends_word = index == len(word) - 1
            silence = int(chance.uniform(0.02, 0.35) / 0.005) if ends_word and chance.random() < rest else 0
            pitches += [piece.pitch, np.zeros(silence)]
            envelopes += [piece.envelope, np.full((silence, _BINS), _SILENT)]
            breaths += [piece.breath, np.ones((silence, _BINS))]
            length += len(piece.pitch) + silence
            joins.append((length, silence == 0))
    envelope = np.concatenate(envelopes).astype(np.float64)
    for place, connected in joins[:-1]:
        _mix_neighbours(envelope, place, chance.randint(3, 8) if connected else 1)
    pitch = _phrased(np.concatenate(pitches).astype(np.float64), manner, chance)
    breath = np.clip(np.concatenate(breaths).astype(np.float64) + manner.breath, 0.001, 1)
    signal = pyworld.synthesize(pitch, np.exp(envelope), breath, RATE, _PERIOD_MS)
    return np.asarray(signal / (np.abs(signal).max() + 1e-9) * 0.6)


def _shaped(part: Analysis, manner: Manner, chance: random.Random) -> Analysis:
    """One piece with its own length, pitch and formants changed."""
    count = len(part.pitch)
    last = _end(part, chance)
    wanted = max(16, int(manner.seconds * _syllables(part) * chance.uniform(0.75, 1.3) / 0.005))
    longer = wanted / last
    # a piece made longer keeps its onset: positions run through the first part at their own pace
    line = np.linspace(0, 1, wanted)
    bend = chance.uniform(0.8, 1.0) if longer < 1 else 1 + 0.25 * min(longer - 1, 2)
    position = (last - 1) * line**bend
    low = np.clip(position.astype(int), 0, count - 1)
    high = np.minimum(low + 1, count - 1)
    share = (position - low)[:, None]
    envelope = part.envelope[low] * (1 - share) + part.envelope[high] * share
    pitch = part.pitch[low].astype(np.float64)
    voiced = pitch > 0
    if voiced.any():
        middle = np.exp(np.log(pitch[voiced]).mean())
        pitch[voiced] = middle * (pitch[voiced] / middle) ** manner.intonation * manner.pitch
    loudness = chance.uniform(-0.9, 0.5)
    return Analysis(pitch, _stretched(envelope, manner) + loudness, part.breath[low])


def _end(part: Analysis, chance: random.Random) -> int:
    """Where a piece ends when its noisy tail is cut, as in connected speech."""
    count = len(part.pitch)
    voiced = np.flatnonzero(part.pitch > 0)
    last = min(count, int(voiced[-1]) + chance.randint(2, 12)) if len(voiced) else count
    return max(last, count // 2, 2)


def _syllables(part: Analysis) -> float:
    """How many syllables long a piece is: words are recorded at about a third of a second for each."""
    return max(1.0, round(len(part.pitch) * 0.005 / 0.4))


def _stretched(envelope: Floats, manner: Manner) -> Floats:
    """Formants moved by ``manner.formants``, and the spectrum tilted."""
    at = np.arange(_BINS) / manner.formants
    low = np.minimum(at.astype(int), _BINS - 2)
    share = np.minimum(at - low, 1).astype(np.float32)
    moved = envelope[:, low] * (1 - share) + envelope[:, low + 1] * share
    tilt = manner.tilt / 10 * np.log(10) * np.linspace(0, 1, _BINS)
    return np.asarray(moved + tilt, dtype=np.float32)


def _mix_neighbours(envelope: npt.NDArray[np.float64], place: int, reach: int) -> None:
    """Both sides of a join are mixed over ``reach`` frames each, most at the join."""
    start, end = max(0, place - reach), min(len(envelope), place + reach)
    if end - start < 2:
        return
    left, right = envelope[start].copy(), envelope[end - 1].copy()
    line = np.linspace(0, 1, end - start)[:, None]
    weight = 0.6 * (1 - np.abs(2 * line - 1))
    envelope[start:end] = (1 - weight) * envelope[start:end] + weight * ((1 - line) * left + line * right)


def _phrased(pitch: npt.NDArray[np.float64], manner: Manner, chance: random.Random) -> npt.NDArray[np.float64]:
    """Pitch that falls over the phrase and trembles."""
    seed = chance.getrandbits(32)
    tremble = np.random.default_rng(seed).standard_normal(len(pitch)) * manner.tremble
    fall = np.linspace(chance.uniform(0, 0.12), -chance.uniform(0, 0.15), len(pitch))
    return np.asarray(np.clip(pitch * np.exp(fall + tremble), 0, 700))
