"""Callers who speak another language: whatever the shipped model makes of them, the hotline acts on none of it unasked.

The callers are espeak-ng's voices, real speech of other languages that no part of the model was made with.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ivr import settings
from ivr.audio.resampler import resampled
from ivr.audio.wav import read_sound
from ivr.hotlines import open_hotline
from ivr.lines.expecting import expectation
from ivr.session.actions import Listen
from ivr.speech.confidence_bands import ACCEPT
from ivr.speech.model_choice import OURS
from ivr.speech.recogniser import Expectation
from ivr.speech.vosk_recogniser import VoskRecogniser

SAID = {
    "en": ("I would like to know the balance of my account please", "Hello, is anybody there?"),
    "de": ("Guten Tag, ich hätte gerne meinen Kontostand", "Können Sie mich bitte verbinden"),
    "fr": ("Bonjour, je voudrais parler à quelqu'un", "Quel est le solde de mon compte"),
    "ru": ("Здравствуйте, скажите пожалуйста баланс моего счета",),
    "ko": ("안녕하세요 잔액을 알려 주세요",),
}


@pytest.fixture(scope="module")
def ear() -> VoskRecogniser:
    return VoskRecogniser(settings.shipped("models") / OURS)


@pytest.mark.parametrize("language", SAID)
def test_what_foreigners_say_is_never_taken_unasked(ear: VoskRecogniser, tmp_path: Path, language: str) -> None:
    if shutil.which("espeak-ng") is None:
        assert os.environ.get("CI") != "true", "CI installs espeak-ng"
        pytest.skip("espeak-ng is not installed: apt install espeak-ng")
    choices = open_hotline().flow.nodes["main"].choices.values()  # type: ignore[union-attr]
    menu = expectation(Listen("main", "", tuple(phrase for choice in choices for phrase in choice.phrases)))
    for text in SAID[language]:
        subprocess.run(["espeak-ng", "-v", language, "-w", tmp_path / "said.wav", text], check=True)
        said = read_sound(tmp_path / "said.wav")
        for expected in (menu, Expectation(digits=True), Expectation(yes_no=True)):
            utterance = ear.listen(expected)
            utterance.feed(resampled(said.samples, said.rate, ear.rate))
            heard = utterance.finish()
            assert heard.text == "" or heard.confidence < ACCEPT, (text, heard)
