"""The JSON Schema says what loading accepts: to programs, and to editors that read YAML's numbers and booleans."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from small_documents import FLOW, PROMPTS

from ivr import settings
from ivr.callflow.loading import BUILTIN_HOTLINE
from ivr.callflow.schema import Part, json_schema
from ivr.callflow.yaml_source import parse_yaml, read_yaml
from ivr.commands.schema import schema as schema_command

BUILTIN = [
    *(
        (file, "flow" if file == BUILTIN_HOTLINE else "include")
        for file in sorted(BUILTIN_HOTLINE.parent.glob("*.yaml"))
    ),
    *((file, "prompts") for file in sorted(settings.shipped("prompts").glob("*.yaml"))),
]


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: numbers and true/false are values of their own; keys are text."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in [
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?[0-9]*[.][0-9]+$", "-+.0123456789"),
    ("tag:yaml.org,2002:bool", r"^(true|false)$", "tf"),
]:
    EditorLoader.add_implicit_resolver(tag, re.compile(pattern), list(first))


def with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): with_text_keys(inner) for key, inner in value.items()}
    return [with_text_keys(item) for item in value] if isinstance(value, list) else value


def errors(part: Part, data: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(part).iter_errors(data)]


@functools.cache
def validator(part: Part) -> Any:
    return jsonschema.Draft202012Validator(json_schema(part))


@pytest.mark.parametrize("part", ["flow", "include", "prompts"])
def test_it_is_a_schema_of_the_draft_it_names(part: Part) -> None:
    schema = json_schema(part)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


def test_there_are_built_in_documents_to_try() -> None:
    assert {part for _, part in BUILTIN} == {"flow", "include", "prompts"}


@pytest.mark.parametrize(("file", "part"), BUILTIN, ids=lambda value: getattr(value, "name", value))
def test_the_built_in_documents_are_right_as_text_and_as_an_editor_reads_them(file: Path, part: Part) -> None:
    assert errors(part, read_yaml(file).data) == []
    assert errors(part, with_text_keys(yaml.load(file.read_text("utf-8"), EditorLoader))) == []  # noqa: S506 - a SafeLoader


@pytest.mark.parametrize(
    "mistake",
    [
        ("kind: menu", "kind: meun"),
        ("start: main", "begin: main"),
        ("no-input: 8s", "no_input: 8s"),
        ("no-input: 8s", "no-input: 8"),
        ("key: 1,", "key: 12,"),
        ("key: 1,", "keys: 1,"),
        ("  goodbye:", "  Goodbye:"),
        ("kind: hangup", "kind: hangup\n    disposition: done"),
        ("title: 小热线\n", ""),
        ("  standard: {no-input: 8s, inter-digit: 4s}", "  {}"),
    ],
)
def test_it_finds_what_loading_finds(mistake: tuple[str, str]) -> None:
    assert errors("flow", parse_yaml(FLOW.encode(), "f").data) == []
    wrong = FLOW.replace(*mistake, 1)
    assert wrong != FLOW
    assert errors("flow", parse_yaml(wrong.encode(), "f").data)
    assert errors("flow", with_text_keys(yaml.load(wrong, EditorLoader)))  # noqa: S506 - a SafeLoader


@pytest.mark.parametrize(
    ("prompt", "right"),
    [
        ("再见。", True),
        (12333, True),
        ({"text": "再见。", "barge-in": True, "heard-by": "verified"}, True),
        ({"text": "再见。", "barge-in": "after 3s"}, True),
        ({"text": "再见。", "barge-in": "perhaps"}, False),
        ({"txt": "再见。"}, False),
        (["再见。"], False),
    ],
)
def test_a_prompt_is_a_text_or_a_mapping(prompt: object, right: bool) -> None:
    assert errors("prompts", parse_yaml(PROMPTS.encode(), "p").data) == []
    assert (errors("prompts", {"prompts": {"a": prompt}}) == []) is right


def test_one_item_may_stand_for_a_list_of_one() -> None:
    for phrases in ("再见", ["再见", "挂了"]):
        assert errors("include", {"commands": {"quit": {"phrases": phrases, "to": "goodbye"}}}) == []
    for prompt in ("a", ["a", {"say": "b", "when": "not c"}], {"say": "a"}):
        assert errors("include", {"nodes": {"x": {"kind": "say", "prompt": prompt, "to": "x"}}}) == []
    assert errors("include", {"nodes": {"x": {"kind": "say", "prompt": {"sai": "a"}, "to": "x"}}})


def test_fields_carry_their_description_and_inherited_ones_too() -> None:
    schema = json_schema()
    assert "before" in schema["properties"]["properties"]["description"]
    menu = schema["$defs"]["Menu"]["properties"]
    assert "comes back" in menu["again"]["description"]
    assert "\n" not in json.dumps([field.get("description", "") for field in menu.values()])


def test_the_command_prints_it_or_writes_it(tmp_path: Path) -> None:
    runner = CliRunner()
    assert json.loads(runner.invoke(schema_command, []).output) == json_schema("flow")
    assert json.loads(runner.invoke(schema_command, ["--prompts"]).output) == json_schema("prompts")
    file = tmp_path / "s.json"
    assert runner.invoke(schema_command, ["--include", "-o", str(file)]).output == ""
    assert json.loads(file.read_text("utf-8")) == json_schema("include")
    failed = runner.invoke(schema_command, ["-o", str(tmp_path / "none" / "s.json")])
    assert "cannot be written" in str(failed.exception)
