"""Event logs as call scripts: a call that was made is made again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ivr.accounts.people import people
from ivr.callflow.document import FlowDocument
from ivr.cli import run
from ivr.errors import UsageError
from ivr.session.call_log import LogEntry
from ivr.testing.replay import script_from_log
from ivr.testing.suite import Suite, find_scripts

CALLS = Path(__file__).parent / "calls"


def path_of(log: tuple[LogEntry, ...]) -> list[object]:
    return [entry.data["node"] for entry in log if entry.event == "node-entered"]


def flow_of(suite: Suite) -> FlowDocument:
    return next(hotline.flow for _, hotline in suite.hotlines.opened())


def test_calls_take_the_same_path_again(tmp_path: Path) -> None:
    suite, again = Suite(), Suite()
    different: list[str] = []
    total = 0
    for file in find_scripts([CALLS]):
        for outcome in suite.run(file).outcomes:
            total += 1
            script = tmp_path / f"{total}.call.yaml"
            script.write_text(script_from_log(outcome.log, document=flow_of(suite)), encoding="utf-8")
            result = again.run(script)
            if not result.passed or path_of(result.outcomes[0].log) != path_of(outcome.log):
                different.append(outcome.name)
    # Keys of a secret that were typed ahead of its entry cannot always be told apart.
    assert len(different) <= total * 0.03, different


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
            text = script_from_log(outcome.log, document=flow_of(suite))
            assert not [secret for secret in secrets if secret in text.replace("123456ms", "")]


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
