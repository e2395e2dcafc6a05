"""What the caller says: boundaries, the recogniser, keys that beat speech, messages."""

from __future__ import annotations

from threading import Event as Flag

import numpy as np
import pytest

from ivr.audio.dtmf_generator import key_tone
from ivr.audio.pcm import Samples
from ivr.errors import SpeechError
from ivr.lines.background import Worker
from ivr.lines.call_audio import Parts
from ivr.lines.expecting import expectation
from ivr.session.actions import Listen, PlayPrompt, StartRecording, StopListening, StopPrompt, StopRecording
from ivr.session.events import KeyPressed, SpeechStarted, UtteranceHeard
from ivr.speech.recogniser import Expectation, Hypothesis
from tests.sound_calls import RATE, WORDS, Bench, NoisyVoice, UnsureEar, bench, ear_for, offer, prompt, said, word


def test_a_phrase_on_offer_is_heard_once_it_is_over() -> None:
    made = bench()
    made.perform(offer("余额", "返回"))
    made.feed(word("余额"))
    assert made.kinds() == ["SpeechStarted"]
    made.wait(1_000)
    assert made.kinds() == ["SpeechStarted", "UtteranceHeard"]
    assert said(made) == ["余额"]


def test_speech_that_means_nothing_is_heard_as_such() -> None:
    made = bench()
    made.perform(offer("余额"))
    made.feed(word("人工"))
    made.wait(1_000)
    assert said(made) == [""]


def test_nothing_is_heard_while_nobody_listens() -> None:
    made = bench()
    made.feed(word("余额"))
    made.wait(1_000)
    made.perform(offer("余额"), StopListening())
    made.feed(word("余额"))
    made.wait(1_000)
    assert made.events == []


def test_the_end_of_speech_is_the_profiles() -> None:
    for end_ms, blocks in ((400, 20), (1_200, 60)):
        made = bench()
        made.perform(Listen("main", "1", ("余额",), end_of_speech_ms=end_ms))
        made.feed(word("余额"))
        over = made.blocks
        made.wait(2_000)
        assert abs(made.events[-1][0] - over - blocks) <= 3


def test_a_key_beats_what_was_being_said() -> None:
    made = bench()
    made.perform(offer("余额"))
    made.feed(np.concatenate((word("余额"), key_tone("1", 100, rate=RATE))))
    made.wait(2_000)
    assert made.kinds() == ["SpeechStarted", "KeyPressed"]


def test_a_key_of_the_keyboard_beats_it_too() -> None:
    made = bench()
    made.perform(offer("余额"))
    made.feed(word("余额"))
    made.audio.happened(KeyPressed("1"))
    made.wait(2_000)
    assert made.kinds() == ["SpeechStarted"]


def test_an_utterance_that_goes_on_when_the_offer_changes_is_dropped() -> None:
    made = bench()
    made.perform(offer("余额"))
    made.feed(word("余额"))
    made.perform(offer("返回", node="elsewhere"))
    made.wait(2_000)
    assert said(made) == []


def test_in_full_duplex_speech_is_reported_as_soon_as_it_begins() -> None:
    made = bench()
    made.react = lambda event: made.perform(StopPrompt(1)) if isinstance(event, SpeechStarted) else None
    made.perform(offer("余额"), prompt(1))
    made.wait(500)
    began = made.blocks
    made.feed(word("余额"))
    assert made.events[0][0] - began <= 10  # 200 ms
    assert not made.out[-1].any()
    made.wait(1_000)
    assert said(made) == ["余额"]


def test_whoever_speaks_into_a_message_has_left_one() -> None:
    made = Bench(Parts(NoisyVoice()))  # without any recogniser
    made.wait(500)
    made.perform(offer(), StartRecording(1, 60_000))
    made.feed(word("什么都行"))
    made.wait(1_000)
    assert [event for _, event in made.events] == [SpeechStarted(), UtteranceHeard("", 0.0)]
    made.perform(StopRecording(1))
    made.feed(word("什么都行"))
    made.wait(1_000)
    assert len(made.events) == 2


class BrokenEar:
    rate = RATE

    def listen(self, expected: Expectation) -> object:
        raise SpeechError("this model knows none of these words")


class BuggyEar(BrokenEar):
    def listen(self, expected: Expectation) -> object:
        raise ZeroDivisionError("a bug")


@pytest.mark.parametrize(
    ("ear", "told"),
    [
        (BrokenEar(), "this model knows none of these words"),
        (BuggyEar(), "the recogniser has failed (ZeroDivisionError: a bug)"),
    ],
)
def test_a_recogniser_that_fails_is_told_once_and_hears_nothing(ear: BrokenEar, told: str) -> None:
    made = Bench(Parts(NoisyVoice(), ear))  # type: ignore[arg-type]  # it never gets to an utterance
    made.wait(500)
    made.perform(offer("余额"))
    for _ in range(2):
        made.feed(word("余额"))
        made.wait(1_000)
    assert said(made) == ["", ""]
    assert made.warnings == [told]


