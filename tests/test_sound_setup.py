"""Which ear a call gets: what is missing or broken is told with what to do, and keys remain."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr import settings
from ivr.audio.wav import write_wav
from ivr.commands.sound_setup import open_recogniser
from ivr.errors import UsageError
from ivr.speech.model_choice import OURS, use_model
from tests.script_files import write_hotline
from tests.sound_calls import word
from tests.untrained_model import make_untrained_model


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("IVR_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("IVR_SPEECH_MODEL", raising=False)


def test_the_model_that_ships_is_the_ear() -> None:
    told: list[str] = []
    recogniser = open_recogniser(None, told.append)
    assert recogniser is not None
    assert told == []
    assert open_recogniser(settings.shipped("models") / OURS, told.append) is not None


def _gone(folder: Path) -> None:
    shutil.rmtree(folder)


def _cut(folder: Path) -> None:
    network = folder / "am/final.mdl"
    network.write_bytes(network.read_bytes()[:5_000])


@pytest.mark.parametrize(("harm", "says"), [(_gone, "there is no such folder"), (_cut, "damaged")])
def test_a_chosen_model_that_is_unfit_is_told_and_keys_remain(
    tmp_path: Path, harm: Callable[[Path], None], says: str
) -> None:
    model = make_untrained_model(tmp_path / "model", "余额")
    use_model(model)
    harm(model)
    told: list[str] = []
    assert open_recogniser(None, told.append) is None
    (warning,) = told
    assert warning.startswith("words are not understood, keys are: ")
    assert says in warning
    with pytest.raises(UsageError, match=says):
        open_recogniser(model, told.append)


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a right of their own there")
def test_without_any_model_the_call_goes_on_by_keys_and_says_how_to_turn_speech_on(tmp_path: Path) -> None:
    package = Path(settings.__file__).parent
    (tmp_path / "models").mkdir()
    for name, source in {
        "ivr": package,
        "prompts": settings.shipped("prompts"),
        "models/catalogue.yaml": settings.shipped("models") / "catalogue.yaml",  # but no model
    }.items():
        (tmp_path / name).symlink_to(source)
    write_hotline(tmp_path)
    write_wav(tmp_path / "words.wav", word("再见"), 16_000)
    (tmp_path / "caller.txt").write_text("0.2 words.wav\n4 2\n", encoding="utf-8")

    def ivr(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ivr", *arguments]
        environment = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8")

    done = ivr("call", "flow.yaml", "--caller", "caller.txt", "--speaker", "silent", "--database", "memory", "--json")
    told = "there is no speech model, so only keys are heard; 'ivr models list' says where to get one"
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(told) == 1
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["key"] for row in events if row["event"] == "key-pressed"] == ["2"]
    assert not [row for row in events if row["event"] == "utterance-heard"]
    assert "ivr models fetch vosk-model-small-cn-0.22" in ivr("models", "list").stdout
