"""A machine's tone is told from a voice, and chooses nothing, however sure a recogniser may be of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ivr.audio.pcm import Samples
from ivr.audio.wav import read_sound
from ivr.lines.call_audio import Parts
from ivr.speech.steady_sound import is_steady
from tests.sound_calls import RATE, Bench, NoisyVoice, UnsureEar, offer, said, word

SPOKEN = sorted((Path(__file__).parent / "speech").glob("*.flac"))


def buzz(hertz: float, *, swelling: bool = False, ms: int = 700) -> Samples:
    moments = np.arange(RATE * ms // 1_000) / RATE
    saw = (moments * hertz % 1 - 0.5) * 8_000
    if swelling:
        saw *= np.abs(np.sin(np.pi * moments / 0.3)) ** 0.5
    return (saw + np.random.default_rng(3).standard_normal(len(saw)) * 80).astype(np.int16)


@pytest.mark.parametrize("hertz", [60, 120, 233, 1_000])
@pytest.mark.parametrize("swelling", [False, True])
def test_buzzes_and_whistles_are_steady(hertz: float, swelling: bool) -> None:
    assert is_steady(np.pad(buzz(hertz, swelling=swelling), 4_000), RATE)


@pytest.mark.parametrize("file", SPOKEN, ids=lambda file: file.stem)
def test_voices_and_noise_are_not(file: Path) -> None:
    sound = read_sound(file)
    assert not is_steady(sound.samples, sound.rate)


@pytest.mark.parametrize("sound", [word("余额"), np.zeros(RATE, np.int16), np.zeros(0, np.int16), buzz(120, ms=150)])
def test_what_cannot_be_told_is_not(sound: Samples) -> None:
    assert not is_steady(sound, RATE)


@pytest.mark.parametrize(("sound", "heard"), [(word("人工"), "余额"), (buzz(120), "")])
def test_a_buzz_chooses_nothing_however_sure_the_recogniser_is(sound: Samples, heard: str) -> None:
    made = Bench(Parts(NoisyVoice(), UnsureEar(1.0)))
    made.wait(500)
    made.perform(offer("余额"))
    made.wait(500)
    made.feed(sound)
    made.wait(1_500)
    assert said(made) == [heard]
