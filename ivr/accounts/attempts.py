"""Counting wrong tries so that no number of processes gets more than the limit.

One statement takes a try: it inserts the day's first or raises the count while that is below the limit, and says
whether it did. Both databases run it under a lock on the row, so two takers never see the same count. Numbers are
known by a keyed hash alone; the table tells nobody which numbers were tried.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, Date, bindparam, delete, select, text, update

from ivr.accounts.schema import wrong_try

_TAKE = text(
    "INSERT INTO wrong_try (number_key, day, tries) VALUES (:key, :day, 1)"
    " ON CONFLICT (number_key, day) DO UPDATE SET tries = wrong_try.tries + 1 WHERE wrong_try.tries < :limit"
    " RETURNING tries"
).bindparams(bindparam("day", type_=Date))


def number_key(secret: str, number: str) -> str:
    """What the tables call a number."""
    return hmac.new(bytes.fromhex(secret), number.encode(), "sha256").hexdigest()


def take(connection: Connection, key: str, day: date, limit: int) -> bool:
    """Take one try of a day; False when ``limit`` are taken."""
    taken = connection.execute(_TAKE, {"key": key, "day": day, "limit": limit}).scalar()
    return taken is not None and taken <= limit


def taken(connection: Connection, key: str, day: date) -> int:
    """How many tries of a day are taken."""
    counted = (wrong_try.c.number_key == key) & (wrong_try.c.day == day)
    return connection.execute(select(wrong_try.c.tries).where(counted)).scalar() or 0


def give_back(connection: Connection, key: str, day: date) -> None:
    """Undo one :func:`take`; nothing happens when the count was cleared meanwhile."""
    counted = (wrong_try.c.number_key == key) & (wrong_try.c.day == day) & (wrong_try.c.tries > 0)
    connection.execute(update(wrong_try).where(counted).values(tries=wrong_try.c.tries - 1))


def forget(connection: Connection, keys: Iterable[str]) -> None:
    """Clear the counts of these numbers, of all days."""
    connection.execute(delete(wrong_try).where(wrong_try.c.number_key.in_(list(keys))))


def forget_all(connection: Connection) -> None:
    """Clear all counts, those of unknown numbers too."""
    connection.execute(delete(wrong_try))


def forget_before(connection: Connection, day: date) -> None:
    """Clear the counts of days that are over."""
    connection.execute(delete(wrong_try).where(wrong_try.c.day < day))
