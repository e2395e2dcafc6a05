"""Mutation testing: which wrong changes are made, and whether call scripts notice them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import cli, run
from ivr.hotlines import open_hotline
from ivr.testing.mutation_run import MutationRun, chosen_numbers, try_all
from ivr.testing.mutations import KINDS, mutations
from tests.sessions import BYE, hotline

FLOW = """\
hotline: small
title: 小热线
prompts: prompts.yaml
start: main
profiles:
  standard: {no-input: 8s, inter-digit: 4s}
nodes:
  main:
    kind: menu
    prompt: main.offer
    no-input:
      "1": {say: sorry}
    no-match:
      "1": {say: sorry}
    choices:
      news: {key: "1", phrases: [消息], to: main.news}
      bye: {key: "2", phrases: [再见], to: goodbye}
    exhausted: goodbye
  main.news:
    kind: say
    prompt: news
    to: main
  goodbye:
    kind: hangup
    prompt: goodbye
"""
PROMPTS = """\
prompts:
  main.offer: 消息请按1，结束请按2。
  news: 没有消息。
  sorry: 请再按一次。
  goodbye: {text: 再见。, barge-in: no}
"""
NEWS = """\
call: news and goodbye
steps:
  - hears: main.offer
  - presses: "1"
  - hears: [news, main.offer]
  - presses: "2"
  - hears: goodbye
"""
WRONG = """\
call: a wrong key
steps:
  - hears: main.offer
  - presses: "7"
  - hears: sorry
  - hangs up
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "prompts.yaml").write_text(PROMPTS, encoding="utf-8")
    (tmp_path / "news.call.yaml").write_text(NEWS, encoding="utf-8")
    return tmp_path


def trials(folder: Path, workers: int = 1):
    files = sorted(folder.glob("*.call.yaml"))
    mutation_run = MutationRun(str(folder), files)
    numbers = range(len(mutation_run.mutations))
    return {trial.mutation.what: trial for trial in try_all(mutation_run, str(folder), files, numbers, workers=workers)}


def test_swapped_keys_are_noticed_by_the_script_that_presses_them(folder):
    trial = trials(folder)["main: keys 1 and 2 swapped"]
    assert trial.verdict == "noticed"
    assert trial.by == "news and goodbye"


def test_a_handler_that_no_script_comes_by_is_listed_with_its_place(folder):
    trial = trials(folder)["main: handler no-match.1 removed"]
    assert trial.verdict == "not-covered"
    assert Path(trial.mutation.place.file).name == "flow.yaml"
    assert "no-match" in FLOW.splitlines()[trial.mutation.place.line - 2]


def test_a_new_script_makes_it_noticed(folder):
    (folder / "wrong.call.yaml").write_text(WRONG, encoding="utf-8")
    trial = trials(folder)["main: handler no-match.1 removed"]
    assert (trial.verdict, trial.by, trial.scripts) == ("noticed", "a wrong key", 1)


def test_two_processes_find_the_same(folder):
    assert trials(folder, workers=2) == trials(folder, workers=1)


def test_each_mutant_of_the_built_in_hotline_differs_from_it():
    built_in = open_hotline(None)
    found = mutations(built_in)
    assert {mutation.kind for mutation in found} == set(KINDS)
    for mutation in found:
        assert mutation.apply(built_in.flow) != built_in.flow, mutation.what
        assert mutation.place.line, mutation.what


def test_what_provably_changes_nothing_is_left_out():
    same = {"kind": "menu", "prompt": "offer", "exhausted": "bye", "no-match": {"1": {}, "9": {"say": "never"}},
            "choices": {"a": {"key": "1", "to": "bye"}, "b": {"key": "2", "to": "bye"}}}  # fmt: skip
    found = [one.what for one in mutations(hotline({"main": same, "bye": BYE}))]
    assert not [what for what in found if "swapped" in what or "no-match" in what]


PATIENT = {
    "main": {"kind": "menu", "prompt": "offer", "help": "advice", "exhausted": "bye", "timing": {"no-input": "20s"},
             "choices": {"a": {"key": "1", "to": "bye"}}},
    "bye": BYE,
}  # fmt: skip
COMMANDS = {"help": {"key": "5", "phrases": ["帮助"], "do": "help"}, "exit": {"key": "0", "to": "bye"}}


def whats(nodes, **sections) -> list[str]:
    return [one.what for one in mutations(hotline(nodes, commands=COMMANDS, **sections))]


def test_help_and_times_of_nodes_are_changed_too():
    found = whats(PATIENT, help="general")
    for what in (
        "help removed",
        "main: help removed",
        "main: no-input as everywhere instead of 20000 ms",
        "profile standard: no-input 16000 ms instead of 8000",
    ):
        assert what in found


def test_help_that_says_what_the_document_says_is_left_alone():
    assert "main: help removed" not in whats(PATIENT, help="advice")


def test_commands_of_nodes_are_forgotten_and_switched_on():
    own = {"exit": {"do": "off"}, "news": {"key": "7", "phrases": ["消息"], "to": "bye"}, "help": COMMANDS["help"]}
    found = whats({**PATIENT, "main": {**PATIENT["main"], "commands": own}})
    assert "main: command exit no longer switched off" in found
    assert "command news of main removed" in found
    assert "key 7 of command news of main removed" in found
    assert "command help of main removed" not in found  # it would be inherited all the same


ASKS = """\
call: asks for help and waits
steps:
  - hears: main.offer
  - says: 帮助
  - hears: [advice, main.offer]
  - stays silent: 9s
  - hears: sorry
  - hangs up
"""


def test_a_script_notices_that_help_is_gone_and_that_the_hotline_waits_longer(folder):
    more = "commands: {help: {phrases: [帮助], do: help}}\nhelp: advice\nnodes:"
    (folder / "flow.yaml").write_text(FLOW.replace("nodes:", more), encoding="utf-8")
    (folder / "prompts.yaml").write_text(PROMPTS + "  advice: 请按一或二。\n", encoding="utf-8")
    (folder / "asks.call.yaml").write_text(ASKS, encoding="utf-8")
    found = trials(folder)
    for what in ("help removed", "profile standard: no-input 16000 ms instead of 8000"):
        assert (found[what].verdict, found[what].by) == ("noticed", "asks for help and waits"), found[what]


def test_a_sample_is_spread_over_the_document():
    assert chosen_numbers(10, 4) == [0, 2, 5, 7]
    assert chosen_numbers(3, 9) == [0, 1, 2]


def test_the_command_lists_survivors_and_fails_under_a_threshold(folder):
    arguments = ["mutate", str(folder), str(folder), "-j", "1"]
    result = CliRunner().invoke(cli, [*arguments, "--fail-under", "100"])
    assert result.exit_code == 1, result.output
    assert "handler no-match.1 removed [handler]; no script comes by" in result.output
    data = json.loads(CliRunner().invoke(cli, [*arguments, "--json"]).stdout)
    assert 0 < data["score"] < 100


def test_a_script_that_fails_without_any_change_stops_it(folder, capsys):
    (folder / "bad.call.yaml").write_text(WRONG.replace("sorry", "news"), encoding="utf-8")
    assert run(["mutate", str(folder), str(folder)]) == 2
    assert "before anything is changed" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["flow.yaml", "bad.call.yaml"])
def test_what_cannot_be_read_is_no_score(folder, capsys, wrong):
    (folder / wrong).write_text("hotline: x\n", encoding="utf-8")
    assert run(["mutate", str(folder), str(folder)]) == 2  # not 1, which would say that too little was noticed
    assert f"{wrong}:1: " in capsys.readouterr().err
