"""Half duplex on a loudspeaker: what the hotline itself says is not heard, and only words on offer interrupt it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ivr.audio.pcm import Samples, mixed
from ivr.lines.call_audio import Parts
from ivr.session.actions import StartRecording
from ivr.session.events import PromptFinished
from tests.sound_calls import RATE, Bench, NoisyVoice, UnsureEar, bench, offer, prompt, said, word


def echo_of(made: Bench, ms: int, caller: Samples | None = None, delay: int = 5) -> None:
    """The microphone hears the loudspeaker a little later, at half its loudness."""
    for at in range(0, RATE * ms // 1_000, 320):
        heard = made.out[-delay] // 2
        if caller is not None and len(caller[at : at + 320]) == 320:
            heard = mixed((0, heard), (0, caller[at : at + 320]))
        made.feed(heard)


def test_in_half_duplex_the_hotline_does_not_hear_itself() -> None:
    made = bench(half_duplex=True)
    made.perform(offer("余额"), prompt(1, "请按1"))
    echo_of(made, 4_500)
    assert [event for _, event in made.events] == [PromptFinished(1)]


def test_in_half_duplex_a_word_on_offer_interrupts() -> None:
    made = bench(half_duplex=True, voice=NoisyVoice(ms=6_000))
    made.perform(offer("余额"), prompt(1, "请按1"))
    made.wait(1_000)
    made.feed(word("余额"))
    assert made.events == []  # until it is understood
    made.wait(1_000)
    assert made.kinds() == ["SpeechStarted", "UtteranceHeard"]


def test_in_half_duplex_any_other_speech_does_not() -> None:
    made = bench(half_duplex=True, voice=NoisyVoice(ms=6_000))
    made.perform(offer("余额"), prompt(1, "请按1"))
    made.wait(1_000)
    made.feed(word("人工"))
    made.wait(1_500)
    assert made.events == []


@pytest.mark.parametrize(("confidence", "heard"), [(0.49, []), (0.5, ["余额"])])
def test_in_half_duplex_a_guess_does_not_interrupt(confidence: float, heard: list[str]) -> None:
    made = Bench(Parts(NoisyVoice(ms=6_000), UnsureEar(confidence), half_duplex=True))
    made.wait(500)
    made.perform(offer("余额"), prompt(1, "请按1"))
    made.wait(1_000)
    made.feed(word("人工"))
    made.wait(1_500)
    assert said(made) == heard


@pytest.mark.parametrize(("confidence", "heard"), [(0.69, []), (0.7, ["余额"])])
def test_in_half_duplex_a_document_may_want_words_to_be_surer(confidence: float, heard: list[str]) -> None:
    made = Bench(Parts(NoisyVoice(ms=6_000), UnsureEar(confidence), half_duplex=True))
    made.wait(500)
    made.perform(replace(offer("余额"), reject=0.7), prompt(1, "请按1"))
    made.wait(1_000)
    made.feed(word("人工"))
    made.wait(1_500)
    assert said(made) == heard


class EchoingVoice:
    """Says the prompt's first two characters as a caller would."""

    def sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        return np.concatenate((word(text[:2]), np.zeros(RATE * 5, np.int16)))


@pytest.mark.parametrize(("prompt_text", "heard"), [("余额请按1" + "一" * 20, []), ("你好请按1" + "一" * 20, ["余额"])])
def test_the_hotlines_own_words_are_no_answer(prompt_text: str, heard: list[str]) -> None:
    made = bench(half_duplex=True, voice=EchoingVoice())  # type: ignore[arg-type]  # a voice of its own kind
    made.perform(offer("余额"), prompt(1, prompt_text))
    made.wait(40)
    made.feed(word("余额", dbfs=-26))
    made.wait(1_500)
    assert said(made) == heard


def test_after_the_prompts_echo_callers_are_heard_again() -> None:
    made = bench(half_duplex=True, voice=NoisyVoice(ms=1_000))
    made.perform(offer("余额"), prompt(1, "请按1"))
    echo_of(made, 1_400)
    assert made.kinds() == ["PromptFinished"]
    made.feed(word("余额"))
    made.wait(1_000)
    assert said(made) == ["余额"]


def test_in_half_duplex_the_tone_is_no_message() -> None:
    made = bench(half_duplex=True)
    made.perform(offer(), StartRecording(1, 60_000))
    made.wait(100)
    echo_of(made, 1_500)
    assert made.events == []
