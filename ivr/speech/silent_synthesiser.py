"""A voice that says nothing for as long as it takes: for tests, and for machines that have no voice."""

from __future__ import annotations

import numpy as np

from ivr.audio.wav import Sound
from ivr.callflow.speaking import speaking_ms


class SilentSynthesiser:
    """Silence, at four characters a second."""

    def __init__(self, rate: int = 16_000) -> None:
        self._rate = rate

    @property
    def voice(self) -> str:
        return "silence"

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        length = max(1, round(speaking_ms(text) / pace * self._rate / 1000))
        return Sound(np.zeros(length, np.int16), self._rate)

    def close(self) -> None:
        """Nothing is kept open."""
