"""An option that would do nothing is refused: whoever wrote it would wait for its effect in vain."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import cli
from ivr.errors import UsageError


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
    environment = {"IVR_DATA_DIR": str(tmp_path / "data"), "IVR_CACHE_DIR": str(tmp_path / "cache")}
    done = CliRunner(env=environment).invoke(cli, line.split(), standalone_mode=False)
    assert isinstance(done.exception, UsageError), done.output
    assert told in str(done.exception)
    assert not list(tmp_path.iterdir())
