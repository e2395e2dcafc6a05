"""``ivr call`` from a pipe, and ``ivr calls``: exit codes, reproducibility, options, broken surroundings."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import cli
from ivr.errors import UsageError
from tests.phones import BALANCE, NUMBER, PASSWORD, TO_THE_BALANCE

Ivr = Callable[..., Result]


@pytest.fixture
def ivr(tmp_path: Path) -> Ivr:
    """Runs ``ivr …`` in this process with a data folder of its own."""

    def run(*arguments: str, given: str | bytes = "", memory: bool = True) -> Result:
        database = ("--database", "memory") if memory and arguments[0] == "call" else ()
        environment = {"IVR_DATA_DIR": str(tmp_path / "data")}
        return CliRunner(env=environment).invoke(cli, [*arguments, *database], input=given, standalone_mode=False)

    return run


def code(result: Result) -> object:
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.return_value


@pytest.mark.parametrize(
    ("given", "options", "expected"),
    [
        (TO_THE_BALANCE, (), 0),
        ("0\n", (), 0),
        ("", (), 3),
        ("7\n" * 30, ("--agents", "full"), 4),
    ],
    ids=["completed", "transferred", "abandoned", "gave-up"],
)
def test_the_exit_code_tells_how_the_call_ended(ivr: Ivr, given: str, options: tuple[str, ...], expected: int) -> None:
    done = ivr("call", *options, "--at", "2026-03-02T09:30" if expected != 4 else "2026-03-02T23:30", given=given)
    assert code(done) == expected, done.stdout[-300:]


def test_the_same_input_gives_the_same_bytes(ivr: Ivr) -> None:
    first, second = ivr("call", given=TO_THE_BALANCE), ivr("call", given=TO_THE_BALANCE)
    assert BALANCE in first.stdout
    assert first.stdout_bytes == second.stdout_bytes


def test_the_same_log_too(ivr: Ivr) -> None:
    first, second = ivr("call", "--json", given=TO_THE_BALANCE), ivr("call", "--json", given=TO_THE_BALANCE)
    assert first.stdout_bytes == second.stdout_bytes
    entries = [json.loads(line) for line in first.stdout.splitlines()]
    assert entries[0]["event"] == "call-answered"
    assert entries[0]["local_time"] == "2026-03-02T09:30:00"
    assert entries[-1] == {"at": entries[-1]["at"], "event": "call-ended", "disposition": "completed"}
    assert NUMBER not in first.stdout
    assert f'"{PASSWORD}"' not in first.stdout


def test_a_cheat_card_is_not_part_of_the_call(ivr: Ivr) -> None:
    done = ivr("call", "--as", "wang-balance")
    assert NUMBER in done.stderr
    assert PASSWORD in done.stderr
    assert NUMBER not in done.stdout


def test_a_trace_shows_events_but_no_secrets(ivr: Ivr) -> None:
    done = ivr("call", "--trace", given=TO_THE_BALANCE)
    assert "node-entered" in done.stderr
    assert NUMBER not in done.stderr
    assert PASSWORD not in done.stderr


def test_a_fault_on_demand(ivr: Ivr) -> None:
    assert BALANCE not in ivr("call", "--fault", "down", given=TO_THE_BALANCE).stdout
    assert BALANCE in ivr("call", "--fault", "slow=3s", "--fault", "flaky=0", given=TO_THE_BALANCE).stdout


def test_the_clock_of_the_call(ivr: Ivr) -> None:
    by_day = ivr("call").stdout
    by_night = ivr("call", "--at", "2026-03-02T23:30").stdout
    assert by_day != by_night


def test_a_patient_profile(ivr: Ivr) -> None:
    log = ivr("call", "--json", "--profile", "senior").stdout
    assert json.loads(log.splitlines()[0])["profile"] == "senior"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--profile", "hasty"), "no profile 'hasty'; choose from standard"),
        (("--as", "nobody"), "no synthetic person 'nobody'; see 'ivr accounts list'"),
        (("--fault", "fire"), "no fault 'fire'"),
        (("nowhere.yaml",), "nowhere.yaml: no such file"),
    ],
)
def test_wrong_usage_is_told(ivr: Ivr, options: tuple[str, ...], told: str) -> None:
    done = ivr("call", *options)
    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("monday", "write 2026-03-02T09:30"),
        ("2026-13-01T09:30", "write 2026-03-02T09:30"),
        ("2026-03-02T09:30+08:00", "local time only"),
        ("9999-12-31T23:59", "from 1900 to 9998"),
        ("0001-01-01T00:00", "from 1900 to 9998"),
    ],
)
def test_a_moment_that_is_none_is_wrong_usage(ivr: Ivr, moment: str, told: str) -> None:
    assert told in str(ivr("call", "--at", moment).exception)


@pytest.mark.parametrize("given", [b"\xff\xfe\x00\x1b[2J\n1\n", b'"\xff\xfe\n', b"\x00" * 5_000, b"~\xff\n"])
def test_broken_bytes_break_no_call(ivr: Ivr, given: bytes) -> None:
    done = ivr("call", given=given)
    assert done.exception is None or isinstance(done.exception, UsageError)
    assert "\x1b" not in done.stdout


def test_what_is_no_key_is_reported_once(ivr: Ivr) -> None:
    assert "warning: 5 characters that are no keys were left out" in ivr("call", given="hello\n1\n").stderr
    assert "warning: 1 character that is no key was left out" in ivr("call", given="h\n1\n").stderr


def test_words_without_their_mark_are_told_how_to_be_said(ivr: Ivr) -> None:
    assert 'to say words, begin their line with "' in ivr("call", given="查余额\n").stderr
    assert ivr("call", given='"查余额\n').stderr == ""


@pytest.mark.parametrize("given", [TO_THE_BALANCE, f"11{NUMBER}#{PASSWORD}", "1\n1\n123456\n", f'1\n1\n"{NUMBER}\n'])
def test_a_recorded_call_is_a_script_without_secrets(ivr: Ivr, tmp_path: Path, given: str) -> None:
    ivr("call", "--record", str(tmp_path / "a.call.yaml"), given=given)
    text = (tmp_path / "a.call.yaml").read_text("utf-8")
    assert NUMBER not in text
    assert PASSWORD not in text


@pytest.mark.parametrize(
    "given",
    [TO_THE_BALANCE, f"1\n1\n{NUMBER[:-1]}4\n", "~9s\n7\n1\n", '"查一下余额\n', f"1 1 {NUMBER} {PASSWORD}", "0\n", ""],
)
def test_a_recorded_call_plays_again(ivr: Ivr, tmp_path: Path, given: str) -> None:
    script = tmp_path / "again.call.yaml"
    ivr("call", "--record", str(script), given=given)
    done = ivr("test", str(script))
    assert code(done) == 0, done.stdout + script.read_text("utf-8")


def test_a_script_that_cannot_be_written_is_told(ivr: Ivr, tmp_path: Path) -> None:
    done = ivr("call", "--record", str(tmp_path / "none" / "a.yaml"))
    assert isinstance(done.exception, UsageError)
    assert "cannot be written" in str(done.exception)


def test_a_corrupt_database_is_an_apology_and_a_warning(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "accounts.db").write_bytes(b"this is no database" * 100)
    done = ivr("call", given=TO_THE_BALANCE, memory=False)
    assert done.exception is None
    assert BALANCE not in done.stdout
    assert done.stderr.count("warning:") == 1
    listed = ivr("calls", "list")
    assert "read from the journals" in listed.stderr
    assert "20" in listed.stdout


def test_a_call_on_the_database_is_kept(ivr: Ivr) -> None:
    assert BALANCE in ivr("call", given=TO_THE_BALANCE, memory=False).stdout
    ivr("call", given="")  # opens no database: its row is made from the journal
    rows = json.loads(ivr("calls", "list", "--json").stdout)
    assert sorted(row["disposition"] for row in rows) == ["abandoned", "completed"]
    assert {row["person"] for row in rows} == {"P0001", None}
    assert all(line.split()[-1] == rows[0]["flow"] for line in ivr("calls", "list").stdout.splitlines()[1:])
    shown = ivr("calls", "show", rows[0]["id"]).stdout
    assert "phones -->" in shown
    assert NUMBER not in shown


def test_exports(ivr: Ivr) -> None:
    ivr("call", given="1\n")
    table = list(csv.DictReader(io.StringIO(ivr("calls", "export", "--csv").stdout)))
    assert [row["disposition"] for row in table] == ["abandoned"]
    assert json.loads(ivr("calls", "export", "--json").stdout)[0]["id"] == table[0]["id"]
    log = [json.loads(line) for line in ivr("calls", "export", table[0]["id"]).stdout.splitlines()]
    assert log[-1]["event"] == "call-ended"


def test_no_calls_yet(ivr: Ivr) -> None:
    assert "no calls yet" in ivr("calls", "list").stdout


def test_purging_asks_and_deletes_record_and_journal(ivr: Ivr, tmp_path: Path) -> None:
    ivr("call", given="1\n")
    assert "deleted 0 calls" in ivr("calls", "purge", "--yes").stdout
    assert ivr("calls", "purge", "--older-than", "0h", given="n\n").exception is not None
    assert list((tmp_path / "data" / "calls").iterdir())
    old = next((tmp_path / "data" / "calls").iterdir())
    old.rename(old.with_name("20200101T000000-00000000.jsonl"))
    assert "deleted 1 call\n" in ivr("calls", "purge", "--older-than", "90d", "--yes").stdout
    assert not list((tmp_path / "data" / "calls").iterdir())
    assert "20200101" not in ivr("calls", "list").stdout


def test_an_age_that_is_none_is_told(ivr: Ivr) -> None:
    assert "no age; write days or hours, such as 90d" in str(ivr("calls", "purge", "--older-than", "old").exception)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("IVR_DATA_DIR", "~nobody-of-that-name/ivr", "write the whole path"),
        ("IVR_RETENTION_DAYS", "99999999", "whole number of days"),
        ("IVR_RETENTION_DAYS", "soon", "whole number of days"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(tmp_path: Path, name: str, value: str, told: str) -> None:
    environment = {"IVR_DATA_DIR": str(tmp_path), name: value}
    done = CliRunner(env=environment).invoke(cli, ["calls", "purge", "--yes"], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


@pytest.mark.parametrize("value", ["", "90", "0", "99999"])
def test_a_call_is_made_whatever_number_of_days_sound_is_kept_and_without_one(tmp_path: Path, value: str) -> None:
    environment = {"IVR_DATA_DIR": str(tmp_path), "IVR_RETENTION_DAYS": value}
    done = CliRunner(env=environment).invoke(cli, ["call"], input="1\n", standalone_mode=False)
    assert done.exception is None
    assert list((tmp_path / "calls").glob("*.jsonl"))
