"""Who is let in: numbers, passwords, wrong tries, locks; the same in memory and on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.people import people
from ivr.accounts.people_sketch import SyntheticPerson
from ivr.accounts.repository import Accounts, Fact, Facts, Question

MORNING = datetime.fromisoformat("2026-03-02T09:30")
TOMORROW = MORNING + timedelta(days=1)
BY_HANDLE = {one.person.handle: one for one in people()}
WANG, NOBODY = "990000199003070013", "990000199001010014"


def identify(accounts: Accounts, number: str, password: str | None, at: datetime = MORNING) -> Facts:
    params: dict[str, Fact] = {"number": number}
    if password is not None:
        params["password"] = password
    return accounts.answer(Question("identify", params, at))


def outcome(accounts: Accounts, number: str, password: str | None, at: datetime = MORNING) -> Fact:
    return identify(accounts, number, password, at)["identity.outcome"]


def change(accounts: Accounts, handle: str, old: str, new: str) -> Fact:
    params: dict[str, Fact] = {"person": BY_HANDLE[handle].person.psn_no, "old": old, "new": new}
    return accounts.answer(Question("change-password", params, MORNING))["password.outcome"]


def test_the_example_person_is_let_in_with_these_facts(unchanged_accounts: Accounts) -> None:
    assert identify(unchanged_accounts, WANG, "246810") == {
        "identity.outcome": "verified",
        "caller.verified": True,
        "person.id": "P0001",
        "person.name": "王例明",
        "person.number-tail": "0013",
        "person.age": 35,
        "person.senior": False,
        "person.initial-password": False,
        "person.local": True,
        "person.card-state": "normal",
    }


@pytest.mark.parametrize("one", [one for one in people() if not one.person.locked_until], ids=lambda o: o.person.handle)
def test_everybody_is_let_in_by_every_number_of_theirs(one: SyntheticPerson) -> None:
    accounts = MemoryAccounts()
    card = one.person.ss_card_no
    for number in filter(None, (one.person.certno, card, card and card[1:])):
        assert identify(accounts, number, one.password)["person.id"] == one.person.psn_no


@pytest.mark.parametrize(
    "number",
    ["99000019900307003X", "99000019900307003x", "９９００００１９９００３０７００３Ｘ", "990000-19900307-003x"],
)
def test_a_number_is_known_in_whatever_form_it_is_written(unchanged_accounts: Accounts, number: str) -> None:
    yang = BY_HANDLE["yang-x-ended"]
    assert identify(unchanged_accounts, number, yang.password)["person.id"] == yang.person.psn_no


def test_a_card_with_letters_is_known_by_its_last_eight(unchanged_accounts: Accounts) -> None:
    zhou = BY_HANDLE["zhou-card-letter"]
    assert identify(unchanged_accounts, "41000571", zhou.password)["person.name"] == "周例卡"


def test_an_end_that_two_cards_share_is_nobodys() -> None:
    two = [BY_HANDLE["zhou-card-letter"], BY_HANDLE["wu-card-letters"]]
    shared = MemoryAccounts([two[0], _with_card(two[1], "B41000571")])
    assert outcome(shared, "41000571", two[0].password) == "refused"
    assert outcome(shared, "A41000571", two[0].password) == "verified"


def test_refusal_says_the_same_for_a_wrong_number_and_a_wrong_password(accounts: Accounts) -> None:
    assert identify(accounts, WANG, "000000") == identify(accounts, NOBODY, "246810") == {"identity.outcome": "refused"}


def test_an_empty_password_is_a_wrong_one_and_an_absent_one_means_number_alone(accounts: Accounts) -> None:
    assert outcome(accounts, WANG, "") == "refused"
    assert outcome(accounts, WANG, None) == "verified"
    assert outcome(accounts, NOBODY, None) == "refused"


@pytest.mark.parametrize("number", [WANG, NOBODY])
def test_six_wrong_tries_a_day_lock_known_and_unknown_numbers_alike(accounts: Accounts, number: str) -> None:
    assert [outcome(accounts, number, "000000") for _ in range(8)] == ["refused"] * 6 + ["locked"] * 2
    assert identify(accounts, number, "246810") == {"identity.outcome": "locked"}
    assert outcome(accounts, number, "000000", TOMORROW) == "refused"


def test_a_right_password_neither_uses_nor_forgives_tries(accounts: Accounts) -> None:
    for _ in range(5):
        assert outcome(accounts, WANG, "000000") == "refused"
    for _ in range(3):
        assert outcome(accounts, WANG, "246810") == "verified"
    assert outcome(accounts, WANG, "000000") == "refused"
    assert outcome(accounts, WANG, "246810") == "locked"


def test_all_numbers_of_one_person_share_one_count(accounts: Accounts) -> None:
    wang = BY_HANDLE["wang-balance"].person
    assert wang.ss_card_no is not None
    for number in (wang.certno, wang.ss_card_no, wang.ss_card_no[1:]) * 2:
        assert outcome(accounts, number, "000000") == "refused"
    assert outcome(accounts, wang.ss_card_no, "246810") == "locked"


def test_a_locked_person_stays_locked_whatever_the_password(accounts: Accounts) -> None:
    locked = BY_HANDLE["lu-locked"]
    for password in (locked.password, "000000", None):
        assert identify(accounts, locked.person.certno, password) == {"identity.outcome": "locked"}


def test_the_seniors_wording_begins_on_the_sixty_fifth_birthday() -> None:
    accounts = MemoryAccounts()
    xie = BY_HANDLE["xie-sixty-five-tomorrow"]
    today = identify(accounts, xie.person.certno, xie.password)
    tomorrow = identify(accounts, xie.person.certno, xie.password, TOMORROW)
    assert (today["person.age"], today["person.senior"]) == (64, False)
    assert (tomorrow["person.age"], tomorrow["person.senior"]) == (65, True)


def test_a_new_password_replaces_the_old_one(accounts: Accounts) -> None:
    initial = BY_HANDLE["ren-initial-password"].person.certno
    assert identify(accounts, initial, "123456")["person.initial-password"] is True
    assert change(accounts, "ren-initial-password", "123456", "829471") == "changed"
    assert outcome(accounts, initial, "123456") == "refused"
    assert identify(accounts, initial, "829471")["person.initial-password"] is False


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("246810", "same"),
        ("123456", "too-simple"),
        ("765432", "too-simple"),
        ("888888", "too-simple"),
        ("121212", "too-simple"),
        ("070013", "too-simple"),  # end of the ID
        ("307001", "too-simple"),  # the six before the check digit
        ("900307", "too-simple"),  # birthday
        ("199003", "too-simple"),
        ("12345", "too-simple"),
        ("１２９４７３", "too-simple"),
    ],
)
def test_a_password_that_a_stranger_tries_first_is_not_taken(
    unchanged_accounts: Accounts, new: str, expected: str
) -> None:
    assert change(unchanged_accounts, "wang-balance", "246810", new) == expected
    assert outcome(unchanged_accounts, WANG, "246810") == "verified"


def test_a_wrong_old_password_is_a_wrong_try_of_the_number(accounts: Accounts) -> None:
    for _ in range(6):
        assert change(accounts, "wang-balance", "000000", "829471") == "wrong-old"
    assert change(accounts, "wang-balance", "246810", "829471") == "wrong-old"
    assert outcome(accounts, WANG, "246810") == "locked"


def _with_card(one: SyntheticPerson, card: str) -> SyntheticPerson:
    return replace(one, person=replace(one.person, ss_card_no=card))
