"""Options that would do nothing, or cannot be met, are refused: whoever wrote them would wait in vain."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import cli
from ivr.errors import UsageError


def invoked(folder: Path, *arguments: str) -> Result:
    environment = {"IVR_DATA_DIR": str(folder / "data"), "IVR_CACHE_DIR": str(folder / "cache")}
    return CliRunner(env=environment).invoke(cli, arguments, standalone_mode=False)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("doctor --input-device headset", "add --microphone"),
        ("doctor --seconds 3", "add --microphone"),
        ("prompts render --all --format ogg", "--out; name a folder"),
        ("prompts render --all --words", "--out; name a folder"),
        ("prompts say main.offer --out x.wav --output-device usb", "leave out either it or --output-device"),
        ("calls play 2026 --out x.wav --output-device usb", "leave out either it or --output-device"),
        ("calls export 2026 --flow my-hotline", "add --script"),
        ("calls export --csv --flow my-hotline", "add --script"),
        ("call --voice --pace instant", "--pace is for calls by keypad"),
        ("call --caller x.wav --pace instant", "--pace is for calls by keypad"),
    ],
)
def test_it_says_what_it_is_for(tmp_path: Path, line: str, told: str) -> None:
    done = invoked(tmp_path, *line.split())
    assert isinstance(done.exception, UsageError), done.output
    assert told in str(done.exception)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--voice", "--caller", "x.wav"), "--caller is a caller already; leave out either it or --voice"),
        (("--out", "x.wav"), "--out is for calls with sound; add --voice or --caller FILE"),
        (("--headset",), "--headset is for calls with sound"),
        (("--record-audio",), "--record-audio is for calls with sound"),
        (("--real-time",), "--real-time is for calls with sound"),
        (("--voice", "--out-hotline", "x.wav"), "--out-hotline writes one side of --out FILE; name that too"),
        (("--voice", "--out", "x.wav", "--record-audio"), "--out records this call already"),
        (("--caller", "x.wav", "--out", "./x.wav"), "name one file twice"),
        (("--caller", "x.txt", "--record", "x.txt"), "name one file twice"),
        (("--voice", "--real-time"), "--real-time is for --caller FILE"),
        (("--caller-channel", "left"), "--caller-channel is for --caller FILE"),
        (("--caller", "x.wav", "--headset"), "--headset is for --voice; --caller FILE needs no device"),
        (("--caller", "x.wav", "--input-device", "x"), "--input-device is for --voice"),
        (("--speaker", "espeak"), "--speaker is for calls with sound; add --voice or --caller FILE"),
        (("--speech-model", "nowhere"), "--speech-model is for calls with sound"),
        (("--voice", "--input-device", "no such thing"), "microphone"),
        (("--voice", "--input-device", "no such thing"), "; or phone by keypad: ivr call"),
        (("--caller", "missing.wav"), "missing.wav: cannot be read"),
        (("--caller", "x.wav", "--out", "nowhere/x.wav"), "(there is no folder nowhere); make it first"),
        (("--caller", "x.wav", "--speech-model", "nowhere"), "nowhere: there is no such folder"),
        (("--caller", "x.wav", "--speaker", "nobody"), "nobody"),
    ],
)
def test_options_of_a_call_that_cannot_be_met_are_told(tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    voice = () if "--speaker" in options else ("--speaker", "silent")
    result = invoked(tmp_path, "call", "--database", "memory", *voice, *options)
    assert isinstance(result.exception, Exception)
    assert told in str(result.exception)
