"""Calls that were recorded with ``ivr call --record`` are made again by ``ivr test``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from ivr.callflow.values import BargeIn
from ivr.cli import cli
from ivr.errors import UsageError
from ivr.hotlines import open_hotline
from ivr.session.actions import HangUp, PlayPrompt, StopPrompt
from ivr.session.call_log import LogEntry
from ivr.session.events import CallAnswered, KeyPressed
from ivr.testing.replay import script_from_log
from ivr.testing.script_recorder import ScriptRecorder
from ivr.testing.suite import Suite
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME
from tests.phones import NUMBER, PASSWORD


def dialled(script: Path, keys: str, *options: str) -> Result:
    """The call, with a data folder beside the script."""
    environment = {"IVR_DATA_DIR": str(script.parent / "data")}
    arguments = ["call", "--record", str(script), "--database", "memory", *options]
    return CliRunner(env=environment).invoke(cli, arguments, input=keys, standalone_mode=False)


def recorded(script: Path, keys: str, *options: str) -> dict[str, Any]:
    result = dialled(script, keys, *options)
    assert script.exists(), result.output
    story = yaml.safe_load(script.read_text("utf-8"))
    assert isinstance(story, dict)
    return story


def made_again(script: Path) -> tuple[LogEntry, ...]:
    result = Suite().run(script)
    assert result.passed, result
    return result.outcomes[0].log


def presses(story: dict[str, Any]) -> list[object]:
    return [step["presses"] for step in story["steps"] if "presses" in step]


def test_a_late_hash_is_pressed_as_such(tmp_path: Path) -> None:
    script = tmp_path / "story.call.yaml"
    story = recorded(script, f"1\n1\n{NUMBER}#\n{PASSWORD}\n3\n")
    assert presses(story) == ["1", "1", "number", "#", "password", "3"]
    late = [entry for entry in made_again(script) if entry.data.get("ignored")]
    assert [entry.data["key"] for entry in late] == ["#"]


def test_a_late_hash_says_nothing_about_the_pace_of_what_follows(tmp_path: Path) -> None:
    story = recorded(tmp_path / "a.call.yaml", f"1\n1\n{NUMBER}#\n{PASSWORD}\n3\n")
    (password,) = (step for step in story["steps"] if step.get("presses") == "password")
    assert password["pace"] == "250ms"


@pytest.mark.parametrize(
    "keys",
    [f"1\n1\n{NUMBER}#{PASSWORD}#3\n", f"11{NUMBER}#{PASSWORD}#3\n", f"1\n1\n{NUMBER}##\n{PASSWORD}#\n3\n"],
)
def test_a_hash_never_makes_a_right_number_wrong(tmp_path: Path, keys: str) -> None:
    script = tmp_path / "ahead.call.yaml"
    recorded(script, keys)
    text = script.read_text("utf-8")
    assert "wrong" not in text
    assert NUMBER not in text
    assert PASSWORD not in text
    made_again(script)


def test_a_call_by_another_profile_is_made_again_by_it_whether_recorded_or_exported(tmp_path: Path) -> None:
    live, exported = tmp_path / "live.call.yaml", tmp_path / "exported.call.yaml"
    story = recorded(live, f"1\n1\n{NUMBER}#\n{PASSWORD}\n", "--profile", "senior")
    assert story["caller"]["profile"] == "senior"
    log = made_again(live)
    assert log[0].data["profile"] == "senior"
    exported.write_text(script_from_log(log, document=open_hotline(None).flow), encoding="utf-8")
    again = made_again(exported)
    assert again[0].data["profile"] == "senior"
    assert [entry.event for entry in again] == [entry.event for entry in log]
    everybodys = recorded(tmp_path / "plain.call.yaml", "1\n")
    assert "profile" not in everybodys["caller"]


def test_a_message_is_recorded_in_the_callers_words(tmp_path: Path) -> None:
    script = tmp_path / "m.call.yaml"
    story = recorded(script, '5\n"查余额\n4\n')
    assert {"says": "查余额"} in story["steps"]
    assert presses(story) == ["5", "4"]
    made_again(script)


def test_other_words_stand_in_for_a_message_that_the_log_hides(tmp_path: Path) -> None:
    live, exported = tmp_path / "m.call.yaml", tmp_path / "exported.call.yaml"
    recorded(live, '5\n"我想知道什么时候能报销\n#\n')
    log = made_again(live)
    exported.write_text(script_from_log(log), encoding="utf-8")
    assert "报销" not in exported.read_text("utf-8")
    assert [(entry.at, entry.event) for entry in made_again(exported)] == [(entry.at, entry.event) for entry in log]


def test_words_said_into_a_secret_entry_are_still_left_out(tmp_path: Path) -> None:
    script = tmp_path / "secret.call.yaml"
    recorded(script, f'1\n1\n{NUMBER}\n"二四六八一零\n')
    assert "二四六八" not in script.read_text("utf-8")


def test_a_call_that_never_began_leaves_an_earlier_script_alone(tmp_path: Path) -> None:
    script = tmp_path / "story.call.yaml"
    recorded(script, "1\n")
    story = script.read_text("utf-8")
    arguments = ["call", "--record", str(script), "--caller", str(tmp_path / "none.txt")]
    result = CliRunner(env={"IVR_DATA_DIR": str(tmp_path)}).invoke(cli, arguments, standalone_mode=False)
    assert isinstance(result.exception, UsageError)
    assert script.read_text("utf-8") == story


def test_a_prompt_that_a_slow_voice_says_is_interrupted_where_it_has_no_sound_too() -> None:
    recorder = ScriptRecorder("slow", {})
    recorder.watch(0, CallAnswered("", DEFAULT_LOCAL_TIME))
    recorder.watch(0, PlayPrompt(1, "main.offer", "…", BargeIn(), 100, 1_000))
    recorder.watch(1_500, KeyPressed("1"))
    recorder.watch(1_500, StopPrompt(1))
    recorder.watch(1_500, HangUp("abandoned"))
    (step,) = yaml.safe_load(recorder.to_yaml())["steps"]
    assert step == {"presses": "1", "during": "main.offer", "after": "999ms"}


def test_a_script_without_a_folder_is_refused_before_dialling(tmp_path: Path) -> None:
    result = dialled(tmp_path / "nodir" / "x.call.yaml", "1\n")
    assert isinstance(result.exception, UsageError)
    assert "there is no folder" in str(result.exception)
    assert result.stdout == ""
