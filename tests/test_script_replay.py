"""Event logs as call scripts: a call that was made is made again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.people import people
from ivr.cli import run
from ivr.errors import UsageError
from ivr.hotlines import open_hotline
from ivr.session.call_log import LogEntry
from ivr.session.events import UtteranceHeard
from ivr.testing.caller_keys import people_secrets
from ivr.testing.replay import script_from_log
from ivr.testing.script import ChangesAnswers
from ivr.testing.script_loading import CallScript
from ivr.testing.script_recorder import SAID_A_SECRET, ScriptRecorder
from ivr.testing.script_runner import Outcome
from ivr.testing.suite import Suite, find_scripts
from ivr.testing.virtual_call import VirtualCall

CALLS = Path(__file__).parent / "calls"


def path_of(log: tuple[LogEntry, ...]) -> list[object]:
    return [entry.data["node"] for entry in log if entry.event == "node-entered"]


FLOW = open_hotline(None).flow


def replayed(log: tuple[LogEntry, ...], script: Path, suite: Suite) -> Outcome:
    """The same call, made again."""
    text = script_from_log(log, document=FLOW)
    script.write_text(text, encoding="utf-8")
    (outcome,) = suite.run(script).outcomes
    assert SAID_A_SECRET not in text
    return outcome


def hears_of_nobody(script: CallScript) -> bool:
    """Whether records are read out that no synthetic person has: an event log does not hold them."""
    answers = [placed.step.answers for placed in script.steps if isinstance(placed.step, ChangesAnswers)]
    return any(
        answer.query in ("insurance", "spending", "deposits", "mutual-aid") and answer.facts for answer in answers
    )


def test_every_call_takes_the_same_path_again(tmp_path: Path) -> None:
    suite, again = Suite(), Suite()
    different: list[str] = []
    total = 0
    for file in find_scripts([CALLS]):
        if any(map(hears_of_nobody, suite.load(file))):
            continue
        for outcome in suite.run(file).outcomes:
            total += 1
            result = replayed(outcome.log, tmp_path / f"{total}.call.yaml", again)
            if not result.passed or path_of(result.log) != path_of(outcome.log):
                different.append(outcome.name)
    assert different == []
    assert total > 500


WANG = next(one for one in people() if one.person.handle == "wang-balance")
WHOLE_PATH = f"11{WANG.person.certno}#{WANG.password}"
SUITE = Suite()


@settings(
    max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # shrinking takes minutes
@example(0, 40, 1, 0)
@given(st.integers(0, 12_000), st.integers(40, 400), st.integers(1, len(WHOLE_PATH) - 1), st.integers(0, 3_000))
def test_a_path_typed_ahead_with_a_pause_anywhere_is_typed_again(
    starts_ms: int, pace_ms: int, paused_after: int, pause_ms: int
) -> None:
    exchange = SUITE.hotlines.exchange("")
    log: list[LogEntry] = []
    recorder = ScriptRecorder("recorded", people_secrets())
    call = VirtualCall(exchange.new_call(log.append), MemoryAccounts(), watch=recorder.watch)
    call.answer()
    call.wait(starts_ms)
    call.press(WHOLE_PATH[:paused_after], pace_ms)
    call.wait(pause_ms)
    call.press(WHOLE_PATH[paused_after:], pace_ms)
    call.run_until_quiet()
    call.hang_up()
    for text in (script_from_log(log, document=FLOW), recorder.to_yaml()):
        with TemporaryDirectory() as folder:
            script = Path(folder) / "again.call.yaml"
            script.write_text(text, encoding="utf-8")
            (result,) = SUITE.run(script).outcomes
        assert result.passed, (text, result.failure)
        assert path_of(result.log) == path_of(tuple(log)), text
        assert not [start for start in range(13) if WANG.person.certno[start : start + 6] in text]
        assert WANG.password not in text


def test_the_reference_call_reads_as_its_author_would_write_it() -> None:
    suite = Suite()
    (outcome,) = suite.run(CALLS / "balance.call.yaml").outcomes
    script = yaml.safe_load(script_from_log(outcome.log, "查余额"))
    assert script["call"] == "查余额"
    assert script["caller"]["person"] == "wang-balance"
    assert script["steps"][-4:] == [
        {"hears": "balance.read"},
        {"hears": "balance.next"},
        {"presses": "3"},
        {"hears": "goodbye.thanks"},
    ]
    assert script["ends"] == "completed"


def test_no_secret_is_written() -> None:
    suite = Suite()
    secrets = {typed for one in people() for typed in (one.person.certno, one.person.ss_card_no, one.password) if typed}
    for name in ("balance", "password", "number-by-card", "identity-once"):
        for outcome in suite.run(CALLS / f"{name}.call.yaml").outcomes:
            text = script_from_log(outcome.log, document=FLOW)
            assert not [secret for secret in secrets if secret in text.replace("123456ms", "")]


@pytest.mark.parametrize(
    "said",
    ["九九零零零零一九九零零三零七零零一三", "我的号码是990000199003070013", "密码是一二三四五六", "是•零零一三"],
)
def test_a_long_number_that_is_said_where_nothing_is_secret_is_not_written(said: str) -> None:
    recorder = ScriptRecorder("a call", {})
    recorder.watch(0, UtteranceHeard(f"不对，{said}", 1.0))
    recorder.watch(9_000, UtteranceHeard("余额", 1.0))
    says = [step["says"] for step in yaml.safe_load(recorder.to_yaml())["steps"] if "says" in step]
    assert says == [SAID_A_SECRET, "余额"]


def test_the_last_four_digits_of_the_caller_stay() -> None:
    suite = Suite()
    (outcome,) = suite.run(CALLS / "message.call.yaml").outcomes
    assert yaml.safe_load(script_from_log(outcome.log))["caller"]["number"].endswith("1234")


def test_half_a_log_is_refused() -> None:
    with pytest.raises(UsageError, match="does not begin with 'call-answered'"):
        script_from_log([LogEntry(3, "key-pressed", {"key": "1"})])
    with pytest.raises(UsageError):
        script_from_log([])


def test_a_recorded_call_is_exported_and_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "data"))
    command = [sys.executable, "-m", "ivr", "call", "--database", "memory"]
    keys = "1\n1\n990000199003070013#\n246810\n3\n"
    told = subprocess.run(command, input=keys, capture_output=True, text=True, encoding="utf-8", check=False)
    assert told.returncode == 0, told.stderr
    (journal,) = (tmp_path / "data" / "calls").glob("*.jsonl")
    assert run(["calls", "export", journal.stem, "--script"]) == 0
    script = tmp_path / "again.call.yaml"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    assert "990000199003070013" not in script.read_text(encoding="utf-8")
    assert run(["test", str(script)]) == 0


def test_only_one_call_becomes_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calls", "export", "--script"]) == 2
    assert "--script writes one call; name its ID" in capsys.readouterr().err


def test_two_entries_that_differed_differ_again(tmp_path: Path) -> None:
    suite = Suite()
    outcome = next(one for one in suite.run(CALLS / "password-not-changed.call.yaml").outcomes if "两次" in one.name)
    script = tmp_path / "again.call.yaml"
    replayed(outcome.log, script, suite)
    pressed = [step["presses"] for step in yaml.safe_load(script.read_text("utf-8"))["steps"] if "presses" in step]
    assert pressed[-2:] == ["new password", "wrong password"]
