"""Every rule finds its faults, and only its own; every fault of the corpus is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulty_hotlines import BASE, Fault, changed_base, faults

from ivr.callflow.check_rules import RULES
from ivr.callflow.checking import check
from ivr.callflow.loading import load_hotline

FAULTS = faults()


def open_findings(folder: Path, changes: list[dict[str, object]]) -> list[str]:
    findings = check(changed_base(folder, changes))
    return [str(finding.problem) for finding in findings if not finding.waived_because]


def test_the_base_is_without_fault() -> None:
    assert check(load_hotline(BASE, BASE)) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_and_nothing_else(fault: Fault, tmp_path: Path) -> None:
    found = [f for f in check(changed_base(tmp_path, fault.change)) if not f.waived_because]
    assert {finding.rule for finding in found} == {fault.finds}, [str(finding.problem) for finding in found]
    for finding in found:
        assert finding.problem.rule == fault.finds
        assert finding.problem.line > 0
        assert Path(finding.problem.file).parent == tmp_path
        assert finding.problem.what
        assert finding.problem.remedy


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.passes], ids=lambda fault: fault.name)
def test_a_similar_hotline_without_the_fault_passes(fault: Fault, tmp_path: Path) -> None:
    found = check(changed_base(tmp_path, fault.passes))
    assert [
        str(finding.problem) for finding in found if finding.rule == fault.finds and not finding.waived_because
    ] == []


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_has_a_failing_example(rule_id: str) -> None:
    assert any(fault.finds == rule_id for fault in FAULTS), f"add a file with 'finds: {rule_id}' to tests/faulty"


def test_the_corpus_is_large_enough() -> None:
    assert len(FAULTS) >= 40


def test_every_fault_names_a_rule() -> None:
    assert {fault.finds for fault in FAULTS} <= set(RULES)
