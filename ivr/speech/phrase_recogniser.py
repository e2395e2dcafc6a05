"""An ear without a model: it tells apart sounds that it was given, and hears nothing else. For tests and trials.

Theory of operation. It knows some texts and how each sounds. An utterance is compared with each by cross-correlation at
every shift; the share of the utterance's energy that one of them explains is the confidence. So it hears the very
recordings or synthesised phrases that it knows, at any loudness and in some noise, but no other voice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.audio.pcm import Samples
from ivr.errors import SpeechError
from ivr.speech.grammar import grammar
from ivr.speech.recogniser import Expectation, Hypothesis

_REJECT: Final = 0.5  # two unlike words correlate by less than 0.2


class PhraseRecogniser:
    """``sounds``: texts, as a caller would say them, with their sound at ``rate``."""

    def __init__(self, rate: int, sounds: Mapping[str, Samples]) -> None:
        self._rate = rate
        self._sounds = {text: _unit(sound) for text, sound in sounds.items()}

    @property
    def rate(self) -> int:
        return self._rate

    def listen(self, expected: Expectation) -> PhraseUtterance:
        meaning = grammar(expected, lambda _word: True).meaning
        known = {text: sound for text, sound in self._sounds.items() if meaning(text) is not None}
        if not known:
            raise SpeechError("none of what may be said here is among the sounds that are known; give their sounds")
        return PhraseUtterance(known)


class PhraseUtterance:
    def __init__(self, known: Mapping[str, npt.NDArray[np.float64]]) -> None:
        self._known = known
        self._parts: list[Samples] = []
        self._finished = False

    def feed(self, samples: Samples) -> None:
        if samples.dtype != np.int16 or samples.ndim != 1:
            raise ValueError(
                f"an utterance is int16 samples of one channel, not {samples.dtype} in {samples.ndim} axes"
            )
        if self._finished:
            raise SpeechError("this utterance is over; listen again for the next one")
        self._parts.append(samples.copy())

    def finish(self) -> Hypothesis:
        if self._finished:
            raise SpeechError("this utterance is over; listen again for the next one")
        self._finished = True
        heard = _unit(np.concatenate((np.zeros(1, np.int16), *self._parts)))
        likeness = {text: _likeness(heard, sound) for text, sound in self._known.items()}
        ranked = sorted(
            ((text, score) for text, score in likeness.items() if score >= _REJECT), key=lambda one: -one[1]
        )
        return Hypothesis(*ranked[0], tuple(ranked[1:])) if ranked else Hypothesis("", 0.0)


def _unit(sound: Samples) -> npt.NDArray[np.float64]:
    """The sound with an energy of one; silence as it is."""
    values = sound.astype(np.float64)
    energy = float(values @ values)
    return values / energy**0.5 if energy else values


def _likeness(heard: npt.NDArray[np.float64], sound: npt.NDArray[np.float64]) -> float:
    """0..1: the greatest correlation at any shift; rounded, so that it does not depend on the length of a transform."""
    size = 1 << (len(heard) + len(sound)).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sound, size)), size)
    return round(min(1.0, max(0.0, float(products.max()))), 6)
