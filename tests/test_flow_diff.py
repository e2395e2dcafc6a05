"""The difference of two hotlines, as callers would notice it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from ivr.commands.diff import diff
from ivr.errors import UsageError
from ivr.testing.broken_scripts import add_broken_scripts
from ivr.testing.flow_diff import Change, FlowDiff, flow_diff
from tests.explored_hotlines import NODES, PROMPTS, SECTIONS, choice, spoiled
from tests.sessions import builtin
from tests.small_documents import FLOW, write_documents
from tests.small_documents import PROMPTS as SMALL_PROMPTS

SCRIPT = """\
call: 再见
steps:
  - hears: main.offer
  - presses: "1"
  - hears: goodbye
ends: completed
"""


def changes(old: object, new: object, kind: str) -> list[Change]:
    return [change for change in flow_diff(old, new).changes if change.kind == kind]  # type: ignore[arg-type]


def test_a_hotline_does_not_differ_from_itself() -> None:
    assert flow_diff(builtin().hotline, builtin().hotline).same
    assert flow_diff(spoiled(), spoiled()).same


def test_a_longer_way_to_a_service_is_told_with_keys_and_time() -> None:
    more = {"number": {"entry": {"kind": "digits", "shortest": "8", "longest": "8", "never-starts-with": "0"}}}
    (change,) = changes(spoiled(), spoiled(more), "services")
    assert change.what == "balance 余额"
    assert change.old.startswith("7 keys, typically")
    assert change.new.startswith("9 keys, typically")


def test_a_longer_prompt_costs_time_on_the_way() -> None:
    found = flow_diff(spoiled(), spoiled(prompts={"main.offer": "您好，查询余额请按1。"})).changes
    assert [change.kind for change in found] == ["services", "services", "prompts"]  # the agent is a service as well
    assert found[2] == Change("prompts", "main.offer", "查询余额请按1。", "您好，查询余额请按1。")


def test_a_lost_service_is_told() -> None:
    (change,) = changes(spoiled(), spoiled(services={}), "services")
    assert (change.what, change.new) == ("balance 余额", "no service")


def test_a_key_that_changed_its_meaning_is_told_with_its_node() -> None:
    other = {**NODES["main"], "choices": {"balance": {"key": "1", "phrases": ["余额"], "to": "agent"}}}
    (key,) = changes(spoiled(), spoiled({"main": other}), "keys")
    assert key == Change("keys", "1", "> number", "> agent", ("main",))
    (phrase,) = changes(spoiled(), spoiled({"main": other}), "phrases")
    assert phrase == Change("phrases", "余额", "> number", "> agent", ("main",))


def test_a_new_key_meant_nothing_before() -> None:
    (key,) = changes(spoiled(), spoiled({"main": choice("bye")}), "keys")
    assert key == Change("keys", "5", "nothing", "> bye", ("main",))


def test_a_command_that_moved_is_told_once_for_all_nodes() -> None:
    moved = {"agent": {"key": "8", "phrases": ["人工"], "to": "agent"}}
    found = changes(spoiled(), spoiled(commands=moved), "keys")
    assert [(change.what, change.old, change.new) for change in found] == [
        ("0", "> agent", "nothing"),
        ("8", "nothing", "> agent"),
    ]
    assert all({"main", "number", "agent", "balance"} == set(change.nodes) for change in found)


def test_lost_and_new_nodes_and_routes_are_told() -> None:
    new = spoiled({"number": {"to": "extra"}, "extra": {"kind": "say", "prompt": "extra", "to": "identify"}})
    found = changes(spoiled(), new, "nodes")
    assert found == [Change("nodes", "extra", "", "say"), Change("nodes", "number, next", "> identify", "> extra")]
    assert Change("nodes", "extra", "say", "") in changes(new, spoiled(), "nodes")


def test_who_may_hear_a_prompt_is_part_of_it() -> None:
    (change,) = changes(spoiled(), spoiled(prompts={"balance.read": PROMPTS["balance.read"]["text"]}), "prompts")
    assert change.old.startswith("verified")
    assert change.new.startswith("anyone")


def test_what_is_said_on_a_mistake_is_part_of_a_node() -> None:
    found = changes(spoiled(), spoiled({"main": {"no-match": {"1": {"say": "main.again"}}}}), "prompts")
    assert Change("prompts", "main, no-match.1", "again", "main.again") in found


def test_patience_hours_and_guards_are_told() -> None:
    guards = {"verified": {"fact": "who.verified", "is": "no"}}
    profiles = {"standard": {"no-input": "9s", "inter-digit": "4s", "after-key": "0ms"}}
    found = changes(spoiled(), spoiled(guards=guards, profiles=profiles), "patience")
    assert [change.what for change in found] == ["profiles standard", "guards verified"]
    assert SECTIONS["guards"] != guards


def write_two(folder: Path, new_flow: str = FLOW, new_prompts: str = SMALL_PROMPTS) -> tuple[str, str]:
    old = write_documents(folder / "old")
    new = write_documents(folder / "new", flow=new_flow, prompts=new_prompts)
    (folder / "bye.call.yaml").write_text(SCRIPT, encoding="utf-8")
    return str(old), str(new)


def run_diff(*arguments: str) -> Result:
    return CliRunner().invoke(diff, arguments)


def test_the_command_says_nothing_changed(tmp_path: Path) -> None:
    result = run_diff(*write_two(tmp_path))
    assert (result.exit_code, result.output) == (0, "nothing changed for callers\n")


def test_the_built_in_hotline_is_named_by_a_word() -> None:
    result = CliRunner().invoke(diff, ["builtin", "builtin"])
    assert (result.exit_code, result.output) == (0, "nothing changed for callers\n")


def test_scripts_that_break_are_named(tmp_path: Path) -> None:
    old, new = write_two(tmp_path, FLOW.replace("key: 1", "key: 3"), SMALL_PROMPTS.replace("按1", "按3"))
    result = run_diff(old, new, "--scripts", str(tmp_path / "bye.call.yaml"))
    assert result.exit_code == 1
    assert "call scripts that break (1):" in result.output
    assert "bye.call.yaml: 再见" in result.output
    assert "keys whose meaning changed (2):" in result.output


def test_scripts_that_failed_before_did_not_break(tmp_path: Path) -> None:
    write_two(tmp_path)
    found = FlowDiff()
    add_broken_scripts(found, spoiled(), spoiled(), [tmp_path / "bye.call.yaml"])
    assert found == FlowDiff()


def test_scripts_that_cannot_be_read_are_told_beside_what_changed(tmp_path: Path) -> None:
    old, new = write_two(tmp_path, FLOW.replace("key: 1", "key: 3"), SMALL_PROMPTS.replace("按1", "按3"))
    wrong = tmp_path / "wrong.call.yaml"
    wrong.write_text(SCRIPT.replace("hears: goodbye", "heers: goodbye"), encoding="utf-8")
    result = run_diff(old, new, "--scripts", str(tmp_path))
    assert result.exit_code == 2
    assert "keys whose meaning changed (2):" in result.stdout
    assert "call scripts that break (1):" in result.stdout
    assert f"{wrong}:5: " in result.stderr
    data = json.loads(run_diff(old, new, "--scripts", str(wrong), "--json").stdout)
    assert data["changes"]
    assert "wrong.call.yaml:5: " in data["problems"][0]
    unsure = run_diff(old, old, "--scripts", str(wrong))
    assert (unsure.exit_code, unsure.stdout) == (2, "nothing changed for callers, as far as it was compared\n")
    assert not json.loads(run_diff(old, old, "--scripts", str(wrong), "--json").stdout)["same"]


def test_a_folder_without_scripts_is_told_before_anything_is_compared(tmp_path: Path) -> None:
    result = run_diff(*write_two(tmp_path), "--scripts", str(tmp_path / "old"))
    assert isinstance(result.exception, UsageError)
    assert "no call scripts here" in str(result.exception)


def interrupt(_: object) -> None:
    raise KeyboardInterrupt


def test_what_was_compared_before_ctrl_c_is_told(tmp_path: Path) -> None:
    found = flow_diff(spoiled(), spoiled(prompts={"main.offer": "您好，查询余额请按1。"}), interrupt)
    assert found.interrupted
    assert [change.kind for change in found.changes] == ["prompts"]
    write_two(tmp_path)
    add_broken_scripts(later := FlowDiff(), spoiled(), spoiled(), [tmp_path / "bye.call.yaml"], interrupt)
    assert later.interrupted


def test_json_and_markdown(tmp_path: Path) -> None:
    two = write_two(tmp_path, new_prompts=SMALL_PROMPTS.replace("结束请按1", "要结束|请按1"))
    data = json.loads(run_diff(*two, "--json").output)
    assert not data["same"]
    assert data["changes"][0]["kind"] == "prompts"
    markdown = run_diff(*two, "--markdown").output
    assert "## Prompts that changed" in markdown
    assert "要结束\\|请按1" in markdown
    both = run_diff(*two, "--json", "--markdown")
    assert isinstance(both.exception, UsageError)


def test_a_wrong_document_cannot_be_compared(tmp_path: Path) -> None:
    old, new = write_two(tmp_path, new_flow="hotline: x\n")
    result = run_diff(old, new)
    assert isinstance(result.exception, UsageError)
    assert "'nodes' is missing" in str(result.exception)
