"""The neural voice: Kokoro-82M through onnxruntime, with a Mandarin voice that ships with the program.

Theory of operation. The network takes up to 510 symbols, a voice (a row of 256 numbers for each length of the text)
and a speed, and gives sound at 24 kHz. It costs about half of the time that the sound takes to say on one processor, so
sentences are spoken one by one, what is spoken is cached, and ``prompt_voice`` prepares what is likely next. Nothing
is loaded before the first text that is not in the cache: the network takes a second and 450 MB.
"""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ivr.audio.pcm import saturated
from ivr.audio.wav import Sound
from ivr.errors import SpeechError, UnsayableError
from ivr.speech.conditioning import trimmed
from ivr.speech.kokoro_model import INSTALL, model_version, read_model
from ivr.speech.kokoro_phonemes import phonemes
from ivr.speech.spoken_text import spoken_text

RATE: Final = 24_000
_MOST_SYMBOLS: Final = 508  # 510 with the padding before and after
_PAUSE_MS: Final = 300  # between sentences
_SENTENCE: Final = re.compile(r"[^。！？]*[。！？]*")
# The network's numbers for the symbols that Mandarin needs.
SYMBOLS: Final = {
    ";": 1, ":": 2, ",": 3, ".": 4, "!": 5, "?": 6, "…": 10, "(": 12, ")": 13, " ": 16, "ʦ": 20, "ʨ": 21, "ꭧ": 23,
    "a": 43, "e": 47, "f": 48, "i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56, "o": 57, "p": 58, "s": 61,
    "t": 62, "u": 63, "w": 65, "x": 66, "y": 67, "ɕ": 77, "ə": 83, "ɚ": 85, "ɛ": 86, "ɥ": 99, "ɨ": 101, "ŋ": 112,
    "ɻ": 126, "ʂ": 130, "ʊ": 135, "ɤ": 140, "ʰ": 162, "↓": 169, "→": 171, "↗": 172, "↘": 173,
}  # fmt: skip


class KokoroSynthesiser:
    """``voice_file`` is a table of the voice, ``(510, 256)`` in NumPy's format; its name is the voice's.

    ``checked_in``: as for ``read_model``.
    """

    def __init__(self, voice_file: Path, checked_in: Path | None = None) -> None:
        self._file = voice_file
        self._checked_in = checked_in
        self._lock = threading.Lock()
        self._session: Any = None
        self._table: npt.NDArray[np.float32] = np.zeros((0, 256), np.float32)

    @property
    def voice(self) -> str:
        """Raises ``SpeechError`` if a package is missing."""
        return f"kokoro-82m {model_version()} {self._file.stem}"

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        sentences = [phonemes(sentence) for sentence in _SENTENCE.findall(spoken_text(text))]
        pieces = [piece for sentence in sentences for piece in short_enough(sentence)]
        if not pieces:
            raise UnsayableError("there is nothing in this text that the neural voice can say")
        with self._lock:
            self._load()
            session = self._session
            spoken = [self._spoken(session, piece, pace) for piece in pieces]
        pause = np.zeros(round(RATE * _PAUSE_MS / 1000 / pace), np.int16)
        parts = [part for sound in spoken for part in (sound, pause)]
        return Sound(np.concatenate(parts[:-1]), RATE)

    def close(self) -> None:
        self._session = None  # what is being said now is not waited for

    def _load(self) -> None:
        if self._session is not None:
            return
        model = read_model(self._checked_in)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = max(1, (os.cpu_count() or 2) // 2)  # a call's sound needs the others
        try:
            self._table = np.load(self._file).astype(np.float32)
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except (OSError, ValueError) as error:
            raise SpeechError(f"{self._file}: is no table of a voice ({error})") from None
        except Exception as error:  # onnxruntime raises classes of its own that have no common base
            raise SpeechError(f"the neural voice cannot be loaded ({error}); install it again: {INSTALL}") from None

    def _spoken(self, session: Any, piece: str, pace: float) -> npt.NDArray[np.int16]:
        numbers = [SYMBOLS[symbol] for symbol in piece if symbol in SYMBOLS]
        inputs = {
            "tokens": np.array([[0, *numbers, 0]], np.int64),
            "style": self._table[len(numbers) - 1][np.newaxis],
            "speed": np.array([pace], np.float32),
        }
        try:
            (sound,) = session.run(None, inputs)
        except Exception as error:  # as above
            raise SpeechError(f"the neural voice failed: {error}") from None
        return trimmed(saturated(np.asarray(sound).ravel() * 32767), RATE)


def short_enough(sentence: str) -> list[str]:
    """The sentence in pieces that the network can take, cut at pauses where it can be; none if it has no sound."""
    pieces: list[str] = []
    rest = sentence
    while any(symbol.isalpha() for symbol in rest):
        if len(rest) <= _MOST_SYMBOLS:
            return [*pieces, rest]
        cut = max(rest.rfind(mark, 1, _MOST_SYMBOLS) for mark in ",;: ")
        cut = cut + 1 if cut > 0 else _MOST_SYMBOLS
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return pieces
