"""A plain installation lacks the packages of sound: keys work, and what needs sound says what to install."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform != "win32":
    from tests.terminal import Terminal


@pytest.fixture
def plain(tmp_path: Path) -> dict[str, str]:
    """An environment in which Python finds no package of sound, as after ``pip install ivr``."""
    folder = tmp_path / "without"
    folder.mkdir()
    missing = """raise ModuleNotFoundError("No module named '{0}'", name="{0}")\n"""
    for name in ("numpy", "sounddevice"):
        (folder / f"{name}.py").write_text(missing.format(name), encoding="utf-8")
    return {"PYTHONPATH": str(folder), "PYTHONUTF8": "1", "IVR_DATA_DIR": str(tmp_path / "data")}


@pytest.mark.parametrize(
    "line",
    [
        "call --voice",
        "call --caller caller.wav",
        "devices",
        "doctor --microphone",
        "models verify",
        "models build-graph",
        "prompts say main.offer",
        f"test --line recording {Path(__file__).parent / 'calls'}",
    ],
)
def test_what_needs_sound_says_what_to_install(line: str, plain: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ivr", *line.split()]
    done = subprocess.run(
        command, capture_output=True, check=False, stdin=subprocess.DEVNULL, cwd=tmp_path, env=os.environ | plain
    )
    told = done.stderr.decode()
    assert (done.returncode, told.count("\n")) == (2, 1), told
    assert told.endswith("pip install 'ivr[voice]'\n")
    assert not (tmp_path / "data" / "calls").exists()  # no call was made, so none is on record


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX; Windows has one of its own")
def test_a_call_by_voice_on_a_terminal_goes_on_by_keypad(plain: dict[str, str], tmp_path: Path) -> None:
    with Terminal("call", "--voice", data=tmp_path / "data", columns=200, env=plain) as terminal:
        terminal.expect("pip install 'ivr[voice]'; this call is made by keypad")
        terminal.expect("(keys 0-9 * #")
        terminal.type("\x03")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX; Windows has one of its own")
def test_a_call_by_voice_without_a_microphone_goes_on_by_keypad_and_answers(tmp_path: Path) -> None:
    options = [
        "--voice",
        "--input-device",
        "no-such-microphone",
        "--speaker",
        "silent",
        "--database",
        "memory",
    ]
    with Terminal("call", *options, data=tmp_path / "data", columns=200) as terminal:
        terminal.expect("; this call is made by keypad")
        terminal.type("1")
        terminal.expect("查余额请按1")
        terminal.type("\x03")
