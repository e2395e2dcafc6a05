"""Accounts in memory: for scripts, exploration and benchmarks. The same rules as a database, without hashing.

A change (a lost card, a new password, a wrong try) lives as long as the object; ``MemoryAccounts()`` is a fresh copy of
all synthetic people in microseconds, because people themselves are never altered, only replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from threading import Lock

from ivr.accounts.answering import Rules, answer
from ivr.accounts.people import people
from ivr.accounts.people_sketch import SyntheticPerson
from ivr.accounts.person import Person
from ivr.accounts.repository import Facts, Question


@dataclass(frozen=True, slots=True)
class Message:
    """One message left by a caller."""

    text: str
    caller_tail: str
    duration_ms: int
    left_at: datetime


class MemoryAccounts:
    """An :class:`~ivr.accounts.repository.Accounts` over synthetic people, everybody by default."""

    def __init__(self, everybody: Iterable[SyntheticPerson] | None = None, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._lock = Lock()
        registers = _registers_of_all() if everybody is None else _registers(everybody)
        self._people, self._passwords = registers[0].copy(), registers[1].copy()
        self._holders = registers[2]  # nobody's number ever changes
        self._tries: dict[tuple[str, date], int] = {}
        self.messages: list[Message] = []

    def answer(self, question: Question) -> Facts:
        """See :class:`~ivr.accounts.repository.Accounts`."""
        return answer(self, self._rules, question)

    def person(self, psn_no: str) -> Person | None:
        """The person of that internal number."""
        return self._people.get(psn_no)

    def holder(self, number: str) -> Person | None:
        """The one person with that number."""
        found = self._holders.get(number, [])
        return self._people[found[0]] if len(found) == 1 else None

    def check_password(self, person: Person | None, password: str) -> bool:
        """Compare in clear; nobody has no password."""
        return person is not None and self._passwords[person.psn_no] == password

    def take_try(self, number: str, day: date, limit: int) -> bool:
        """Count one try against the number on that day, unless ``limit`` are used up."""
        with self._lock:
            used = self._tries.get((number, day), 0)
            if used >= limit:
                return False
            self._tries[number, day] = used + 1
            return True

    def give_back_try(self, number: str, day: date) -> None:
        """Undo one :meth:`take_try`."""
        with self._lock:
            self._tries[number, day] -= 1

    def change_password(self, person: Person, old: str, new: str) -> bool:
        """Replace a password if it is still the old one."""
        with self._lock:
            if self._passwords[person.psn_no] != old:
                return False
            self._passwords[person.psn_no] = new
            self._people[person.psn_no] = replace(self._people[person.psn_no], initial_password=False)
            return True

    def report_loss(self, psn_no: str, today: date, until: date) -> bool:
        """Mark a card lost through ``until``; False when it already is."""
        with self._lock:
            person = self._people[psn_no]
            if person.card_state_on(today) != "normal":
                return False
            self._people[psn_no] = replace(person, card_state="lost", lost_until=until)
            return True

    def keep_message(self, text: str, caller_tail: str, duration_ms: int, at: datetime) -> int:
        """Keep a message; its number, from 1."""
        with self._lock:
            self.messages.append(Message(text, caller_tail, duration_ms, at))
            return len(self.messages)


_Registers = tuple[dict[str, Person], dict[str, str], dict[str, list[str]]]
"""By internal number: people, and their passwords; by any number of theirs: the internal numbers."""


def _registers(everybody: Iterable[SyntheticPerson]) -> _Registers:
    persons: dict[str, Person] = {}
    passwords: dict[str, str] = {}
    holders: dict[str, list[str]] = {}
    for one in everybody:
        person = one.person
        persons[person.psn_no] = person
        passwords[person.psn_no] = one.password
        card = person.ss_card_no
        for number in (person.certno, card, card and card[1:]):
            if number:
                holders.setdefault(number, []).append(person.psn_no)
    return persons, passwords, holders


@cache
def _registers_of_all() -> _Registers:
    return _registers(people())
