"""Call records in both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ivr.accounts.call_rows import CallRow, CallRows
from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.errors import AccountsError

ROW = CallRow(
    id="01JNA",
    started_at="2026-03-02T09:30:00",
    caller_tail="0000",
    flow="12333",
    flow_version="1",
    person="P0001",
    duration_ms=61_500,
    disposition="completed",
    nodes=7,
    rating=4,
    journal="calls/01JNA.jsonl",
)


@pytest.fixture
def rows(database: DatabaseAccounts) -> CallRows:
    return database.call_rows


def test_a_call_comes_back_as_it_was_saved(rows: CallRows) -> None:
    rows.save_call(ROW)
    assert rows.call("01JNA") == ROW
    assert rows.call("01JN") is None


def test_saving_again_replaces(rows: CallRows) -> None:
    rows.save_call(replace(ROW, disposition="open", person=None, rating=None, duration_ms=0))
    assert rows.open_calls() == [replace(ROW, disposition="open", person=None, rating=None, duration_ms=0)]
    rows.save_call(ROW)
    assert rows.calls() == [ROW]
    assert rows.open_calls() == []


def test_only_the_tail_of_a_callers_number_is_kept(rows: CallRows) -> None:
    rows.save_call(replace(ROW, caller_tail="13800001234"))
    assert rows.calls()[0].caller_tail == "1234"


def test_the_latest_calls_come_first_and_can_be_chosen(rows: CallRows) -> None:
    days = [replace(ROW, id=f"c{day}", started_at=f"2026-03-0{day}T09:30:00") for day in (1, 2, 3)]
    failed = replace(days[1], disposition="failed")
    for row in (days[0], failed, days[2]):
        rows.save_call(row)
    assert [row.id for row in rows.calls()] == ["c3", "c2", "c1"]
    assert [row.id for row in rows.calls(1)] == ["c3"]
    assert [row.id for row in rows.calls(since="2026-03-02")] == ["c3", "c2"]
    assert rows.calls(disposition="failed") == [failed]


def test_purging_removes_ended_calls_before_a_moment_and_says_which(rows: CallRows) -> None:
    old, running = replace(ROW, id="old"), replace(ROW, id="running", disposition="open")
    new = replace(ROW, id="new", started_at="2026-03-03T00:00:00")
    for row in (old, running, new):
        rows.save_call(row)
    assert rows.purge_calls("2026-03-03") == [old]
    assert rows.purge_calls("2026-03-03") == []
    assert {row.id for row in rows.calls()} == {"running", "new"}


def test_what_a_constraint_forbids_is_an_error_in_words(rows: CallRows) -> None:
    with pytest.raises(AccountsError, match="refused the statement"):
        rows.save_call(replace(ROW, rating=5))
    assert rows.calls() == []


def test_purging_forgets_wrong_tries_of_those_days_only(database: DatabaseAccounts) -> None:
    number, day = "990000199001010014", date(2026, 3, 2)
    for tried in (day, day + timedelta(days=1)):
        assert database.take_try(number, tried, 1)
    database.call_rows.purge_calls("2026-03-03T00:00:00")
    assert database.take_try(number, day, 1)
    assert not database.take_try(number, day + timedelta(days=1), 1)
