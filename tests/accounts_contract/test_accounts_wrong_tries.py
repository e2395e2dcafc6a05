"""Wrong tries are counted across processes, and cost a guesser the same whatever the number."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from ivr.accounts.database import open_accounts
from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.accounts.passwords import Argon2Passwords, Passwords
from ivr.accounts.repository import Question

MORNING = datetime.fromisoformat("2026-03-02T09:30")
WANG, NOBODY = "990000199003070013", "990000199001010014"
PROCESSES, GUESSES, LIMIT = 8, 5, 20


def test_eight_processes_that_guess_at_once_get_no_try_too_many(database: DatabaseAccounts) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    program = [sys.executable, str(Path(__file__).parent / "guessing.py"), url, str(GUESSES), str(LIMIT), WANG, NOBODY]
    guessers = [
        subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    for guesser in guessers:
        assert guesser.stdout is not None
        assert guesser.stdout.readline() == "ready\n"
    for guesser in guessers:
        assert guesser.stdin is not None
        guesser.stdin.write("go\n")
        guesser.stdin.flush()
    outcomes = Counter(line for guesser in guessers for line in guesser.communicate(timeout=60)[0].splitlines())
    for number in (WANG, NOBODY):
        assert outcomes[f"{number} refused"] == LIMIT
        assert outcomes[f"{number} locked"] == PROCESSES * GUESSES - LIMIT


class CountingPasswords:
    """Real hashes, and how often they were verified."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self.verified = 0

    def hash(self, password: str) -> str:
        return self._passwords.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        self.verified += 1
        return self._passwords.matches(stored, password)


@pytest.fixture
def counted(database: DatabaseAccounts, cheap_passwords: Argon2Passwords) -> CountingPasswords:
    counting = CountingPasswords(cheap_passwords)
    database.passwords = counting
    return counting


def test_every_identification_costs_exactly_one_verification(
    database: DatabaseAccounts, counted: CountingPasswords
) -> None:
    def cost(number: str, password: str) -> tuple[object, int]:
        before = counted.verified
        facts = database.answer(Question("identify", {"number": number, "password": password}, MORNING))
        return facts["identity.outcome"], counted.verified - before

    assert cost(WANG, "246810") == ("verified", 1)
    for number in (WANG, NOBODY):
        assert [cost(number, "000000") for _ in range(7)] == [("refused", 1)] * 6 + [("locked", 1)]


def test_the_tables_hold_no_password_and_no_tried_number(database: DatabaseAccounts) -> None:
    database.answer(Question("identify", {"number": NOBODY, "password": "135791"}, MORNING))
    with database.engine.connect() as connection:
        hashes = connection.execute(text("SELECT hash FROM auth_state")).scalars().all()
        keys = connection.execute(text("SELECT number_key FROM wrong_try")).scalars().all()
    assert len(set(hashes)) == len(hashes) >= 60
    assert all(hashed.startswith("$argon2id$") and "246810" not in hashed for hashed in hashes)
    assert len(keys) == 1
    assert len(keys[0]) == 64
    assert NOBODY not in keys[0]


def test_two_databases_call_one_number_differently(tmp_path: Path, cheap_passwords: Argon2Passwords) -> None:
    secrets = set()
    for name in ("a.db", "b.db"):
        accounts = open_accounts(f"sqlite:///{tmp_path / name}", passwords=cheap_passwords)
        secrets.add(accounts.secret)
        accounts.close()
    assert len(secrets) == 2


def test_the_shipped_cost_is_the_recommended_minimum() -> None:
    hashed = Argon2Passwords().hash("246810")
    assert "$m=19456,t=2,p=1$" in hashed
    assert Argon2Passwords().matches(hashed, "246810")


def test_a_damaged_hash_matches_nothing(cheap_passwords: Argon2Passwords) -> None:
    assert not cheap_passwords.matches("$argon2id$damaged", "246810")
    assert not cheap_passwords.matches(None, "nobody")
