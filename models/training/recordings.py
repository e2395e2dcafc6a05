"""The recordings of people: where they are, what is said in each, and the speech in it cut out.

Folders of MP3 files, one syllable (``cmn-yi1.mp3``) or one word (``cmn-服务.mp3``) each, spoken alone by one careful
woman. Licence and origin of each folder are in ``models/README.md``; a folder whose origin is unclear is for tests
and never for training.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from ivr.speech.phones import syllable_phones
from models.training.utterances import pronounced

Signal = npt.NDArray[np.float64]

RATE: Final = 16000
_STEP: Final = RATE // 100
_PEAK: Final = 0.6
_SYLLABLE: Final = re.compile(r"(?:cmn-)?([a-zü:]+[1-5])")
_WORD: Final = re.compile(r"cmn-([\u4e00-\u9fff]{1,4})")


@dataclass(frozen=True, slots=True)
class Recording:
    """A file and the toned syllables said in it."""

    path: Path
    syllables: tuple[str, ...]

    def samples(self) -> Signal:
        """The speech at 16 kHz with its peak at 0.6, without the silence around it. ``ValueError``: there is none."""
        return speech_in(self.path)


@cache
def syllable_recordings(folder: Path) -> dict[str, Recording]:
    """By toned syllable, with v for ü. ``FileNotFoundError`` if the folder has none."""
    found = {}
    for path in sorted(folder.glob("*.mp3")):
        match = _SYLLABLE.fullmatch(path.stem)
        syllable = match[1].replace("u:", "v").replace("ü", "v") if match else ""
        if syllable and _is_syllable(syllable):
            found[syllable] = Recording(path, (syllable,))
    return _not_empty(found, folder)


@cache
def word_recordings(folder: Path) -> dict[str, Recording]:
    """By word of one to four characters. ``FileNotFoundError`` if the folder has none."""
    found = {}
    for path in sorted(folder.glob("*.mp3")):
        match = _WORD.fullmatch(path.stem)
        if match and (syllables := _reading(match[1])):
            found[match[1]] = Recording(path, syllables)
    return _not_empty(found, folder)


def common_words(folder: Path) -> tuple[str, ...]:
    """The words of ``word_recordings``: a vocabulary for synthetic voices as well."""
    return tuple(word_recordings(folder))


def speech_in(path: Path) -> Signal:
    """A sound file at 16 kHz, peak 0.6, from 30 ms before its speech to 40 ms after. ``ValueError``: no speech."""
    signal, rate = soundfile.read(path, dtype="float64", always_2d=True)
    signal = soxr.resample(signal.mean(1), rate, RATE)
    steps = len(signal) // _STEP
    loudness = np.sqrt(np.mean(signal[: steps * _STEP].reshape(steps, _STEP) ** 2, axis=1) + 1e-12)
    loud = np.flatnonzero(loudness > max(loudness.max(initial=0) * 0.025, 0.0015))
    if len(loud) < 8:
        raise ValueError(f"{path}: no speech in it")
    signal = signal[max(0, (loud[0] - 3) * _STEP) : (loud[-1] + 4) * _STEP]
    return np.asarray(signal / np.abs(signal).max() * _PEAK)


def _reading(word: str) -> tuple[str, ...]:
    try:
        syllables = pronounced(word)
    except ValueError:
        return ()
    return syllables if len(syllables) == len(word) else ()


def _is_syllable(text: str) -> bool:
    try:
        syllable_phones(text)
    except ValueError:
        return False
    return True


def _not_empty(found: dict[str, Recording], folder: Path) -> dict[str, Recording]:
    if not found:
        raise FileNotFoundError(f"{folder}: no recordings here; models/README.md says where they come from")
    return found
