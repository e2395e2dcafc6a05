"""A slow voice and a quick one: nobody waits behind other prompts, and what is spoken ahead holds up nobody."""

from __future__ import annotations

import threading
from threading import Event as Flag
from threading import Thread

import numpy as np

from ivr.audio.pcm import Samples
from ivr.audio.wav import Sound
from ivr.speech.in_time import InTime
from ivr.speech.prompt_voice import PromptVoice

QUICK, SLOW = np.full(10, 1, np.int16), np.full(10, 2, np.int16)


class Speakers:
    """The slow one takes as long as it likes over every text but ``short``."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.at_work, self.free = Flag(), Flag()

    def slow(self, prompt_id: str, text: str, pace: float) -> Samples:
        self.begun.append(text)
        self.at_work.set()
        if text != "short":
            self.free.wait(20)
        return SLOW

    def quick(self, prompt_id: str, text: str, pace: float) -> Samples:
        return QUICK

    def in_time(self, patience_s: float) -> InTime:
        return InTime(self.slow, self.quick, patience_s, lambda _: None)


def test_the_better_voice_is_taken_when_it_is_done_in_time() -> None:
    assert Speakers().in_time(20).spoken("p", "short", 1.0) is SLOW


def test_nobody_waits_for_a_voice_that_is_busy_with_other_prompts() -> None:
    speakers = Speakers()
    in_time = speakers.in_time(20)
    waiting = Thread(target=in_time.spoken, args=("p", "first", 1.0))
    waiting.start()
    assert speakers.at_work.wait(20)
    assert in_time.spoken("p", "second", 1.0) is QUICK  # at once, or the slow one would have been done
    speakers.free.set()
    waiting.join(20)


def test_a_slow_voice_that_is_far_behind_does_not_begin_what_nobody_will_hear() -> None:
    speakers = Speakers()
    in_time = speakers.in_time(0)
    for number in range(9):
        assert in_time.spoken("p", f"prompt {number}", 1.0) is QUICK
    speakers.free.set()
    for thread in threading.enumerate():
        if thread.name == "ivr-slow-voice":
            thread.join(20)
    assert len(speakers.begun) == 4


class Speaking:
    """While it speaks what somebody waits for, it is asked for something ahead."""

    voice = trouble = unkept = ""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.ahead = PromptVoice(self)
        self.waited = False

    def synthesise(self, text: str, pace: float = 1.0, *, private: bool = False) -> Sound:
        self.said.append(text)
        if text == "now":
            self.ahead.prepare([("p", "later")])
            self.waited = not self.ahead.settled(0.05)
        return Sound(SLOW, 16_000)

    def known(self, text: str, pace: float = 1.0) -> Sound | None:
        return None

    def close(self) -> None:
        pass


def test_nothing_is_spoken_ahead_while_somebody_waits() -> None:
    voice = Speaking()
    voice.ahead.sound("p", "now")
    assert voice.waited
    assert voice.ahead.settled(20)
    assert voice.said == ["now", "later"]
    voice.ahead.close()
