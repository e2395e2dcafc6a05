"""A recorded person says any utterance: pieces of her recordings are strung together, as they are or by WORLD.

Theory of operation. A *piece* is one recording, of a syllable or a word, found by its sound: 幺 may be cut from a
recording of 腰, 余额 may be one piece or two. Most utterances go through ``world_voice.py``, in a manner drawn for
each, so that one speaker becomes many; the rest is left as recorded and only joined, so that WORLD's sound is not the
rule and her own voice is heard too. Tones differ from speaker to speaker and the model has none: a syllable is
sometimes said with another tone, which gives more recordings of the same sounds.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from models.training.recordings import Recording, Signal
from models.training.shards import Spoken
from models.training.utterances import Utterance, any_utterance
from models.training.world_voice import Analysis, analysed, any_manner, strung_together

Samples = npt.NDArray[np.int16]

RATE: Final = 16000
_AS_RECORDED: Final = 0.25
_FAITHFUL: Final = 0.75  # how often the tone is the right one
_KEPT: Final = 2500  # analyses in memory, about 1 MB each
_LONGEST_PIECE: Final = 4  # syllables


class RecordedSpeaker:
    """A source that strings ``recordings`` of one person together; ``words`` are its other words.

    ``faithful`` is how often a syllable has its own tone, where it is recorded with that.
    """

    def __init__(
        self, name: str, recordings: Iterable[Recording], words: tuple[str, ...], *, faithful: float = _FAITHFUL
    ) -> None:
        self.name = name
        self._faithful = faithful
        self._words = words
        self._by_sound: dict[tuple[str, ...], list[Recording]] = defaultdict(list)
        for recording in recordings:
            self._by_sound[_toneless(recording.syllables)].append(recording)

    def spoken(self, chance: random.Random) -> Spoken:
        """One utterance of the usual mixture. ``ValueError`` if a sound is missing from the recordings."""
        utterance = any_utterance(chance, self._words)
        if chance.random() < _AS_RECORDED:
            return Spoken(utterance, self.name, self.as_recorded(utterance, chance))
        pieces = [[_analysis(piece) for piece in word] for word in self.pieces(utterance, chance)]
        manner = any_manner(chance)
        signal = strung_together(pieces, manner, chance, pauses=utterance.kind == "digits")
        return Spoken(utterance, f"{self.name}*{manner.pitch:.2f}/{manner.formants:.2f}", _samples(signal))

    def as_recorded(self, utterance: Utterance, chance: random.Random) -> Samples:
        """The pieces with pauses between words, otherwise untouched: int16 at 16 kHz."""
        longest = chance.choice((0.0, 0.08, 0.25, 0.5))
        parts: list[Signal] = []
        for word in self.pieces(utterance, chance):
            parts.extend(_faded(piece.samples() * chance.uniform(0.6, 1.2)) for piece in word)
            parts.append(np.zeros(int(RATE * chance.uniform(0, longest))))
        return _samples(np.concatenate(parts))

    def pieces(self, utterance: Utterance, chance: random.Random) -> list[list[Recording]]:
        """For each word, the recordings that make it up. ``ValueError`` if there are none."""
        return [self._split(syllables, chance) for syllables in utterance.syllables]

    def _split(self, syllables: tuple[str, ...], chance: random.Random) -> list[Recording]:
        pieces: list[Recording] = []
        start = 0
        while start < len(syllables):
            sizes = range(min(_LONGEST_PIECE, len(syllables) - start), 0, -1)
            known = [size for size in sizes if _toneless(syllables[start : start + size]) in self._by_sound]
            if not known:
                raise ValueError(f"{self.name} has no recording of {syllables[start]}")
            size = known[0] if chance.random() < 0.8 else chance.choice(known)
            pieces.append(self._piece(syllables[start : start + size], chance))
            start += size
        return pieces

    def _piece(self, syllables: tuple[str, ...], chance: random.Random) -> Recording:
        alike = self._by_sound[_toneless(syllables)]
        exact = [recording for recording in alike if recording.syllables == syllables]
        return chance.choice(exact if exact and chance.random() < self._faithful else alike)


@lru_cache(maxsize=_KEPT)
def _analysis(recording: Recording) -> Analysis:
    return analysed(recording.samples())


def _toneless(syllables: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(syllable[:-1] for syllable in syllables)


def _faded(signal: Signal) -> Signal:
    size = min(240, len(signal) // 8)
    line = np.linspace(0, 1, size)
    signal[:size] *= line
    signal[-size:] *= line[::-1]
    return signal


def _samples(signal: Signal) -> Samples:
    return np.rint(signal / (np.abs(signal).max() + 1e-9) * 19000).astype(np.int16)
