"""The check of a large hotline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from faulty_hotlines import BASE, read_document

from ivr.callflow.checking import check
from ivr.callflow.document import FlowDocument, PromptCatalogue
from ivr.callflow.hotline import Hotline, Place


def large_hotline(number_of_nodes: int) -> Hotline:
    """The base hotline with its main branch repeated, one copy leading into the next."""
    flow = json.loads(json.dumps(read_document(BASE / "flow.yaml")))
    branch = {name: node for name, node in flow["nodes"].items() if name.split(".")[0] == "main"}
    copies = number_of_nodes // len(branch)
    for number in range(copies):
        flow["nodes"] |= {_renamed(name, branch, number): _moved(node, branch, number) for name, node in branch.items()}
    for number in range(-1, copies - 1):
        here = "main" if number < 0 else f"m{number}"
        flow["nodes"][here]["choices"]["message"]["to"] = f"m{number + 1}"
    for number in range(copies - 1):  # the messages of all copies but the last are left for by silence
        flow["nodes"][f"m{number}"]["exhausted"] = f"m{number}.message"
    flow["nodes"]["main"]["exhausted"] = "main.message"
    prompts = PromptCatalogue.model_validate(read_document(BASE / "prompts.yaml")).prompts
    return Hotline(FlowDocument.model_validate(flow), prompts, Path("large"), {(): Place("large/flow.yaml", 1)})


def _renamed(name: str, branch: dict[str, Any], number: int) -> str:
    return f"m{number}{name.removeprefix('main')}" if name in branch else name


def _moved(part: Any, branch: dict[str, Any], number: int) -> Any:
    if isinstance(part, dict):
        return {
            key: value if key in ("prompt", "again") else _moved(value, branch, number) for key, value in part.items()
        }
    if isinstance(part, list):
        return [_moved(item, branch, number) for item in part]
    return _renamed(part, branch, number) if isinstance(part, str) else part


@pytest.mark.parametrize("size", [1_000, 10_000])
def test_a_large_hotline_is_checked_like_a_small_one(size: int) -> None:
    """That it is quick is measured by ``make bench``."""
    hotline = large_hotline(size)
    assert len(hotline.flow.nodes) >= size
    assert {finding.rule for finding in check(hotline)} == {"too-deep"}
