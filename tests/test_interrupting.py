"""Ctrl-C in the middle of long work: what is finished is still reported, and the exit code is 130."""

from __future__ import annotations

import os
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
