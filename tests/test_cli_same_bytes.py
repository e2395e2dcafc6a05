"""The same piped input gives the same bytes, however often: a piped call spends nobody's tries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

WRONG_THREE_TIMES = "1\n1\n" + "990000199003070013#\n000000\n" * 3


def ivr(*arguments: str, data: Path, typed: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "IVR_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "ivr", "call", *arguments]
    return subprocess.run(command, input=typed, env=environment, capture_output=True, encoding="utf-8", timeout=60)


def test_a_piped_call_changes_nothing_in_the_accounts(tmp_path: Path) -> None:
    outcomes = [ivr(data=tmp_path, typed=WRONG_THREE_TIMES) for _ in range(4)]
    assert len({outcome.stdout for outcome in outcomes}) == 1


def test_a_piped_call_to_a_named_database_counts(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'accounts.db'}"
    outcomes = [ivr("--database", url, data=tmp_path, typed=WRONG_THREE_TIMES) for _ in range(3)]
    assert outcomes[0].stdout == outcomes[1].stdout
    assert outcomes[2].stdout != outcomes[1].stdout, "the number was not locked after six wrong tries"
