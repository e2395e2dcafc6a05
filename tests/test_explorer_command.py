"""``ivr explore``: reports, exit codes, counter-examples in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import run
from ivr.commands.explore import explore
from ivr.errors import UsageError
from ivr.hotlines import open_hotline
from ivr.session.exchange import Exchange
from ivr.testing.script_loading import load_script
from ivr.testing.script_runner import run_script
from tests.small_documents import FLOW, write_documents

LISTENS_FOR_EVER = FLOW.replace("exhausted: goodbye", "exhausted: main")


def run_explore(*arguments: object) -> Result:
    return CliRunner().invoke(explore, [str(argument) for argument in arguments])


def test_a_hotline_without_an_agent_is_refuted_and_all_else_is_proved(tmp_path: Path) -> None:
    result = run_explore(write_documents(tmp_path))
    assert result.exit_code == 1
    assert "✗ refuted agent-in-one-key" in result.output
    assert result.output.count("✓ proved") == 11
    assert "within this bound:" in result.output


def test_everything_proved_is_exit_code_0(tmp_path: Path) -> None:
    agent = "  agent: {kind: transfer, queue: a, talked: goodbye, busy: goodbye, no-answer: goodbye}\n"
    flow = FLOW.replace("      bye:", "      agent: {key: 0, to: agent}\n      bye:") + agent
    result = run_explore(write_documents(tmp_path, flow=flow))
    assert result.exit_code == 0, result.output
    assert result.output.endswith("12 proved\n")


def test_json_names_each_property_and_its_violations(tmp_path: Path) -> None:
    data = json.loads(run_explore(write_documents(tmp_path, flow=LISTENS_FOR_EVER), "--json").output)
    assert not data["holds"]
    assert data["complete"]
    refuted = {one["id"]: one["violations"] for one in data["properties"] if one["outcome"] == "refuted"}
    assert "silence-ends" in refuted
    assert refuted["silence-ends"][0]["after"].count("stays silent") == 3


def test_counter_examples_are_written_as_scripts_that_run(tmp_path: Path) -> None:
    flow = write_documents(tmp_path, flow=LISTENS_FOR_EVER)
    result = run_explore(flow, "--out", tmp_path / "found")
    assert "see " in result.output
    written = sorted((tmp_path / "found").glob("*.call.yaml"))
    assert {file.name.split(".")[0] for file in written} >= {"silence-ends", "agent-in-one-key"}
    for file in written:
        (script,) = load_script(file)
        assert run_script(Exchange(open_hotline(flow)), script).passed
        assert file.read_text(encoding="utf-8").startswith("# Refutes ")


def test_a_search_that_stops_early_is_no_proof(tmp_path: Path) -> None:
    result = run_explore(write_documents(tmp_path), "--max-states", 1)
    assert result.exit_code == 1
    assert "raise --max-states" in result.output
    assert "? open" in result.output


def test_races_and_costs_of_a_small_hotline(tmp_path: Path) -> None:
    flow = write_documents(tmp_path)
    races = run_explore(flow, "--races")
    assert races.exit_code == 0
    assert races.output.endswith("0 without a defined and stable outcome\n")
    assert json.loads(run_explore(flow, "--races", "--json").output)[0]["defined"]
    assert run_explore(flow, "--costs").exit_code == 0


@pytest.mark.parametrize(
    ("flow", "options", "told"),
    [
        (FLOW, ["--costs", "--races"], "two different reports"),
        ("hotline: x\n", [], "'nodes' is missing"),
        (FLOW.replace("to: goodbye}", "to: nowhere}"), [], "no calls can be made"),
        (FLOW + "properties:\n  mine: whatever\n", [], f"flow.yaml:{len(FLOW.splitlines()) + 2}: property mine"),
        (FLOW + "properties: {mine: 'never: main.ofer before x'}\n", [], "did you mean main.offer?"),
        (FLOW + "properties: {mine: 'always: mainn within 2 keys from anywhere'}\n", [], "mainn, which is not a node"),
    ],
)
def test_what_cannot_be_explored_is_a_clear_error(tmp_path: Path, flow: str, options: list[str], told: str) -> None:
    result = run_explore(write_documents(tmp_path, flow=flow), *options)
    assert isinstance(result.exception, UsageError)
    assert told in str(result.exception)


def test_a_counter_example_is_no_longer_than_it_must_be_and_finds_its_hotline(tmp_path: Path) -> None:
    """One key is enough, although the greeting before it could be interrupted as well."""
    assert run(["new", str(tmp_path / "mine")]) == 0
    with (tmp_path / "mine" / "flow.yaml").open("a", encoding="utf-8") as flow:
        flow.write("properties:\n  mine: 'never: hours before verified'\n")
    result = run_explore(tmp_path / "mine", "--max-states", "30", "--out", tmp_path / "found")
    assert result.exit_code == 1
    script = (tmp_path / "found" / "properties.mine.1.call.yaml").read_text(encoding="utf-8")
    assert script.count("- presses:") == 1
    assert "flow: ../mine" in script
    assert run(["test", str(tmp_path / "found")]) == 0


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run_explore(write_documents(tmp_path), "--out", tmp_path / "file")
    assert isinstance(result.exception, UsageError)
