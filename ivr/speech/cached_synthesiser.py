"""A voice that speaks every text once: it makes its sounds fit the line, and keeps them.

What is kept is the finished sound at the line's rate, so that a hit is one read of a file. Texts about one person are
not written to the disk (``private``): the memory of this process is enough for a repetition.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from ivr.audio.wav import Sound
from ivr.errors import SpeechError
from ivr.speech.conditioning import conditioned
from ivr.speech.speech_cache import SpeechCache
from ivr.speech.synthesiser import Synthesiser

_MOST_SAMPLES: Final = 16_000 * 60 * 30  # half an hour, 58 MB


class CachedSynthesiser:
    """Safe to use from any thread. Two that ask for the same text get the same sound, made once."""

    def __init__(self, synthesiser: Synthesiser, cache: SpeechCache | None, rate: int) -> None:
        self._synthesiser = synthesiser
        self._cache = cache
        self._rate = rate
        self._making = threading.Lock()
        self._remembering = threading.Lock()
        self._memory: OrderedDict[tuple[str, float], Sound] = OrderedDict()
        self._remembered = 0
        self._closed = False

    @property
    def voice(self) -> str:
        return self._synthesiser.voice

    @property
    def unkept(self) -> str:
        """Why sounds are not kept on the disk; ``""`` if they are."""
        return "" if self._cache is None else self._cache.trouble

    @property
    def trouble(self) -> str:
        """What goes wrong although it speaks."""
        return self.unkept

    def synthesise(self, text: str, pace: float = 1.0, *, private: bool = False) -> Sound:
        """At the line's rate, conditioned. Raises ``SpeechError`` as the voice does."""
        known = self.known(text, pace)
        if known is not None:
            return known
        with self._making:
            known = self.known(text, pace)  # somebody else may have made it while we waited
            if known is not None:
                return known
            if self._closed:  # whoever waited for the lock would start the engine anew, and nobody would end it
                raise SpeechError("the voice was closed")
            spoken = self._synthesiser.synthesise(text, pace)
            sound = Sound(conditioned(spoken, self._rate), self._rate)
            if self._cache is not None and not private:
                self._cache.store(sound, *self._key(text, pace))
        self._remember(text, pace, sound)
        return sound

    def known(self, text: str, pace: float = 1.0) -> Sound | None:
        """The sound, if it need not be made."""
        with self._remembering:
            sound = self._memory.get((text, pace))
            if sound is not None:
                self._memory.move_to_end((text, pace))
                return sound
        sound = None if self._cache is None else self._cache.find(*self._key(text, pace))
        if sound is not None:
            self._remember(text, pace, sound)
        return sound

    def close(self) -> None:
        """From any thread. What is kept can still be had."""
        self._closed = True
        self._synthesiser.close()

    def _key(self, text: str, pace: float) -> tuple[str, ...]:
        return self.voice, f"{self._rate} Hz", f"{pace:.3f}", text

    def _remember(self, text: str, pace: float, sound: Sound) -> None:
        with self._remembering:
            replaced = self._memory.pop((text, pace), None)
            self._memory[text, pace] = sound
            self._remembered += len(sound.samples) - (0 if replaced is None else len(replaced.samples))
            while self._remembered > _MOST_SAMPLES and len(self._memory) > 1:
                self._remembered -= len(self._memory.popitem(last=False)[1].samples)
