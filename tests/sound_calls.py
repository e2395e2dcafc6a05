"""Calls with sound for tests: voices and ears that need no engine, and the built-in hotline behind them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.audio.pcm import Samples, saturated
from ivr.callflow.values import BargeIn
from ivr.lines.call_audio import CallAudio, Parts
from ivr.session.actions import Action, Listen, PlayPrompt
from ivr.session.call_log import LogEntry
from ivr.session.events import Event, UtteranceHeard
from ivr.speech.phrase_recogniser import PhraseRecogniser
from ivr.speech.recogniser import Expectation, Hypothesis
from ivr.testing.sound_call import SoundCall
from tests.phones import exchange

RATE = 16_000
BLOCK = RATE // 50
WORD_MS = 600


def word(text: str, ms: int = WORD_MS, dbfs: float = -20.0) -> Samples:
    """A sound that no other text has, with the swelling of speech."""
    count = RATE * ms // 1_000
    noise = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(count)
    swelling = np.sin(np.pi * (np.arange(count) / RATE % 0.2) / 0.2) ** 0.5
    return saturated(noise * swelling * 32767 * 10 ** (dbfs / 20))


class NoisyVoice:
    """Says every prompt as its own noise, as long as ``ms``."""

    def __init__(self, ms: int = 1_000) -> None:
        self._ms = ms

    def sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        return word(text, self._ms)


def ear_for(*texts: str) -> PhraseRecogniser:
    return PhraseRecogniser(RATE, {text: word(text) for text in texts})


def sound_call(parts: Parts | None = None, log: list[LogEntry] | None = None, **options: Any) -> SoundCall:
    session = exchange().new_call(None if log is None else log.append)
    options.setdefault("caller_voice", word)
    return SoundCall(session, options.pop("accounts", None) or MemoryAccounts(), parts=parts or Parts(), **options)


def without_times(log: Iterable[LogEntry]) -> list[tuple[str, Mapping[str, Any]]]:
    """What happened, whenever it did: neither moments nor durations, nor how sure a recogniser was."""
    measured = ("heard_ms", "duration_ms", "confidence", "alternatives", "characters")
    return [(one.event, {k: v for k, v in one.data.items() if k not in measured}) for one in log]


class Bench:
    """A line's audio on a test bench: what goes in and out, block by block, and the events that it reports."""

    def __init__(self, parts: Parts | None = None, **options: Any) -> None:
        self.events: list[tuple[int, Event]] = []  # (block, event)
        self.warnings: list[str] = []
        self.audio = CallAudio(parts or Parts(), self._post, warn=self.warnings.append, **options)
        self.blocks = 0
        self.out: list[Samples] = []
        self.react: Callable[[Event], None] = lambda _: None  # what the call does at once

    def _post(self, event: Event) -> None:
        self.events.append((self.blocks, event))
        self.react(event)

    def feed(self, samples: Samples) -> Samples:
        """What the hotline says meanwhile; the last block is filled up with silence."""
        first = len(self.out)
        padded = np.pad(samples, (0, -len(samples) % BLOCK))
        for start in range(0, len(padded), BLOCK):
            self.out.append(self.audio.exchange(padded[start : start + BLOCK]))
            self.blocks += 1
        return np.concatenate(self.out[first:]) if len(self.out) > first else np.zeros(0, np.int16)

    def wait(self, ms: int) -> Samples:
        return self.feed(np.zeros(RATE * ms // 1_000, np.int16))

    def perform(self, *actions: Action) -> None:
        for action in actions:
            self.audio.perform(action)

    def kinds(self) -> list[str]:
        return [type(event).__name__ for _, event in self.events]


def prompt(play_id: int = 1, text: str = "请按1", *, delay_ms: int = 0, speaking_ms: int = 1_000) -> PlayPrompt:
    return PlayPrompt(play_id, f"prompt.{play_id}", text, BargeIn(), delay_ms, speaking_ms)


def offer(*phrases: str, node: str = "main", secret: bool = False, digits: bool = False) -> Listen:
    return Listen(node, "0123456789*#" if digits else "12", phrases, digits, secret, 500)


WORDS = ("余额", "返回", "人工")


def bench(*, half_duplex: bool = False, voice: NoisyVoice | None = None) -> Bench:
    """Whoever listens for the ``WORDS``, in a quiet room."""
    parts = Parts(voice or NoisyVoice(ms=3_000), ear_for(*WORDS), half_duplex=half_duplex)
    made = Bench(parts)
    made.wait(500)  # the room
    return made


def said(made: Bench) -> list[str]:
    return [event.text for _, event in made.events if isinstance(event, UtteranceHeard)]


class UnsureEar:
    """Whatever is said, it guesses the first phrase on offer."""

    rate = RATE

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence

    def listen(self, expected: Expectation) -> UnsureEar:
        self._guess = expected.phrases[0]
        return self

    def feed(self, samples: Samples) -> None:
        pass

    def finish(self) -> Hypothesis:
        return Hypothesis(self._guess, self._confidence)


class Never:
    """A background in which nothing is ever done."""

    def submit(self, task: object, then: object) -> None:
        pass

    def collect(self) -> None:
        pass

    def close(self) -> None:
        pass

    def finish(self, limit_s: float) -> bool:
        return False
