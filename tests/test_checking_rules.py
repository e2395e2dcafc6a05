"""The registry of rules, its documentation, waivers, and what fails a check."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_hotlines import changed_base

from ivr.callflow.check_rules import RULES, SEVERITIES, rule
from ivr.callflow.checking import Finding, check, counts
from ivr.errors import Problem

DOCUMENTATION = Path(__file__).parents[1] / "docs" / "rules.md"
SLOW_SENIORS = {"at": ["profiles", "senior", "characters-a-minute"], "set": "180"}


def waive(**waiver: str) -> dict[str, object]:
    return {"at": ["waivers"], "set": [{"reason": "measured with our own callers", **waiver}]}


def test_code_and_documentation_list_the_same_rules() -> None:
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]
        for line in DOCUMENTATION.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    listed = {
        rule.id: [rule.severity, "yes" if rule.waivable else "no", rule.title, rule.source, rule.remedy]
        for rule in RULES.values()
    }
    assert {row[0]: row[1:] for row in rows} == listed
    assert len(rows) == len(listed)


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_is_named_and_explained(rule_id: str) -> None:
    entry = RULES[rule_id]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule_id)
    assert entry.severity in SEVERITIES
    assert entry.title
    assert entry.source
    assert entry.remedy


def test_two_rules_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="two rules are called dead-end"):
        rule("dead-end", "error", "", "")(lambda _subject: iter(()))


def test_a_waived_finding_keeps_its_reason_and_fails_nothing(tmp_path: Path) -> None:
    [finding] = check(changed_base(tmp_path, [SLOW_SENIORS, waive(rule="senior-pace")]))
    assert finding.rule == "senior-pace"
    assert finding.waived_because == "measured with our own callers"
    assert not counts(finding, strict=True)


def test_a_waiver_for_one_node_leaves_the_others(tmp_path: Path) -> None:
    hasty = [{"at": ["nodes", node, "timing"], "set": {"no-input": "2s"}} for node in ("main", "survey")]
    findings = check(changed_base(tmp_path, [*hasty, waive(rule="no-input-time", node="main")]))
    assert {finding.node: bool(finding.waived_because) for finding in findings} == {"main": True, "survey": False}


def test_a_waiver_for_one_prompt_leaves_the_others(tmp_path: Path) -> None:
    swapped = [
        {"in": "prompts", "at": ["prompts", prompt], "set": "人工请按0，留言请按2，查询余额请按1。"}
        for prompt in ("main.offer", "main.again")
    ]
    findings = check(changed_base(tmp_path, [*swapped, waive(rule="keys-not-ascending", prompt="main.again")]))
    assert {finding.prompt: bool(finding.waived_because) for finding in findings} == {
        "main.offer": False,
        "main.again": True,
    }


def test_an_error_of_the_machine_cannot_be_waived(tmp_path: Path) -> None:
    lost = {"at": ["nodes", "main.lost"], "set": {"kind": "say", "prompt": "trouble", "to": "goodbye"}}
    findings = check(changed_base(tmp_path, [lost, waive(rule="unreachable")]))
    assert {finding.rule for finding in findings} == {"unreachable", "waiver-refused"}
    assert all(counts(finding) for finding in findings)


def test_only_the_rules_asked_for_are_checked(tmp_path: Path) -> None:
    hotline = changed_base(tmp_path, [SLOW_SENIORS, {"at": ["nodes", "goodbye", "prompt"], "set": "good-bye"}])
    assert {finding.rule for finding in check(hotline)} == {"senior-pace", "unknown-prompt"}
    assert [finding.rule for finding in check(hotline, ["senior-pace"])] == ["senior-pace"]
    with pytest.raises(KeyError):
        check(hotline, ["no-such-rule"])


def test_a_waiver_of_a_rule_that_was_not_asked_for_is_not_called_idle(tmp_path: Path) -> None:
    hotline = changed_base(tmp_path, [waive(rule="too-deep")])
    assert [finding.rule for finding in check(hotline)] == ["waiver-unused"]
    assert check(hotline, ["dead-end"]) == []
    assert [finding.rule for finding in check(hotline, ["too-deep", "waiver-unused"])] == ["waiver-unused"]


def test_errors_come_first_then_the_order_of_the_documents(tmp_path: Path) -> None:
    changes = [
        SLOW_SENIORS,
        {"at": ["nodes", "goodbye", "prompt"], "set": "good-bye"},
        {"at": ["nodes", "main", "timing"], "set": {"no-input": "2s"}},
        {"at": ["start"], "set": "greting"},
    ]
    findings = check(changed_base(tmp_path, changes))
    assert [finding.rule for finding in findings] == [
        "unknown-target",
        "unknown-prompt",
        "no-input-time",
        "senior-pace",
    ]


@pytest.mark.parametrize(
    ("severity", "fails", "fails_strictly"), [("error", True, True), ("warning", False, True), ("advice", False, False)]
)
def test_what_fails_a_check(severity: str, fails: bool, fails_strictly: bool) -> None:
    finding = Finding("some-rule", severity, Problem("flow.yaml", 1, "is wrong"))  # type: ignore[arg-type]  # one of the three
    assert counts(finding) is fails
    assert counts(finding, strict=True) is fails_strictly
    assert not counts(replace(finding, waived_because="measured with our own callers"), strict=True)
