"""Keeps the table of calls in step with the journals. Journals are the truth; a row can always be made again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ivr.call_journal import close_orphans, closed_calls, closed_journal, made_at, read_record

if TYPE_CHECKING:
    from ivr.accounts.call_rows import CallRow, CallRows
    from ivr.session.call_record import CallRecord

_ALL = 1_000_000


def row_of(call_id: str, record: CallRecord, journal: Path) -> CallRow:
    """The row of a call. It starts when the call was really made, in UTC: retention counts from there."""
    from ivr.accounts.call_rows import CallRow

    return CallRow(
        id=call_id,
        started_at=f"{made_at(call_id):%Y-%m-%dT%H:%M:%SZ}",
        caller_tail=record.caller_tail.lstrip("•"),
        flow=record.flow,
        flow_version=record.flow_version,
        person=record.person or None,
        duration_ms=record.duration_ms,
        disposition=cast(Any, record.disposition),
        nodes=len(record.nodes),
        rating=record.rating,
        journal=str(journal),
    )


def bring_up_to_date(rows: CallRows, folder: Path) -> None:
    """End the calls of processes that died, and save every call that is over and has no row yet.

    Raises AccountsError when the database fails; a journal that cannot be read waits for the next time.
    """
    close_orphans(folder)
    known = {row.id for row in rows.calls(_ALL)}
    for row in _rows(folder, without=known):
        rows.save_call(row)


def rows_of_journals(folder: Path) -> list[CallRow]:
    """What the table would hold, without a database; newest first."""
    return list(_rows(folder, without=frozenset()))[::-1]


def _rows(folder: Path, without: Collection[str]) -> Iterator[CallRow]:
    for call_id in closed_calls(folder):
        if call_id not in without:
            path = closed_journal(folder, call_id)
            with suppress(OSError, ValueError, KeyError, TypeError):  # damaged from outside
                yield row_of(call_id, read_record(path), path)
