"""Identity numbers through the shipped model: it tells enough ways to hear one for the check digit to choose from."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ivr import settings
from ivr.audio.pcm import saturated
from ivr.audio.resampler import resampled
from ivr.audio.wav import read_sound
from ivr.mandarin.heard_number import identity_number_of, said_in_digits
from ivr.speech.model_choice import OURS
from ivr.speech.recogniser import Expectation, Hypothesis
from ivr.speech.vosk_recogniser import VoskRecogniser

NUMBER = "990000199003070013"
SYLLABLES = ["ling2", "yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3"]
OF_PHRASES = 3  # as many other ways as are told of a phrase


def heard_in_noise(folder: Path, signal_to_noise_db: float) -> Hypothesis:
    if shutil.which("espeak-ng") is None:
        assert os.environ.get("CI") != "true", "CI installs espeak-ng"
        pytest.skip("espeak-ng is not installed: apt install espeak-ng")
    said = " ".join(SYLLABLES[int(digit)] for digit in NUMBER)
    command = ["espeak-ng", "-v", "cmn-latn-pinyin+klatt4", "-s", "150", "-w", folder / "said.wav", said]
    subprocess.run(command, check=True)
    sound = read_sound(folder / "said.wav")
    ear = VoskRecogniser(settings.shipped("models") / OURS)
    speech = resampled(sound.samples, sound.rate, ear.rate).astype(np.float64)
    noise = np.random.default_rng(1).normal(
        0, np.sqrt(np.mean(speech**2)) * 10 ** (-signal_to_noise_db / 20), len(speech)
    )
    utterance = ear.listen(Expectation(digits=True))
    utterance.feed(saturated(speech + noise))
    return utterance.finish()


# Of this voice the first way has a digit too few (espeak-ng 1.51): it takes the others to find the number.
def test_many_ways_to_hear_a_number_are_told_and_the_right_one_is_found(tmp_path: Path) -> None:
    heard = heard_in_noise(tmp_path, 20)
    ways = said_in_digits(((heard.text, heard.confidence), *heard.alternatives))
    assert len(ways) > 1 + OF_PHRASES
    assert len({digits for digits, _ in ways}) == len(ways)
    assert all(one[1] >= other[1] for one, other in pairwise(ways)), "the likeliest first"
    assert identity_number_of((ways,), date(2026, 1, 1)) == NUMBER
