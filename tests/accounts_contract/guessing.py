"""One process that guesses passwords; run as a program by the test of wrong tries.

Arguments: database URL, guesses per number, tries a day, numbers. Prints a number and an outcome per line. It
waits for a line on standard input before it begins, so that several can begin together.
"""

from __future__ import annotations

import sys
from datetime import datetime

from ivr.accounts.answering import Rules
from ivr.accounts.database import open_accounts
from ivr.accounts.passwords import Argon2Passwords
from ivr.accounts.repository import Question


def main(url: str, guesses: str, limit: str, *numbers: str) -> None:
    """Guess wrong passwords as fast as possible."""
    rules = Rules(wrong_per_day=int(limit))
    accounts = open_accounts(url, passwords=Argon2Passwords(memory_kib=8, passes=1), rules=rules)
    at = datetime.fromisoformat("2026-03-02T09:30")
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(guesses)):
        for number in numbers:
            facts = accounts.answer(Question("identify", {"number": number, "password": "000000"}, at))
            print(number, facts["identity.outcome"])


if __name__ == "__main__":
    main(*sys.argv[1:])
