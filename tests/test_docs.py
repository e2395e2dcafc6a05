"""What the documents say about writing a hotline is true: their examples load, pass the check and take calls."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from ivr.accounts.repository import Question
from ivr.callflow.checking import check
from ivr.hotlines import open_hotline

DOCS = Path(__file__).resolve().parent.parent / "docs"


def first_block(name: str, language: str) -> str:
    match = re.search(rf"^```{language}\n(.*?)^```$", (DOCS / name).read_text(encoding="utf-8"), re.M | re.S)
    assert match is not None
    return match[1]


def test_the_hotline_of_the_documents_passes_the_check(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(first_block("flow.md", "yaml"), encoding="utf-8")
    (tmp_path / "prompts.yaml").write_text(first_block("prompts.md", "yaml"), encoding="utf-8")
    findings = check(open_hotline(tmp_path))
    assert [str(finding.problem) for finding in findings if not finding.waived_because] == []


def test_the_backend_of_the_documents_answers() -> None:
    scope: dict[str, type] = {}
    exec(first_block("backend.md", "python"), scope)  # noqa: S102 - our own document
    question = Question("opening-hours", {}, datetime(2026, 3, 2, 9, 30))
    assert scope["OpeningHours"]().answer(question) == {"office.open": True}


def test_every_kind_of_node_and_slot_is_documented() -> None:
    from typing import get_args

    from ivr.callflow.nodes import AnyNode
    from ivr.callflow.values import SlotType

    flow, prompts = (DOCS / "flow.md").read_text(encoding="utf-8"), (DOCS / "prompts.md").read_text(encoding="utf-8")
    for kind in get_args(get_args(AnyNode)[0]):
        (name,) = get_args(kind.model_fields["kind"].annotation)
        assert f"| `{name}` |" in flow
    for slot in get_args(SlotType):
        assert f"`{slot}`" in prompts
