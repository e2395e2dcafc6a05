"""The recipe of the speech model from end to end: a tiny model out of espeak-ng's speech, in its five stages.

Needs espeak-ng and PyTorch (``pip install --group training``); CI installs both.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.speech.evaluation.spoken import spoken_in

ROOT = Path(__file__).parents[1]

if "CI" not in os.environ:
    pytest.importorskip("torch", reason="PyTorch is not installed (pip install --group training)")
    pytest.importorskip("numba", reason="numba is not installed (pip install --group training)")
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed (apt-get install espeak-ng)", allow_module_level=True)


def training(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "models.training", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder after the whole recipe."""
    work = tmp_path_factory.mktemp("model")
    done = training("--quick", "--work", work)
    assert done.returncode == 0, done.stderr
    for stage in ("espeak", "features", "nothing", "step", "tests"):
        assert stage in done.stderr, f"no progress of {stage} in {done.stderr}"
    assert "words," in done.stdout
    return work


def test_vosk_takes_a_model_made_by_the_recipe_with_the_words_of_the_hotline(work: Path) -> None:
    vosk = pytest.importorskip("vosk")
    vosk.SetLogLevel(-1)

    model = vosk.Model(str(work / "hotline-cmn"))

    assert all(model.vosk_model_find_word(word) > 0 for word in ("余额", "人工", "零", "幺", "[unk]"))
    assert model.vosk_model_find_word("开天窗") < 0


def test_recordings_of_voices_that_it_did_not_hear_are_there_to_evaluate_it_on(work: Path) -> None:
    said = spoken_in(work / "tests/espeak")

    assert {one.voice for one in said} == {"espeak-Andy", "espeak-edward"}
    assert {one.kind for one in said} == {"digits", "command", "oov"}
    assert {one.kind for one in spoken_in(work / "tests/nonspeech")} == {"nonspeech"}


def test_a_second_run_makes_nothing_anew(work: Path) -> None:
    made = {path: path.stat().st_mtime_ns for path in work.rglob("*.npz")}
    again = training("audio", "features", "train", "--quick", "--work", work)
    assert again.returncode == 0, again.stderr
    assert "going on after step" in again.stderr
    assert made == {path: path.stat().st_mtime_ns for path in work.rglob("*.npz")}


def test_a_voice_that_is_left_out_takes_no_part_in_the_package(work: Path, tmp_path: Path) -> None:
    shutil.copytree(work / "features", tmp_path / "features")
    for folder in ("trained", "without-espeak"):
        (tmp_path / folder).mkdir()
        shutil.copy(work / "trained/checkpoint.pt", tmp_path / folder)
    networks = []
    for options in ((), (), ("--without", "espeak")):
        done = training("package", "--quick", "--work", tmp_path, "--out", tmp_path / "made", *options)
        assert done.returncode == 0, done.stderr
        networks.append((tmp_path / "made/am/final.mdl").read_bytes())
    assert networks[0] == networks[1], "the same sounds measured give the same network"
    assert networks[0] != networks[2], "its normalisations are measured on what is left"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    for stage, before in (("features", "audio"), ("train", "features"), ("package", "features")):
        refused = training(stage, "--quick", "--work", tmp_path)
        assert refused.returncode == 2
        assert f"run the stage '{before}' first" in refused.stderr
    refused = training("--work", tmp_path)
    assert refused.returncode == 2
    assert "--recordings" in refused.stderr
    assert "--quick" in refused.stderr
