"""The JSON Schema of call scripts: what editors say agrees with what ``ivr test`` says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ivr.cli import run
from ivr.testing.script_schema import script_schema

CALLS = Path(__file__).parent / "calls"
PLAIN = [file for file in sorted(CALLS.glob("*.call.yaml")) if "${" not in file.read_text(encoding="utf-8")]


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--script"]) == 0
    assert json.loads(capsys.readouterr().out) == script_schema()


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(script_schema())


@pytest.mark.parametrize("file", PLAIN, ids=lambda file: file.name)
def test_our_own_scripts_are_right_by_it(file: Path) -> None:
    jsonschema.validate(yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader), script_schema())  # noqa: S506


def test_there_are_scripts_to_try_it_on() -> None:
    assert len(PLAIN) > 20


@pytest.mark.parametrize(
    "step",
    [
        {"hear": "main.offer"},
        {"hears": "main.offer", "withn": "3s"},
        {"hears": {"anyof": ["main.offer"]}},
        {"presses": "1", "pace": "fast"},
        {"stays silent": "a while"},
        {"says": "你好", "confidence": 3},
        "presses",
    ],
)
def test_a_wrong_step_is_wrong_by_it(step: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"call": "a", "steps": [step]}, script_schema())


def test_fields_are_described() -> None:
    schema = script_schema()
    assert schema["$defs"]["Typed"]["properties"]["card of"]["description"].startswith("The card number")
    assert schema["properties"]["ends"]["description"] == "The disposition."
