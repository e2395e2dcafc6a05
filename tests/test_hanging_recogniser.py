"""A recogniser that does not answer: the call goes on with keys, and its sound does not pile up."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from threading import Event as Flag

import numpy as np
import pytest

from ivr.audio.dtmf_generator import dialled
from ivr.audio.pcm import Samples
from ivr.lines.background import Worker
from ivr.lines.call_audio import Parts
from ivr.lines.call_recording import CallRecording
from ivr.session.events import KeyPressed, SpeechStarted, UtteranceHeard
from ivr.speech.phrase_recogniser import PhraseRecogniser, PhraseUtterance
from ivr.speech.recogniser import Expectation, Hypothesis
from tests.sound_calls import BLOCK, RATE, Bench, NoisyVoice, ear_for, offer, word

LIMIT_S = 20  # for what takes milliseconds


class Stalling:
    """A recogniser that is stuck at one point of its first utterance until it is set free."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.free = Flag()
        self._inner: PhraseRecogniser = ear_for("余额")
        self._utterance: PhraseUtterance | None = None

    @property
    def rate(self) -> int:
        return RATE

    def listen(self, expected: Expectation) -> Stalling:
        self._stall("listen")
        self._utterance = self._inner.listen(expected)
        return self

    def feed(self, samples: Samples) -> None:
        self._stall("feed")
        assert self._utterance is not None
        self._utterance.feed(samples)

    def finish(self) -> Hypothesis:
        self._stall("finish")
        assert self._utterance is not None
        return self._utterance.finish()

    def _stall(self, at: str) -> None:
        if at == self.at:
            assert self.free.wait(LIMIT_S)


def said_without_end(made: Bench, seconds: int) -> list[weakref.ref[Samples]]:
    """A caller who speaks, with pauses; returns where the sound is, as long as anybody keeps it."""
    blocks = []
    for number in range(seconds):
        sound = np.concatenate((word(f"{number}", 400), np.zeros(RATE * 6 // 10, np.int16)))
        for start in range(0, len(sound), BLOCK):
            block = sound[start : start + BLOCK].copy()
            blocks.append(weakref.ref(block))
            made.audio.exchange(block)
            made.blocks += 1
    return blocks


@pytest.mark.parametrize("at", ["listen", "feed", "finish"])
def test_a_recogniser_that_does_not_answer_costs_the_words_and_neither_keys_nor_memory(at: str, tmp_path: Path) -> None:
    ear, worker = Stalling(at), Worker("ear")
    recording = CallRecording(tmp_path / "call.wav", RATE)  # which waits for what is not understood yet
    made = Bench(Parts(NoisyVoice(), ear, decoding=worker), recording=recording)
    made.wait(500)
    made.perform(offer("余额"))
    sounds = said_without_end(made, 60)
    gc.collect()
    kept = sum(sound() is not None for sound in sounds)
    assert kept * BLOCK / RATE < 12
    assert made.warnings == ["the recogniser does not answer in time: until it does words are not understood, keys are"]
    assert [event for _, event in made.events if isinstance(event, UtteranceHeard)] == [UtteranceHeard("", 0.0)]
    assert not made.audio.ear.busy
    made.events.clear()
    made.feed(dialled("1", rate=RATE))
    made.wait(200)
    assert [event for _, event in made.events] == [KeyPressed("1")]

    ear.free.set()
    caught_up = Flag()
    worker.submit(caught_up.set, lambda _: None)
    assert caught_up.wait(LIMIT_S)
    made.wait(1_000)
    made.events.clear()
    made.feed(word("余额"))
    made.wait(1_000)
    assert worker.finish(LIMIT_S)
    made.wait(20)
    assert [type(event) for _, event in made.events] == [SpeechStarted, UtteranceHeard]
    assert made.events[1][1].text == "余额"  # type: ignore[union-attr]  # it is an utterance
    made.audio.close()


def test_an_answer_that_comes_too_late_is_no_second_one() -> None:
    ear, worker = Stalling("finish"), Worker("ear")
    made = Bench(Parts(NoisyVoice(), ear, decoding=worker))
    made.wait(500)
    made.perform(offer("余额"))
    made.feed(word("余额"))
    made.wait(12_000)
    assert [type(event) for _, event in made.events] == [SpeechStarted, UtteranceHeard]
    ear.free.set()
    assert worker.finish(LIMIT_S)
    made.wait(1_000)
    assert len(made.events) == 2
    made.audio.close()
