"""A speech model that is broken, foreign or deleted is told in words; the process with the calls in it lives on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ivr.errors import SpeechError
from ivr.speech.model_folder import open_model_folder
from ivr.speech.recogniser import Expectation
from ivr.speech.vosk_recogniser import VoskRecogniser

FILES = [
    "am/final.mdl",
    "conf/mfcc.conf",
    "conf/model.conf",
    "graph/HCLr.fst",
    "graph/Gr.fst",
    "graph/disambig_tid.int",
]


@pytest.fixture
def model(untrained_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(untrained_model, tmp_path / "model"))


def use(folder: Path, tried_in: Path | None = None) -> None:
    utterance = VoskRecogniser(folder, tried_in).listen(Expectation(("余额",)))
    utterance.feed(np.zeros(1_600, np.int16))
    utterance.finish()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(model: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(SpeechError, match=name):
        use(model)


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file_is_named(model: Path, name: str) -> None:
    (model / name).write_bytes(b"")
    with pytest.raises(SpeechError, match=name):
        use(model)


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _random(data: bytes) -> bytes:
    return data[:4] + np.random.default_rng(0).bytes(len(data) - 4)


@pytest.mark.parametrize("name", ["am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "conf/model.conf"])
@pytest.mark.parametrize("damage", [_half, _random])
def test_a_damaged_file_ends_a_child_and_not_us(model: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    if name == "conf/model.conf" and damage is _half:
        pytest.skip("half of the options are options")
    (model / name).write_bytes(damage((model / name).read_bytes()))
    with pytest.raises(SpeechError, match="damaged") as caught:
        use(model)
    assert str(caught.value).count("take it anew") == 1


def test_a_folder_that_is_none_and_one_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match="no such folder"):
        use(tmp_path / "nowhere")
    with pytest.raises(SpeechError, match="no complete speech model"):
        use(tmp_path)


def test_a_model_with_a_fixed_graph_is_refused(model: Path) -> None:
    (model / "graph" / "HCLG.fst").write_bytes(b"x")
    with pytest.raises(SpeechError, match="fixed graph"):
        use(model)


def test_a_model_of_another_language_says_so(model: Path) -> None:
    with pytest.raises(SpeechError, match="is it a Mandarin model"):
        VoskRecogniser(model).listen(Expectation(("잔액",)))


def test_a_model_deleted_while_loaded_goes_on(model: Path) -> None:
    recogniser = VoskRecogniser(model)
    recogniser.load()
    shutil.rmtree(model)
    utterance = recogniser.listen(Expectation(("余额",), digits=True))
    utterance.feed(np.zeros(16_000, np.int16))
    assert utterance.finish().text in {"", "余额"}
    with pytest.raises(SpeechError):
        use(model)


def test_two_recognisers_of_a_folder_share_one_model(model: Path) -> None:
    first, second = VoskRecogniser(model), VoskRecogniser(model / ".." / model.name)
    first.load()
    second.load()
    assert first._engine is second._engine


def test_a_model_is_tried_once_and_again_when_it_changes(model: Path, tmp_path: Path) -> None:
    tried = tmp_path / "tried"
    use(model, tried)
    assert len(list(tried.iterdir())) == 1
    use(model, tried)
    assert len(list(tried.iterdir())) == 1
    (model / "am/final.mdl").write_bytes(_half((model / "am/final.mdl").read_bytes()))
    with pytest.raises(SpeechError, match="damaged"):
        use(model, tried)
    assert len(list(tried.iterdir())) == 1


def test_the_rate_is_the_models(model: Path) -> None:
    assert open_model_folder(model).rate == 16_000
    (model / "conf/mfcc.conf").write_text("--use-energy=false\n--sample-frequency=8000\n")
    assert open_model_folder(model).rate == 8_000
    (model / "conf/mfcc.conf").write_text("--sample-frequency=44100\n")
    with pytest.raises(SpeechError, match="wants 44100 samples a second, and a call has 8000 or 16000"):
        open_model_folder(model)


@pytest.mark.parametrize("text", [
    "not json", "[]", '{"format": 2}', '{"format": 1, "digits": {"reject": 0.9, "accept": 0.2}}',
    '{"format": 1, "digits": {"reject": "x", "accept": 0.2}}', '{"format": 1, "phrases": 3}',
])  # fmt: skip
def test_bands_that_are_none_are_told(model: Path, text: str) -> None:
    (model / "bands.json").write_text(text)
    with pytest.raises(SpeechError, match="bands"):
        VoskRecogniser(model)


def test_bands_stretch_the_confidence(model: Path) -> None:
    (model / "bands.json").write_text(json.dumps({"format": 1, "phrases": {"reject": 0.0, "accept": 0.0}}))
    recogniser = VoskRecogniser(model)
    utterance = recogniser.listen(Expectation(("余额",)))
    utterance.feed(np.random.default_rng(0).integers(-9_000, 9_000, 16_000).astype(np.int16))
    heard = utterance.finish()
    assert heard.text == "" or heard.confidence >= 0.8
