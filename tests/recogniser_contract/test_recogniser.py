"""What every recogniser must do, and must survive."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from ivr.audio.pcm import Samples
from ivr.errors import SpeechError
from ivr.speech.grammar import grammar
from ivr.speech.recogniser import Expectation, Hypothesis
from tests.artificial_speech import noise, samples
from tests.recogniser_contract.conftest import Subject


def hears(subject: Subject, sound: Samples, chunk: int = 320) -> Hypothesis:
    utterance = subject.recogniser.listen(subject.expected)
    for start in range(0, len(sound), chunk):
        utterance.feed(sound[start : start + chunk])
    return utterance.finish()


def alike(subject: Subject, one: Hypothesis, other: Hypothesis) -> bool:
    return one == other or subject.dithers


def test_only_what_is_expected_is_heard_and_confidence_is_a_share(subject: Subject) -> None:
    meaning = grammar(subject.expected, lambda _word: True).meaning
    for sound in (subject.sound, samples(noise(1.5, subject.recogniser.rate, dbfs=-20))):
        heard = hears(subject, sound)
        for text, confidence in ((heard.text, heard.confidence), *heard.alternatives):
            assert 0 <= confidence <= 1
            assert text == "" or meaning(text) is not None
            assert " " not in text
        scores = [score for _, score in heard.alternatives]
        assert scores == sorted(scores, reverse=True)


def test_the_chopping_does_not_matter(subject: Subject) -> None:
    expected = hears(subject, subject.sound)
    for chunk in (1_000_000, 4_001, 77):
        assert alike(subject, hears(subject, subject.sound, chunk), expected)


@pytest.mark.parametrize("length", [0, 1, 2, 159, 160, 3_199, 3_201])
def test_an_utterance_of_any_length_and_silence(subject: Subject, length: int) -> None:
    heard = hears(subject, np.zeros(length, np.int16))
    assert 0 <= heard.confidence <= 1
    assert heard.text == "" or subject.guesses


def test_utterances_at_the_same_time_do_not_disturb_each_other(subject: Subject) -> None:
    expected = hears(subject, subject.sound)
    found: list[Hypothesis] = []

    def listen() -> None:
        found.extend(hears(subject, subject.sound) for _ in range(3))

    threads = [threading.Thread(target=listen) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert all(alike(subject, heard, expected) for heard in found)


def test_one_utterance_fed_by_several_threads_is_no_crash(subject: Subject) -> None:
    utterance = subject.recogniser.listen(subject.expected)
    threads = [threading.Thread(target=utterance.feed, args=(subject.sound,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 <= utterance.finish().confidence <= 1


def test_an_utterance_that_is_over_is_over(subject: Subject) -> None:
    utterance = subject.recogniser.listen(subject.expected)
    utterance.finish()
    with pytest.raises(SpeechError, match="over"):
        utterance.feed(subject.sound)
    with pytest.raises(SpeechError, match="over"):
        utterance.finish()


def test_an_utterance_may_be_abandoned(subject: Subject) -> None:
    for _ in range(20):
        subject.recogniser.listen(subject.expected).feed(subject.sound[:4_000])
    assert hears(subject, subject.sound).confidence >= 0


@pytest.mark.parametrize("wrong", [
    np.zeros(10, np.float32), np.zeros(10, np.uint8), np.zeros((10, 2), np.int16), np.zeros(10, np.int32),
])  # fmt: skip
def test_sound_of_another_form_is_refused(subject: Subject, wrong: np.ndarray) -> None:
    utterance = subject.recogniser.listen(subject.expected)
    with pytest.raises(ValueError, match="int16"):
        utterance.feed(wrong)
    utterance.finish()


def test_samples_that_are_not_in_a_row_in_memory_are_heard_alike(subject: Subject) -> None:
    spread = np.zeros((len(subject.sound), 2), np.int16)
    spread[:, 1] = subject.sound
    assert alike(subject, hears(subject, spread[:, 1]), hears(subject, subject.sound))


def test_the_callers_memory_may_be_used_again(subject: Subject) -> None:
    utterance, block = subject.recogniser.listen(subject.expected), np.zeros(320, np.int16)
    for start in range(0, len(subject.sound), 320):
        piece = subject.sound[start : start + 320]
        block[: len(piece)] = piece
        utterance.feed(block[: len(piece)])
    block[:] = 9_999
    assert alike(subject, utterance.finish(), hears(subject, subject.sound))


@pytest.mark.parametrize("expected", [
    Expectation(), Expectation(("",)), Expectation(("ЖЖЖ", "<eps>", "#0", "[]", "\0", '"', "\\", "\n")),
])  # fmt: skip
def test_expecting_nothing_that_can_be_heard_is_said(subject: Subject, expected: Expectation) -> None:
    with pytest.raises(SpeechError):
        subject.recogniser.listen(expected)


def test_twenty_seconds_at_full_scale(subject: Subject) -> None:
    sound = np.tile(np.array([32_767, -32_768], np.int16), 10 * subject.recogniser.rate)
    assert 0 <= hears(subject, sound, 3_200).confidence <= 1
