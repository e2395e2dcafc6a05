"""Journals survive what kills the call, and the table of calls follows them."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.call_journal import (
    CallJournal,
    close_orphans,
    closed_calls,
    journal_path,
    made_at,
    new_call_id,
    read_entries,
    read_record,
)
from ivr.errors import UsageError
from ivr.lines.ladder import ladder
from ivr.lines.pipe_input import PipeInput
from ivr.lines.printable import width
from ivr.piped_call import phone
from ivr.session.call_log import LogEntry
from ivr.testing.virtual_call import VirtualCall
from tests.phones import BALANCE, NUMBER, PASSWORD, TO_THE_BALANCE, exchange, virtual_call


def no_warning(text: str) -> None:
    raise AssertionError(text)


def recorded(folder: Path, keys: str = TO_THE_BALANCE) -> tuple[CallJournal, VirtualCall]:
    """A call with its journal, not closed yet."""
    journal = CallJournal(folder, new_call_id(), no_warning)
    call = virtual_call(session=exchange().new_call(journal.note))
    phone(call, PipeInput(io.BytesIO(keys.encode())))
    return journal, call


def test_a_journal_holds_the_log_and_the_record(tmp_path: Path) -> None:
    journal, call = recorded(tmp_path)
    record = journal.close()
    assert record is not None
    assert record.disposition == call.disposition == "completed"
    assert record.person == "P0001"
    assert closed_calls(tmp_path) == [journal.call_id]
    assert read_record(journal.path) == record
    assert read_entries(journal.path)[0].event == "call-answered"
    assert read_entries(journal.path)[-1].event == "call-ended"


def test_no_secret_reaches_a_journal(tmp_path: Path) -> None:
    journal, _ = recorded(tmp_path)
    journal.close()
    text = journal.path.read_text("utf-8")
    assert BALANCE in text  # the words are there
    assert NUMBER not in text
    assert PASSWORD not in text
    assert not re.search(r"\d{7,}", text)


def test_only_the_owner_may_read_a_journal(tmp_path: Path) -> None:
    journal, _ = recorded(tmp_path, "")
    journal.close()
    assert journal.path.stat().st_mode & 0o077 == 0


def test_a_call_that_never_began_leaves_no_journal(tmp_path: Path) -> None:
    assert CallJournal(tmp_path, new_call_id(), no_warning).close() is None
    assert list(tmp_path.iterdir()) == []


def test_a_call_that_still_lasts_is_no_orphan(tmp_path: Path) -> None:
    journal, _ = recorded(tmp_path)
    assert close_orphans(tmp_path) == []
    assert closed_calls(tmp_path) == []
    journal.close()


def orphan(folder: Path, lines: str) -> Path:
    path = folder / "20260302T093000-00c0ffee.open.jsonl"
    path.write_text(lines, "utf-8")
    return path


def test_the_call_of_a_dead_process_ends_as_failed(tmp_path: Path) -> None:
    journal, _ = recorded(tmp_path, "1\n")
    journal.close()
    whole = [line for line in journal.path.read_text("utf-8").splitlines() if "call-ended" not in line][:-1]
    orphan(tmp_path, "\n".join(whole) + '\n{"at":99,"ev')
    assert close_orphans(tmp_path) == ["20260302T093000-00c0ffee"]
    path = journal_path(tmp_path, "20260302T0930")
    assert len(read_entries(path)) == len(whole)
    assert read_record(path).disposition == "failed"
    assert json.loads(path.read_text("utf-8").splitlines()[-1])["record"]["disposition"] == "failed"
    assert close_orphans(tmp_path) == []


def test_a_call_that_had_ended_keeps_its_end(tmp_path: Path) -> None:
    journal, _ = recorded(tmp_path, "")
    journal.close()
    orphan(tmp_path, journal.path.read_text("utf-8"))
    journal.path.unlink()
    (call_id,) = close_orphans(tmp_path)
    assert read_record(journal_path(tmp_path, call_id)).disposition == "abandoned"


def test_a_journal_just_born_is_left_alone(tmp_path: Path) -> None:
    path = orphan(tmp_path, "")
    assert close_orphans(tmp_path) == []
    os.utime(path, (0, 0))
    assert close_orphans(tmp_path) == ["20260302T093000-00c0ffee"]


def test_a_damaged_line_costs_no_more_than_itself(tmp_path: Path) -> None:
    path = orphan(tmp_path, '{"at":0,"event":"call-answered"}\n{"at":7,"event":"key-pressed","key":"1"}\n')
    os.utime(path, (0, 0))
    (call_id,) = close_orphans(tmp_path)
    record = read_record(journal_path(tmp_path, call_id))
    assert (record.disposition, record.keys, record.duration_ms) == ("failed", 1, 7)


def test_a_call_that_another_process_took_for_an_orphan_is_kept(tmp_path: Path) -> None:
    journal, call = recorded(tmp_path)
    (tmp_path / f"{journal.call_id}.open.jsonl").rename(journal.path)
    record = journal.close()
    assert record is not None
    assert record.disposition == call.disposition


def test_killing_the_program_loses_nothing_but_the_end(tmp_path: Path) -> None:
    environment = os.environ | {"IVR_DATA_DIR": str(tmp_path), "PYTHONUTF8": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "ivr", "call", "--database", "memory"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"1\n")
        process.stdin.flush()
        while "> 1" not in process.stdout.readline().decode():
            pass
        folder = tmp_path / "calls"
        assert close_orphans(folder) == []  # its writer lives
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    (call_id,) = close_orphans(folder)
    record = read_record(journal_path(folder, call_id))
    assert record.disposition == "failed"
    assert record.keys == 1
    assert "main.account" in record.nodes


@pytest.mark.parametrize("limit", [0, 2_000])
def test_a_full_disk_costs_the_journal_but_not_the_call(limit: int, tmp_path: Path) -> None:
    import resource

    done = subprocess.run(
        [sys.executable, "-B", "-m", "ivr", "call", "--database", "memory"],
        input=TO_THE_BALANCE.encode(),
        capture_output=True,
        env=os.environ | {"IVR_DATA_DIR": str(tmp_path), "PYTHONUTF8": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert BALANCE in done.stdout.decode()
    assert done.stderr.decode().count("warning:") == 1
    assert "this call is not recorded" in done.stderr.decode()


def test_a_folder_that_cannot_be_made_is_warned_about_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    warnings: list[str] = []
    journal = CallJournal(tmp_path / "file" / "calls", new_call_id(), warnings.append)
    journal.note(
        LogEntry(0, "call-answered", {"flow": "", "flow_version": "", "local_time": "", "caller": "", "profile": ""})
    )
    assert journal.close() is None
    assert not journal.writes
    assert len(warnings) == 1
    assert "IVR_DATA_DIR" in warnings[0]


def test_a_folder_that_is_not_there_holds_no_calls(tmp_path: Path) -> None:
    assert closed_calls(tmp_path / "none") == []
    assert close_orphans(tmp_path / "none") == []
    with pytest.raises(UsageError, match=r"no such call .* see 'ivr calls list'"):
        journal_path(tmp_path / "none", "2026")


def test_an_ambiguous_beginning_of_an_id_is_refused(tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"20260302T093000-0000000{number}.jsonl").touch()
    with pytest.raises(UsageError, match="2 calls begin like this"):
        journal_path(tmp_path, "20260302")


def test_ids_tell_when_a_call_was_made() -> None:
    assert abs(made_at(new_call_id()) - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_ladder_tells_the_call_in_order_and_fits(tmp_path: Path) -> None:
    journal, _ = recorded(tmp_path)
    journal.close()
    lines = list(ladder(read_entries(journal.path), 80))
    assert all(width(line) <= 80 for line in lines)
    text = "\n".join(lines)
    assert (
        text.index("phones -->") < text.index("[main.account]") < text.index("? identify") < text.index("-- completed")
    )
    assert text.count("• -->") == 2  # keys of one entry share a rung
