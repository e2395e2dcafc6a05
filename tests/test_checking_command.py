"""``ivr check`` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from faulty_hotlines import BASE, changed_base

from ivr.commands.check import check
from ivr.errors import DocumentError, UsageError

HASTY = {"at": ["nodes", "main", "timing"], "set": {"no-input": "2s"}}
LOST = {"at": ["nodes", "main.lost"], "set": {"kind": "say", "prompt": "trouble", "to": "goodbye"}}
SLOWER = [
    {"at": ["profiles", "senior", "characters-a-minute"], "set": "180"},
    {"at": ["waivers"], "set": [{"rule": "senior-pace", "reason": "measured with our own callers"}]},
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(check, [str(argument) for argument in arguments], standalone_mode=False)


def test_a_right_hotline_passes() -> None:
    result = run(BASE, "--strict")
    assert (result.exit_code, result.output) == (0, "passed: 0 errors, 0 warnings, 0 advice, 0 waived\n")


def test_an_error_fails_and_names_its_place(tmp_path: Path) -> None:
    changed_base(tmp_path, [LOST])
    result = run(tmp_path)
    assert result.exit_code == 1
    heading, finding, summary = result.output.splitlines()
    assert heading == "1 error:"
    assert finding.startswith(f"  {tmp_path / 'flow.yaml'}:")
    assert finding.endswith("no call can reach main.lost; lead an edge to it, or remove it [unreachable]")
    assert summary == "failed: 1 error, 0 warnings, 0 advice, 0 waived"


def test_a_warning_fails_only_when_strict(tmp_path: Path) -> None:
    changed_base(tmp_path, [HASTY])
    assert run(tmp_path).exit_code == 0
    assert run(tmp_path, "--strict").exit_code == 1


def test_waived_findings_are_shown_with_their_reason(tmp_path: Path) -> None:
    changed_base(tmp_path, SLOWER)
    result = run(tmp_path, "--strict")
    assert result.exit_code == 0
    assert "because: measured with our own callers" in result.output
    assert "1 waived" in result.output


def test_json_has_everything(tmp_path: Path) -> None:
    changed_base(tmp_path, [HASTY, *SLOWER])
    data = json.loads(run(tmp_path, "--json", "--strict").output)
    assert data["passed"] is False
    hasty, slow = data["findings"]
    assert hasty["rule"] == "no-input-time"
    assert hasty["severity"] == "warning"
    assert hasty["node"] == "main"
    assert hasty["line"] > 0
    assert hasty["waived_because"] == ""
    assert slow["waived_because"] == "measured with our own callers"


def test_one_rule_can_be_checked_alone(tmp_path: Path) -> None:
    changed_base(tmp_path, [HASTY, LOST])
    assert run(tmp_path, "--rule", "no-input-time").exit_code == 0
    assert run(tmp_path, "--rule", "no-input-time", "--rule", "unreachable").exit_code == 1


@pytest.mark.parametrize("option", ["--rule", "--explain"])
def test_a_misspelt_rule_is_a_usage_error(option: str) -> None:
    with pytest.raises(UsageError, match="did you mean dead-end"):
        raise run(BASE, option, "ded-end").exception or AssertionError("no exception")


def test_an_unheard_of_rule_lists_the_rules() -> None:
    with pytest.raises(UsageError, match=r"the rules are: .*unreachable"):
        raise run(BASE, "--explain", "xyz").exception or AssertionError("no exception")


def test_explain_says_what_a_rule_is_for() -> None:
    output = run("--explain", "too-many-options").output
    assert "can be waived with a reason" in output
    assert "at most 5 options" in output
    assert "cannot be waived" in run("--explain", "dead-end").output
    assert json.loads(run("--explain", "dead-end", "--json").output)["waivable"] is False


def test_a_broken_document_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text("hotline: [", encoding="utf-8")
    assert isinstance(run(tmp_path).exception, DocumentError)


def test_the_built_in_hotline_has_no_errors() -> None:
    assert run().exit_code == 0
