"""Whatever is asked in whatever order, a database and the memory say the same."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.accounts.answering import Rules
from ivr.accounts.database import open_accounts
from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.passwords import Argon2Passwords
from ivr.accounts.people import people
from ivr.accounts.repository import Accounts, Fact, Facts, Question
from ivr.errors import LookupFailed

MORNING = datetime.fromisoformat("2026-03-02T09:30")
FEW = [
    people()[0],
    people()[1],
    *(one for one in people() if one.person.handle in ("lu-locked", "jin-card-lost-lapsed")),
]

moments = st.integers(0, 20).map(lambda days: MORNING + timedelta(days=days))
persons = st.sampled_from([one.person.psn_no for one in FEW] + ["P9999"])
passwords = st.sampled_from([one.password for one in FEW] + ["829471", "123456", "000000"])
numbers = st.sampled_from(
    [one.person.certno for one in FEW]
    + [str(one.person.ss_card_no) for one in FEW]
    + [str(one.person.ss_card_no)[1:] for one in FEW]
    + ["990000199001010014"]
)


def params(**strategies: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Fact]]:
    return st.fixed_dictionaries(dict(strategies))


questions = st.one_of(
    st.builds(Question, st.just("identify"), params(number=numbers, password=passwords), moments),
    st.builds(Question, st.just("identify"), params(number=numbers), moments),
    st.builds(Question, st.just("change-password"), params(person=persons, old=passwords, new=passwords), moments),
    st.builds(Question, st.sampled_from(["report-loss", "card", "balance"]), params(person=persons), moments),
    st.builds(Question, st.just("leave-message"), params(text=st.just("您好"), caller=st.just("0000")), moments),
)


def heard(accounts: Accounts, question: Question) -> Facts | str:
    try:
        return accounts.answer(question)
    except LookupFailed as failed:
        return failed.reason


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(questions, max_size=25))
def test_a_database_and_the_memory_agree(
    seeded_sqlite: Path, cheap_passwords: Argon2Passwords, asked: list[Question]
) -> None:
    rules = Rules(wrong_per_day=2)
    memory = MemoryAccounts(rules=rules)
    with tempfile.TemporaryDirectory() as folder:
        file = shutil.copy(seeded_sqlite, folder)
        database = open_accounts(f"sqlite:///{file}", passwords=cheap_passwords, rules=rules)
        try:
            assert [heard(database, one) for one in asked] == [heard(memory, one) for one in asked]
        finally:
            database.close()
