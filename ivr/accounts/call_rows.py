"""Call records in the database: one row per call, beside the journal file that tells the whole story."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Literal

from sqlalchemy import Engine, delete, insert, select, update

from ivr.accounts import attempts
from ivr.accounts.engine import in_administration, place, reading, writing
from ivr.accounts.schema import call_record, message

Disposition = Literal["open", "completed", "transferred", "abandoned", "gave-up", "failed"]


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call as lists show it."""

    id: str  # a UUID or ULID
    started_at: str  # ISO 8601, local; compared as text
    caller_tail: str  # last 4 characters of the caller's number at most
    flow: str
    flow_version: str
    person: str | None  # psn_no of a verified caller
    duration_ms: int
    disposition: Disposition
    nodes: int  # visited
    rating: int | None  # 1 to 4
    journal: str  # path of the journal file


_COLUMNS = [call_record.c[field.name] for field in fields(CallRow)]


class CallRows:
    """The call records of one database. Every method raises ``AccountsError`` when the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save_call(self, row: CallRow) -> None:
        """Insert a call, or replace what was known of it. Of a longer caller number only the tail is kept."""
        values = asdict(row) | {"caller_tail": row.caller_tail[-4:]}
        with in_administration(place(self._engine)), writing(self._engine) as connection:
            known = update(call_record).where(call_record.c.id == row.id).values(values)
            if not connection.execute(known).rowcount:
                connection.execute(insert(call_record), values)

    def calls(self, limit: int = 20, *, disposition: Disposition | None = None, since: str = "") -> list[CallRow]:
        """The latest calls first; ``since`` is an ISO moment or a beginning of one."""
        query = select(*_COLUMNS).where(call_record.c.started_at >= since)
        if disposition is not None:
            query = query.where(call_record.c.disposition == disposition)
        return self._rows(query.order_by(call_record.c.started_at.desc(), call_record.c.id.desc()).limit(limit))

    def call(self, call_id: str) -> CallRow | None:
        """One call by its whole id."""
        found = self._rows(select(*_COLUMNS).where(call_record.c.id == call_id))
        return found[0] if found else None

    def open_calls(self) -> list[CallRow]:
        """Calls that began and never ended: running now, or cut short by a crash. Oldest first."""
        query = select(*_COLUMNS).where(call_record.c.disposition == "open")
        return self._rows(query.order_by(call_record.c.started_at, call_record.c.id))

    def purge_calls(self, before: str) -> list[CallRow]:
        """Delete the calls that started before an ISO moment and have ended; what was deleted, oldest first.

        Messages left before that moment and the wrong tries of the days before go as well: they are traces of calls.
        """
        day = date.fromisoformat(before[:10])
        old = (call_record.c.started_at < before) & (call_record.c.disposition != "open")
        with in_administration(place(self._engine)), writing(self._engine) as connection:
            deleted = connection.execute(delete(call_record).where(old).returning(*_COLUMNS)).mappings().all()
            connection.execute(delete(message).where(message.c.left_at < before))
            attempts.forget_before(connection, day)
        return sorted((CallRow(**row) for row in deleted), key=lambda row: (row.started_at, row.id))

    def _rows(self, query: Any) -> list[CallRow]:
        with in_administration(place(self._engine)), reading(self._engine) as connection:
            return [CallRow(**row) for row in connection.execute(query).mappings()]
