"""The neural voice where it is installed; one short text, for it is slow. What any voice promises, it promises too."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import need

from ivr import settings
from ivr.errors import SpeechError
from ivr.speech import kokoro_model
from ivr.speech.kokoro_synthesiser import KokoroSynthesiser

VOICE = settings.shipped("prompts") / "voices" / "zf_xiaobei.npy"


def test_it_speaks_and_refuses_what_has_no_sound() -> None:
    need(not kokoro_model.missing_packages(), f"the neural voice is not installed: {kokoro_model.INSTALL}")
    voice = KokoroSynthesiser(VOICE)
    sound = voice.synthesise("请按1。")
    assert sound.rate == 24_000
    assert 400 < sound.length_ms < 2000
    assert np.abs(sound.samples.astype(int)).max() > 3000
    assert voice.voice.startswith("kokoro-82m")
    with pytest.raises(SpeechError, match="nothing in this text"):
        voice.synthesise("。。。")
    voice.close()


def test_a_damaged_voice_is_said_so(tmp_path: Path) -> None:
    need(not kokoro_model.missing_packages(), f"the neural voice is not installed: {kokoro_model.INSTALL}")
    broken = tmp_path / "broken.npy"
    shutil.copy(VOICE, broken)
    broken.write_bytes(broken.read_bytes()[:1000])
    with pytest.raises(SpeechError, match="is no table of a voice"):
        KokoroSynthesiser(broken).synthesise("您好")
