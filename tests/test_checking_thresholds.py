"""Service levels that a document promises itself fail its check."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.commands.check import check
from ivr.commands.new import new


@pytest.mark.parametrize(
    ("promise", "exit_code", "said"),
    [("typical: 1s", 1, "threshold-broken"), ("keys: '0'", 1, "threshold-broken"), ("typical: 60s", 0, "0 errors")],
)
def test_a_threshold_fails_the_check(tmp_path: Path, promise: str, exit_code: int, said: str) -> None:
    folder = tmp_path / "mine"
    assert CliRunner().invoke(new, [str(folder)]).exit_code == 0
    with (folder / "flow.yaml").open("a", encoding="utf-8") as flow:
        flow.write(f"thresholds:\n  - {{node: agent, {promise}}}\n")
    outcome = CliRunner().invoke(check, [str(folder)])
    assert (outcome.exit_code, said in outcome.output) == (exit_code, True), outcome.output
