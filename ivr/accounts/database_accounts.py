"""Accounts in a database: the answers of :mod:`ivr.accounts.answering` over SQLite or PostgreSQL.

Safe to use from several threads; each step is a short transaction of its own and none is open while a password is
being hashed.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Engine, insert, or_, select, update

from ivr.accounts import attempts, person_rows, schema
from ivr.accounts.answering import Rules, answer
from ivr.accounts.call_rows import CallRows
from ivr.accounts.engine import during_a_call, place, reading, writing
from ivr.accounts.passwords import Passwords
from ivr.accounts.person import Person
from ivr.accounts.repository import Facts, Question


class DatabaseAccounts:
    """An :class:`~ivr.accounts.repository.Accounts`; made by :func:`ivr.accounts.database.open_accounts`."""

    def __init__(self, engine: Engine, secret: str, passwords: Passwords, rules: Rules) -> None:
        self.engine = engine
        self.secret = secret  # keys the hashes of numbers
        self.passwords = passwords
        self.rules = rules

    @property
    def place(self) -> str:
        """The database, for people; without its password."""
        return place(self.engine)

    @property
    def call_rows(self) -> CallRows:
        """The call records beside the people."""
        return CallRows(self.engine)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def answer(self, question: Question) -> Facts:
        """See :class:`~ivr.accounts.repository.Accounts`."""
        with during_a_call():
            return answer(self, self.rules, question)

    def person(self, psn_no: str) -> Person | None:
        """The person of that internal number."""
        with reading(self.engine) as connection:
            return person_rows.load(connection, psn_no)

    def holder(self, number: str) -> Person | None:
        """The one person with that number."""
        with reading(self.engine) as connection:
            return person_rows.load(connection, person_rows.number_of(connection, number))

    def check_password(self, person: Person | None, password: str) -> bool:
        """One slow verification, for nobody too."""
        return self.passwords.matches(self._hash(person.psn_no if person else ""), password)

    def take_try(self, number: str, day: date, limit: int) -> bool:
        """Count one try against the number on that day, unless ``limit`` are used up."""
        with writing(self.engine) as connection:
            return attempts.take(connection, attempts.number_key(self.secret, number), day, limit)

    def is_used_up(self, number: str, day: date) -> bool:
        """Whether that day's wrong tries of the number have locked it."""
        with reading(self.engine) as connection:
            used = attempts.taken(connection, attempts.number_key(self.secret, number), day)
        return used >= self.rules.wrong_per_day

    def give_back_try(self, number: str, day: date) -> None:
        """Undo one :meth:`take_try`."""
        with writing(self.engine) as connection:
            attempts.give_back(connection, attempts.number_key(self.secret, number), day)

    def change_password(self, person: Person, old: str, new: str) -> bool:
        """Replace the password if its hash is still the one that ``old`` matches."""
        auth = schema.auth_state
        before = self._hash(person.psn_no)
        if not self.passwords.matches(before, old):
            return False
        changes = {"hash": self.passwords.hash(new), "initial_password": False}
        unchanged = (auth.c.psn_no == person.psn_no) & (auth.c.hash == before)
        with writing(self.engine) as connection:
            return connection.execute(update(auth).where(unchanged).values(changes)).rowcount == 1

    def report_loss(self, psn_no: str, today: date, until: date) -> bool:
        """Mark a card lost through ``until``; False when it already is on that day."""
        person = schema.person
        lapsed = (person.c.card_state == "lost") & (person.c.lost_until < today)
        in_use = (person.c.psn_no == psn_no) & or_(person.c.card_state == "normal", lapsed)
        loss = {"card_state": "lost", "lost_until": until}
        with writing(self.engine) as connection:
            return connection.execute(update(person).where(in_use).values(loss)).rowcount == 1

    def keep_message(self, text: str, caller_tail: str, duration_ms: int, at: datetime) -> int:
        """Store a message; its number, from 1."""
        row = {"left_at": at.isoformat(), "caller_tail": caller_tail, "duration_ms": duration_ms, "text": text}
        with writing(self.engine) as connection:
            return int(connection.execute(insert(schema.message).returning(schema.message.c.id), row).scalar_one())

    def _hash(self, psn_no: str) -> str | None:
        auth = schema.auth_state
        with reading(self.engine) as connection:
            return connection.execute(select(auth.c.hash).where(auth.c.psn_no == psn_no)).scalar()