def said_at_last(made: Bench, decoding: Worker) -> list[str]:
    """What is said once another thread has decoded all that it was given."""
    assert decoding.finish(20)
    made.wait(20)
    return said(made)


def test_decoding_may_take_its_time_in_another_thread() -> None:
    decoding = Worker("test-ear")
    made = Bench(Parts(NoisyVoice(), ear_for(*WORDS), decoding=decoding))
    made.wait(500)
    made.perform(offer("余额"))
    made.feed(word("余额"))
    made.wait(1_000)
    assert said_at_last(made, decoding) == ["余额"]
    made.audio.close()


def test_sound_and_keys_go_on_while_a_slow_recogniser_decodes() -> None:
    ready = Flag()

    class SlowEar(UnsureEar):
        def finish(self) -> Hypothesis:
            assert ready.wait(20), "the call waited for its recogniser"
            return super().finish()

    decoding = Worker("test-ear")
    made = Bench(Parts(NoisyVoice(ms=1_000), SlowEar(0.9), decoding=decoding))
    made.wait(500)
    made.perform(offer("余额"))
    made.feed(word("余额"))
    made.wait(1_000)
    made.perform(prompt(1, "请稍候"))
    made.wait(1_500)
    assert made.kinds() == ["SpeechStarted", "PromptFinished"]
    ready.set()
    assert said_at_last(made, decoding) == ["余额"]
    made.audio.close()


def test_a_menu_may_be_answered_by_number() -> None:
    phrases = expectation(Listen("main", "10*", ("余额",))).phrases
    assert {"余额", "一", "按一", "选一", "零"} <= set(phrases)
    assert expectation(Listen("main.id", "0123456789*#", (), digits=True)) == Expectation(digits=True)
    assert expectation(Listen("sure", "12", ("是", "不是"))).yes_no


def test_speech_is_kept_in_order_with_what_the_hotline_says() -> None:
    """The words of a prompt are known to about a character, for whoever must tell them from a caller's."""
    made = bench(voice=NoisyVoice(ms=2_000))
    made.perform(PlayPrompt(1, "p", "一二三四五六七八九十", prompt().barge_in, 0, 2_000))
    start = made.audio.position
    made.wait(1_000)
    words = made.audio.mouth.words_between(start + RATE // 2, start + RATE)
    assert words in ("三四五", "二三四五", "四五")


def test_whoever_does_not_wait_for_the_tone_is_in_the_middle_of_their_message() -> None:
    made = bench()

    def react(event: object) -> None:
        if isinstance(event, SpeechStarted):
            made.perform(StopPrompt(1), StartRecording(1, 60_000))

    made.react = react
    made.perform(offer("余额"), prompt(1))
    made.wait(500)
    made.feed(word("什么都行", 1_500))
    made.wait(1_000)
    assert made.kinds() == ["SpeechStarted", "UtteranceHeard"]
    assert said(made) == [""]


def test_the_tone_does_not_interrupt_whoever_speaks_already() -> None:
    made = bench()
    made.perform(offer("余额"))
    made.feed(word("什么都行", 400))
    made.perform(StartRecording(1, 60_000))
    assert not made.feed(word("什么都行", 400)).any()
    made.wait(1_500)
    made.perform(StopRecording(1), StartRecording(2, 60_000))
    assert made.wait(400).any()  # whoever waits hears it


class Listening(UnsureEar):
    """Remembers what it is given."""

    def __init__(self) -> None:
        super().__init__(1.0)
        self.heard: list[Samples] = []

    def feed(self, samples: Samples) -> None:
        self.heard.append(samples)


def test_a_recogniser_gets_a_moment_before_and_after_the_words_and_no_more() -> None:
    """A soft first consonant is below the threshold of speech; a pause to its end is only work."""
    ear, spoken = Listening(), word("余额")
    made = Bench(Parts(NoisyVoice(), ear))
    room = np.random.default_rng(7).integers(-20, 20, 4 * RATE).astype(np.int16)
    made.feed(room[: 2 * RATE])
    made.perform(Listen("main", "1", ("余额",), end_of_speech_ms=1_200))
    made.feed(spoken)
    made.feed(room[2 * RATE :])
    assert said(made) == ["余额"]
    whole = np.concatenate(ear.heard)
    before = int(np.flatnonzero(np.abs(whole) > 500)[0])
    after = len(whole) - int(np.flatnonzero(np.abs(whole) > 500)[-1])
    assert 250 <= before * 1_000 // RATE <= 400
    assert 150 <= after * 1_000 // RATE <= 350
