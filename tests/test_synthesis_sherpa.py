"""A voice folder that the user names: what is missing is said by name, and a bad file cannot end the program."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from ivr.errors import SpeechError
from ivr.speech.sherpa_folder import read_sherpa_folder
from ivr.speech.sherpa_synthesiser import SherpaSynthesiser


def folder_with(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_text("a 1\n")
    return folder


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ((), r"holds no network"),
        (("tokens.txt", "lexicon.txt"), r"holds no network"),
        (("model.onnx",), r"holds no tokens\.txt"),
        (("model-steps-3.onnx", "tokens.txt"), r"lacks its vocoder"),
    ],
)
def test_what_is_missing_is_said_by_name(tmp_path: Path, names: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(SpeechError, match=complaint):
        read_sherpa_folder(folder_with(tmp_path, *names))


def test_a_folder_that_is_not_there_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match="no such folder; name the unpacked folder of a voice"):
        read_sherpa_folder(tmp_path / "nowhere")


def test_the_kinds_are_told_apart_and_every_file_gets_its_part(tmp_path: Path) -> None:
    for kind, names in {
        "vits": ("zh.onnx", "tokens.txt", "lexicon.txt", "number.fst", "date.fst"),
        "matcha": ("model-steps-3.onnx", "vocos-22khz-univ.onnx", "tokens.txt"),
        "kokoro": ("model.onnx", "model.int8.onnx", "voices.bin", "tokens.txt", "lexicon-zh.txt", "lexicon-us-en.txt"),
    }.items():
        (tmp_path / kind).mkdir()
        found = read_sherpa_folder(folder_with(tmp_path / kind, *names))
        assert found.kind == kind
        assert Path(found.model).name in ("zh.onnx", "model-steps-3.onnx", "model.onnx")
        assert bool(found.vocoder) == (kind == "matcha")
        assert found.rules.count(".fst") == (2 if kind == "vits" else 0)
        assert found.lexicon.count("lexicon") == {"vits": 1, "matcha": 0, "kokoro": 2}[kind]


@pytest.mark.skipif(
    find_spec("sherpa_onnx") is None and os.environ.get("CI") != "true",
    reason="sherpa-onnx is not installed: pip install sherpa-onnx",
)
def test_files_that_the_library_dies_of_do_not_take_us_along(tmp_path: Path) -> None:
    voice = SherpaSynthesiser(str(folder_with(tmp_path, "model.onnx", "tokens.txt", "lexicon.txt")))
    assert voice.voice.startswith("sherpa-onnx")
    with pytest.raises(SpeechError):
        voice.synthesise("您好")
    with pytest.raises(SpeechError, match="nothing in this text"):
        voice.synthesise("。")
    voice.close()
