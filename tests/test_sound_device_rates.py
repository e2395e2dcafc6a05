"""Sound cards that do not run at a call's rate: each end has its own, and both are converted."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("microphone", "loudspeaker"), [(44_100, 48_000), (48_000, 44_100), (8_000, 16_000), (96_000, 22_050)]
)
def test_keys_pass_through_a_card_of_other_rates(microphone: int, loudspeaker: int) -> None:
    command = [sys.executable, "-m", "tests.card_of_other_rates", str(microphone), str(loudspeaker)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["caller"], found["hotline"]) == ("1590", "*#")
