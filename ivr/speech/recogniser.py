"""What every ear of the hotline is: it is told what may be said, is fed one utterance, and tells what it heard.

Finding where an utterance begins and ends is not its business (``endpointing``), nor is what the words mean
(``ivr.mandarin``). A recogniser only ever returns something that was expected, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ivr.audio.pcm import Samples


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a caller may say now."""

    phrases: tuple[str, ...] = ()  # exact phrases on offer
    digits: bool = False  # a string of digits, with the letter X, and its corrections
    yes_no: bool = False


@dataclass(frozen=True, slots=True)
class Hypothesis:
    text: str  # without spaces; "" when speech was heard that means nothing here
    confidence: float  # 0..1, as calibrated for the model
    alternatives: tuple[tuple[str, float], ...] = ()  # further (text, confidence), best first


class Utterance(Protocol):
    """One utterance being heard; used by one thread at a time."""

    def feed(self, samples: Samples) -> None:
        """More of it, at the recogniser's rate, in chunks of any length."""
        ...

    def finish(self) -> Hypothesis:
        """It is over: what was it? Called once; afterwards the object is spent."""
        ...


class Recogniser(Protocol):
    """One model, shared by all calls; safe to use from any thread."""

    @property
    def rate(self) -> int:
        """Samples a second that ``Utterance.feed`` expects."""
        ...

    def listen(self, expected: Expectation) -> Utterance:
        """Get ready for one utterance. Raises ``SpeechError`` if nothing that is expected can be recognised."""
        ...
