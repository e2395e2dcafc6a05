"""The doctor reports and never breaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import cli


def doctor(data: Path, *options: str, **env: str) -> tuple[int, str]:
    done = CliRunner(env={"IVR_DATA_DIR": str(data), **env}).invoke(cli, ["doctor", *options], standalone_mode=False)
    assert done.exception is None
    return done.return_value, done.stdout  # type: ignore[return-value]  # a command returns its exit code


def parts(data: Path, **env: str) -> dict[str, dict[str, object]]:
    return {part["part"]: part for part in json.loads(doctor(data, "--json", **env)[1])["parts"]}


def test_a_healthy_machine(tmp_path: Path) -> None:
    code, shown = doctor(tmp_path)
    assert code == 0
    assert "ready    hotline" in shown
    assert shown.endswith("a call by keypad works: ivr call\n")


def test_it_creates_nothing(tmp_path: Path) -> None:
    doctor(tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_whatever_is_not_ready_has_a_remedy(tmp_path: Path) -> None:
    assert all(part["remedy"] for part in parts(tmp_path).values() if part["state"] != "ready")


@pytest.mark.skipif(sys.platform == "win32", reason="makes links to packages")
def test_what_the_extra_brings_is_mended_with_the_command_of_the_readme(tmp_path: Path) -> None:
    packages, repository = tmp_path / "packages", Path(__file__).parents[1]
    packages.mkdir()
    for there in Path(sysconfig.get_path("purelib")).iterdir():
        if not there.name.startswith(("sounddevice", "vosk", "numpy", "pyttsx3")) and there.suffix != ".pth":
            (packages / there.name).symlink_to(there)
    command = [sys.executable, "-S", "-m", "ivr", "doctor", "--json"]
    where = {"PYTHONPATH": f"{packages}{os.pathsep}{repository}", "IVR_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(command, env=os.environ | where, capture_output=True, text=True, check=True, timeout=60)
    found = {part["part"]: part for part in json.loads(done.stdout)["parts"]}
    install = "pip install 'ivr[voice]'"
    assert f"\n{install} " in (repository / "README.md").read_text("utf-8")
    for part in ("voice", "microphone", "recogniser"):
        assert found[part]["state"] == "missing"
        assert found[part]["remedy"].split(" && ")[-1] == install


@pytest.mark.parametrize(("encoding", "ready"), [("utf-8", True), ("gbk", True), ("gb18030", True), ("latin-1", False)])
def test_an_encoding_is_ready_when_it_has_chinese(tmp_path: Path, encoding: str, ready: bool) -> None:
    environment = {**os.environ, "IVR_DATA_DIR": str(tmp_path), "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "ivr", "doctor", "--json"]
    told = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60).stdout
    found = {part["part"]: part for part in json.loads(told.decode(encoding))["parts"]}
    assert (found["encoding"]["state"] == "ready") == ready


def test_a_corrupt_database_is_found(tmp_path: Path) -> None:
    (tmp_path / "accounts.db").write_bytes(b"this is no database" * 100)
    found = parts(tmp_path)["database"]
    assert found["state"] == "broken"
    assert "accounts.db" in str(found["what"])


def test_a_folder_that_cannot_be_used_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = parts(tmp_path / "file" / "data")["data folder"]
    assert found["state"] == "broken"
    assert "IVR_DATA_DIR" in str(found["remedy"])


def test_a_database_password_is_not_shown(tmp_path: Path) -> None:
    url = "postgresql+psycopg://me:hush@127.0.0.1:1/none?connect_timeout=1"
    assert "hush" not in json.dumps(parts(tmp_path, IVR_DATABASE_URL=url))


def test_a_speech_model_that_was_chosen_and_is_none_is_found(tmp_path: Path) -> None:
    found = parts(tmp_path, IVR_SPEECH_MODEL=str(tmp_path / "no-model"))["model"]
    assert found["state"] == "broken"
    assert "IVR_SPEECH_MODEL names it" in str(found["what"])


def test_the_voice_that_is_named_is_the_one_told_of(tmp_path: Path) -> None:
    named = parts(tmp_path, IVR_VOICE="espeak")["voice"]
    assert named["state"] == "ready"
    assert named["what"] == "espeak (IVR_VOICE names it); more about voices: ivr prompts voices"
    at_home = parts(tmp_path, IVR_VOICE="~/nosuch")["voice"]
    assert str(Path("~/nosuch").expanduser()) in str(at_home["what"])
    unknown = parts(tmp_path, IVR_VOICE="nosuch")["voice"]
    assert unknown["state"] == "broken"
    assert "'nosuch' is neither a voice nor the folder of one" in str(unknown["what"])
    assert "IVR_VOICE" in str(unknown["remedy"])
