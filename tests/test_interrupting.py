"""Ctrl-C in the middle of long work: what is finished is still reported, and the exit code is 130."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")

CALLS = Path(__file__).parent / "calls"
CTRL_C = "\x03"


@pytest.mark.parametrize(
    ("arguments", "begun", "told"),
    [
        (("crowd", "--callers", "1000000", "-j", "1"), "callers  [", "interrupted, the rest did not phone"),
        (("crowd", "--callers", "1000000", "-j", "2"), "callers  [", "interrupted, the rest did not phone"),
        (("explore",), "exploring  [#", "interrupted: "),
        (("mutate", "builtin", str(CALLS / "balance.call.yaml"), "-j", "1"), "changes  [", "interrupted after "),
    ],
    ids=["crowd", "crowd on two processes", "explore", "mutate"],
)
def test_what_is_finished_is_reported(tmp_path: Path, arguments: tuple[str, ...], begun: str, told: str) -> None:
    from tests.terminal import Terminal

    with Terminal(*arguments, data=tmp_path, columns=120) as terminal:
        terminal.expect(begun)  # the progress bar
        terminal.type(CTRL_C)
        assert terminal.ended() == 130
    assert told in terminal.text
    assert "Traceback" not in terminal.text


@pytest.mark.skipif(
    shutil.which("espeak-ng") is None and os.environ.get("CI") != "true",
    reason="espeak-ng is not installed: apt install espeak-ng",
)
def test_what_was_spoken_ahead_is_kept_and_the_rest_goes_on_from_there(tmp_path: Path) -> None:
    from tests.terminal import Terminal

    cache = tmp_path / "cache"
    render = ("prompts", "render", "--all", "--speaker", "espeak")
    with Terminal(*render, data=tmp_path, columns=120, env={"IVR_CACHE_DIR": str(cache)}) as terminal:
        terminal.expect("1%")
        terminal.type(CTRL_C)
        assert terminal.ended() == 130
    told = re.search(r"interrupted: (\d+) of (\d+) were spoken; the same command goes on from there", terminal.text)
    assert told is not None, terminal.text
    kept = sum(1 for file in (cache / "speech").rglob("*") if file.is_file())
    assert 0 < int(told[1]) < int(told[2])
    assert kept > 0
