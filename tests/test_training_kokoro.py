"""Kokoro's voices in the training speech: timbres lent, voices kept for tests, and the network saying digits."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest

if "CI" not in os.environ:
    for _name in ("onnxruntime", "soxr", "pypinyin"):
        pytest.importorskip(_name, reason=f"{_name} is not installed (pip install 'ivr[neural-voice]')")

from ivr.speech.kokoro_model import missing_packages
from ivr.speech.kokoro_phonemes import syllable_phonemes
from ivr.speech.kokoro_synthesiser import SYMBOLS
from models.training.kokoro_voice import TEST_MANDARIN, TEST_TIMBRES, Kokoro, KokoroVoice
from models.training.utterances import any_digits, hotline_phrases, pronounced, utterance_of

needs_network = pytest.mark.skipif(
    "CI" not in os.environ and bool(missing_packages()), reason="pip install 'ivr[neural-voice]'"
)
SHIPPED = next(Path(__file__).parent.parent.glob("prompts/voices/*.npy"))


def voice(name: str, value: float) -> KokoroVoice:
    return KokoroVoice(name, np.full((510, 256), value, np.float32))


def test_a_lent_timbre_leaves_the_prosody_alone() -> None:
    mixed = voice("zf_a", 0).with_timbre(voice("am_b", 1), 0.75)
    assert mixed.name == "zf_a+am_b"
    assert (mixed.styles[:, :128] == 0.75).all()
    assert not mixed.styles[:, 128:].any()
    accented = mixed.with_prosody(voice("am_b", 1), 0.5)
    assert (accented.styles[:, 128:] == 0.5).all()
    assert (accented.styles[:, :128] == 0.75).all()


def test_every_syllable_of_the_hotline_can_be_spelt() -> None:
    for phrase in (*hotline_phrases(), *"零一二三四五六七八九幺两叉洞拐勾", "绿", "女儿", "月圆"):
        for syllable in pronounced(phrase):
            assert set(syllable_phonemes(syllable)) <= set(SYMBOLS), syllable
            assert syllable_phonemes(syllable), syllable
    assert syllable_phonemes("si4") == "sɨ↘"
    assert syllable_phonemes("nv3") == "ny↓"


@pytest.fixture(scope="module")
def kokoro(tmp_path_factory: pytest.TempPathFactory) -> Kokoro:
    folder = tmp_path_factory.mktemp("voices")
    styles = np.load(SHIPPED).astype(np.float32).reshape(510, 256)
    for name in (*TEST_MANDARIN, *TEST_TIMBRES, "zf_one", "zm_two", "am_three", "bf_four"):
        styles.tofile(folder / f"{name}.bin")
    return Kokoro(folder, ("苹果",))


@needs_network
def test_no_training_voice_holds_anything_of_those_kept_for_tests(kokoro: Kokoro) -> None:
    chance = random.Random(1)
    names = {part for _ in range(300) for part in kokoro.any_voice(chance).name.split("+")}
    assert names == {"zf_one", "zm_two", "am_three", "bf_four"}
    assert {kokoro.test_voice(chance).name for _ in range(60)} == {*TEST_MANDARIN, *TEST_TIMBRES}


@needs_network
def test_kokoro_says_digits_and_refuses_what_is_too_long(kokoro: Kokoro) -> None:
    chance = random.Random(2)
    said = kokoro.say(utterance_of("digits", ["三"]), kokoro.any_voice(chance), chance)
    assert 0.3 * 16000 < len(said) < 3 * 16000
    assert np.abs(said).max() == 19000
    with pytest.raises(ValueError, match="too long"):
        kokoro.say(any_digits(chance, 200), kokoro.any_voice(chance), chance)


def test_a_folder_without_voices_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no voices"):
        Kokoro(tmp_path, ())
