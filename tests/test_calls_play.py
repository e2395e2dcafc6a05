"""``ivr calls play`` for recordings that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from click.testing import CliRunner

from ivr.audio.wav import write_wav
from ivr.cli import cli
from ivr.errors import AudioError


def test_a_recording_that_nothing_was_written_into_is_not_played_in_silence(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    calls.mkdir()
    (calls / "20260302T093000-00c0ffee.jsonl").touch()
    write_wav(calls / "20260302T093000-00c0ffee.wav", np.zeros(0, np.int16), 16_000)
    runner = CliRunner(env={"IVR_DATA_DIR": str(tmp_path)})
    played = runner.invoke(cli, ["calls", "play", "20260302T09"], standalone_mode=False)
    assert isinstance(played.exception, AudioError)
    assert "20260302T093000-00c0ffee.wav: holds no sound" in str(played.exception)
