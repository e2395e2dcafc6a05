"""Several voices in order of liking: the first that can speak does, and the next one takes over when it fails.

A voice that failed three times in a row is not asked again, since each failure may cost the caller seconds. A text that
a voice cannot say is no failure of the voice: it says the next one as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ivr.audio.wav import Sound
from ivr.errors import SpeechError, UnsayableError
from ivr.speech.cached_synthesiser import CachedSynthesiser

_PATIENCE: Final = 3


class FirstThatSpeaks:
    def __init__(self, voices: Sequence[CachedSynthesiser]) -> None:
        if not voices:
            raise ValueError("no voice given")
        self._voices = tuple(voices)
        self._failures = [0] * len(voices)
        self._complaint = ""  # of the last voice that failed

    @property
    def voice(self) -> str:
        """Of the voice that would speak now. Raises ``SpeechError`` if there is none."""
        for number, voice in self._left():
            try:
                return voice.voice
            except SpeechError as error:
                self._failed(number, error)
        raise SpeechError(self._complaint)

    def synthesise(self, text: str, pace: float = 1.0, *, private: bool = False) -> Sound:
        """Raises ``SpeechError`` with the last voice's words if none can speak."""
        last = SpeechError(self._complaint)
        for number, voice in self._left():
            try:
                sound = voice.synthesise(text, pace, private=private)
            except UnsayableError as error:
                last = error
            except SpeechError as error:
                last = error
                self._failed(number, error)
            else:
                self._failures[number] = 0
                return sound
        raise last

    @property
    def trouble(self) -> str:
        """What the last voice that failed said, or why sounds are not kept; ``""`` if all is well."""
        return self._complaint or self.unkept

    @property
    def unkept(self) -> str:
        """Why sounds are not kept on the disk; ``""`` if they are."""
        return next(filter(None, (voice.unkept for voice in self._voices)), "")

    def known(self, text: str, pace: float = 1.0) -> Sound | None:
        """The sound, if the voice that would speak need not make it."""
        for number, voice in self._left():
            try:
                return voice.known(text, pace)
            except SpeechError as error:
                self._failed(number, error)
        return None

    def close(self) -> None:
        for voice in self._voices:
            voice.close()

    def _left(self) -> list[tuple[int, CachedSynthesiser]]:
        left = [(number, voice) for number, voice in enumerate(self._voices) if self._failures[number] < _PATIENCE]
        return left or [(len(self._voices) - 1, self._voices[-1])]

    def _failed(self, number: int, error: SpeechError) -> None:
        self._failures[number] += 1
        self._complaint = str(error)
