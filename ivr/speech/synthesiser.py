"""What every voice of the hotline is: text in, samples out."""

from __future__ import annotations

from typing import Protocol

from ivr.audio.wav import Sound


class Synthesiser(Protocol):
    """May be called from any thread, one call at a time; a caller who must not wait uses a thread of its own."""

    @property
    def voice(self) -> str:
        """Everything that the sound depends on besides the text: engine, version, voice, rate; part of cache keys."""
        ...

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        """Speak a prompt's final wording, ``pace`` times as fast as usual (0.5 to 2).

        Blocks; raises ``SpeechError`` rather than return nothing.
        """
        ...

    def close(self) -> None:
        """Let go of the engine; called once."""
        ...
