"""Speech of Kokoro-82M: eight Mandarin voices, and the timbres of forty-six others lent to them.

Theory of operation. Kokoro is a neural synthesiser with Apache-2.0 weights. A voice is a style: 256 numbers for each
length of text, of which the first half makes the timbre and the second the prosody. So a Mandarin voice can keep its
prosody, and with it its accent, and take the timbre of an American, a Hindi or a Japanese voice, or a mixture of
two: hundreds of speakers who all speak Mandarin, many of them men. Four voices are kept for tests for ever, two
Mandarin ones (a man, a woman) and two foreign timbres; no training style holds any part of them.

The network is the one of the hotline's own neural voice; the voices are those of the npm package ``kokoro-js``
(``npm pack kokoro-js``, unpacked).
Of their origin it is known that the authors trained on permissive and on synthetic speech, some of it made by the
synthesisers of large providers.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime
import soxr

from ivr.speech.kokoro_model import read_model
from ivr.speech.kokoro_phonemes import syllable_phonemes
from ivr.speech.kokoro_synthesiser import SYMBOLS
from models.training.shards import Spoken
from models.training.utterances import Utterance, any_digits, any_utterance, hotline_phrases, utterance_of

Samples = npt.NDArray[np.int16]
Style = npt.NDArray[np.float32]

RATE: Final = 16000
TEST_MANDARIN: Final = ("zm_yunyang", "zf_xiaoyi")
TEST_TIMBRES: Final = ("am_onyx", "bf_lily")
_KOKORO_RATE: Final = 24000
_TIMBRE: Final = slice(0, 128)
_PROSODY: Final = slice(128, 256)
_MOST_SYMBOLS: Final = 480


@dataclass(frozen=True, slots=True)
class KokoroVoice:
    """A name and its style for each number of symbols, ``(510, 256)``."""

    name: str
    styles: Style

    def with_timbre(self, other: KokoroVoice, share: float = 1.0) -> KokoroVoice:
        """This prosody with ``share`` of the timbre of ``other``."""
        styles = self.styles.copy()
        styles[:, _TIMBRE] = share * other.styles[:, _TIMBRE] + (1 - share) * self.styles[:, _TIMBRE]
        return KokoroVoice(f"{self.name}+{other.name}", styles)

    def with_prosody(self, other: KokoroVoice, share: float) -> KokoroVoice:
        """With ``share`` of the prosody of ``other``: more of a foreign accent."""
        styles = self.styles.copy()
        styles[:, _PROSODY] = share * other.styles[:, _PROSODY] + (1 - share) * self.styles[:, _PROSODY]
        return KokoroVoice(self.name, styles)


class Kokoro:
    """The synthesiser and its voices: a source of training speech. ``voices`` is the folder of ``*.bin`` styles.

    Raises ``FileNotFoundError`` when that folder has no voices, ``SpeechError`` when Kokoro is not installed.
    """

    name = "kokoro"

    def __init__(self, voices: Path, words: tuple[str, ...], *, threads: int = 1) -> None:
        files = sorted(voices.glob("*.bin"))
        if not files:
            raise FileNotFoundError(f"{voices}: no voices (*.bin) here; unpack the npm package kokoro-js and name them")
        self.voices = {
            path.stem: KokoroVoice(path.stem, np.fromfile(path, np.float32).reshape(-1, 256)) for path in files
        }
        kept = {*TEST_MANDARIN, *TEST_TIMBRES}
        self._mandarin = [voice for name, voice in self.voices.items() if name[0] == "z" and name not in kept]
        self._foreign = [voice for name, voice in self.voices.items() if name[0] != "z" and name not in kept]
        self._words = words
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(read_model(), options, providers=["CPUExecutionProvider"])

    def spoken(self, chance: random.Random) -> Spoken:
        """An utterance of the usual mixture by a voice made up for it. ``ValueError``: it cannot be said."""
        voice = self.any_voice(chance)
        utterance = self._run_of_several(chance) if chance.random() < 0.5 else any_utterance(chance, self._words)
        return Spoken(utterance, f"kokoro-{voice.name}", self.say(utterance, voice, chance))

    def any_voice(self, chance: random.Random) -> KokoroVoice:
        """A Mandarin voice as it is (a third), with a foreign timbre (half), or with a mixture of two."""
        mandarin, foreign = chance.choice(self._mandarin), chance.choice(self._foreign)
        kind = chance.random()
        if kind < 0.3:
            return mandarin
        if kind < 0.8:
            voice = mandarin.with_timbre(foreign, chance.uniform(0.6, 1))
            return voice.with_prosody(foreign, chance.uniform(0.2, 0.5)) if chance.random() < 0.3 else voice
        other = foreign.with_timbre(chance.choice(self._mandarin + self._foreign), chance.uniform(0.3, 0.7))
        return mandarin.with_timbre(other)

    def test_voice(self, chance: random.Random, name: str | None = None) -> KokoroVoice:
        """This one or any of the four kept for tests; a foreign timbre has the prosody of one of the two Mandarin."""
        name = name or chance.choice(TEST_MANDARIN + TEST_TIMBRES)
        if name in TEST_MANDARIN:
            return self.voices[name]
        borrowed = self.voices[chance.choice(TEST_MANDARIN)].with_timbre(self.voices[name])
        return KokoroVoice(name, borrowed.styles)

    def say(self, utterance: Utterance, voice: KokoroVoice, chance: random.Random) -> Samples:
        """16 kHz samples, peak 0.6 of full scale, at a speed of 0.7 to 1.35. ``ValueError``: it cannot be said."""
        symbols = [SYMBOLS[symbol] for symbol in _written(utterance, chance)]
        if not 2 <= len(symbols) <= _MOST_SYMBOLS:
            raise ValueError(f"too long or too short for Kokoro: {utterance.words}")
        inputs = {
            "tokens": np.array([[0, *symbols, 0]], np.int64),
            "style": voice.styles[len(symbols) - 1][np.newaxis],
            "speed": np.array([chance.uniform(0.7, 1.35)], np.float32),
        }
        signal = self._session.run(None, inputs)[0].ravel()
        if len(signal) < _KOKORO_RATE // 6:
            raise ValueError(f"Kokoro says nothing for {utterance.words}")
        signal = soxr.resample(signal, _KOKORO_RATE, RATE)
        return np.rint(signal / (np.abs(signal).max() + 1e-9) * 19000).astype(np.int16)

    def _run_of_several(self, chance: random.Random) -> Utterance:
        """Digits, or several phrases or words in a row: single short texts do not sound like a lively speaker."""
        kind = chance.random()
        if kind < 0.5:
            return any_digits(chance, chance.choice((4, 5, 6, 6, 8, 9, 11, 12, 18)))
        if kind < 0.75:
            return utterance_of("phrase", chance.sample(hotline_phrases(), chance.randint(2, 4)))
        return utterance_of("words", [chance.choice(self._words) for _ in range(chance.randint(2, 5))])


def _written(utterance: Utterance, chance: random.Random) -> str:
    """The utterance in Kokoro's phonetic alphabet, with pauses between groups of words."""
    size = chance.choice((1, 2, 3, 4, 4, 6, 99)) if utterance.kind == "digits" else 1
    pause = " " if chance.random() < 0.4 else chance.choice((", ", ". ", "; "))
    words = ["".join(map(syllable_phonemes, syllables)) for syllables in utterance.syllables]
    groups = [" ".join(words[start : start + size]) for start in range(0, len(words), size)]
    return pause.join(groups) + chance.choice((".", "", "!", ","))
