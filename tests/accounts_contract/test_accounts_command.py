"""``ivr accounts`` on both databases, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.accounts.people import people
from ivr.cli import run

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def type_in(database: DatabaseAccounts, capsys: pytest.CaptureFixture[str]) -> Typed:
    return typing(database, capsys)


@pytest.fixture
def look(unchanged_database: DatabaseAccounts, capsys: pytest.CaptureFixture[str]) -> Typed:
    """For what changes nothing."""
    return typing(unchanged_database, capsys)


def typing(database: DatabaseAccounts, capsys: pytest.CaptureFixture[str]) -> Typed:
    url = database.engine.url.render_as_string(hide_password=False)

    def typed(*arguments: str) -> tuple[int, str, str]:
        code = run(["accounts", "--database", url, *arguments])
        output = capsys.readouterr()
        return code, output.out, output.err

    return typed


def shown(type_in: Typed, handle: str) -> dict[str, Any]:
    code, out, _ = type_in("show", handle, "--json")
    assert code == 0
    card = json.loads(out)
    assert isinstance(card, dict)
    return card


def test_everybody_is_listed_with_their_purpose(look: Typed) -> None:
    code, out, _ = look("list")
    lines = out.splitlines()
    assert (code, len(lines)) == (0, len(people()))
    assert lines[0].split()[:3] == ["wang-balance", "王例明", "990000199003070013"]
    assert lines[0].endswith("the README's example")


def test_the_list_is_also_for_programs(look: Typed) -> None:
    listed = json.loads(look("list", "--json")[1])
    assert listed[0] == {
        "handle": "wang-balance",
        "name": "王例明",
        "number": "990000199003070013",
        "purpose": people()[0].person.purpose,
    }


def test_a_cheat_card_has_what_is_dialled_and_what_is_heard(look: Typed) -> None:
    code, out, _ = look("show", "wang-balance")
    assert code == 0
    for part in ("990000199003070013", "400107919", "246810", "1234.56 yuan", "2026-02-28", "5 settlements"):
        assert part in out
    assert shown(look, "wang-balance")["facts"]["account.balance"] == 123_456


@pytest.mark.parametrize("handle", [one.person.handle for one in people()][::9])
def test_every_card_can_be_shown_with_its_password(look: Typed, handle: str) -> None:
    card = shown(look, handle)
    assert card["password"] == next(one.password for one in people() if one.person.handle == handle)


def test_fields_are_set_together(type_in: Typed) -> None:
    changes = ("balance=12.34", "state=frozen", "insurance=suspended", "card=lost", "password=135790")
    code, out, _ = type_in("set", "wang-balance", *changes)
    assert (code, out) == (0, "wang-balance: balance, state, insurance, card, password set\n")
    card = shown(type_in, "wang-balance")
    facts = {
        name: card["facts"][name] for name in ("account.balance", "account.state", "insurance.status", "card.state")
    }
    assert facts == {
        "account.balance": 1_234,
        "account.state": "frozen",
        "insurance.status": "suspended",
        "card.state": "lost",
    }
    assert card["password"] == ""


def test_a_higher_balance_goes_to_past_years(type_in: Typed) -> None:
    type_in("set", "wang-balance", "balance=99999.99")
    facts = shown(type_in, "wang-balance")["facts"]
    assert (facts["account.this-year"], facts["account.past-years"]) == (1_295, 9_999_999 - 1_295)


@pytest.mark.parametrize(
    ("handle", "changes", "says"),
    [
        ("wang-balnce", ["balance=1"], "did you mean wang-balance"),
        ("wang-balance", ["balance"], "FIELD=VALUE"),
        ("wang-balance", ["balance=-1"], "at most two decimals"),
        ("wang-balance", ["balance=1.234"], "at most two decimals"),
        ("wang-balance", ["balance=lots"], "at most two decimals"),
        ("wang-balance", ["balance=NaN"], "at most two decimals"),
        ("wang-balance", ["balance=1e99"], "at most two decimals"),
        ("wang-balance", ["state=none"], "set balance=0 as well"),
        ("wang-balance", ["state=melted"], "choose from normal"),
        ("wang-balance", ["card=none"], "choose from normal, lost"),
        ("wang-balance", ["password=12345"], "six digits"),
        ("wang-balance", ["balance=1", "balance=2"], "given twice"),
        ("wang-balance", ["balance=1", "age=3"], "choose from balance"),
        ("shen-no-card", ["card=lost"], "has no card"),
        ("fu-no-insurance-row", ["insurance=active"], "no insurance row"),
    ],
)
def test_what_cannot_be_set_is_said_and_nothing_changes(
    look: Typed, handle: str, changes: list[str], says: str
) -> None:
    code, out, err = look("set", handle, *changes)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert says in err
    assert shown(look, "wang-balance")["facts"]["account.balance"] == 123_456


def test_an_account_is_emptied_and_closed_at_once(type_in: Typed) -> None:
    assert type_in("set", "wang-balance", "state=closed", "balance=0")[0] == 0
    assert shown(type_in, "wang-balance")["says"]["balance"] == "the account is closed"


@pytest.mark.parametrize("whom", ["lu-locked", "all"])
def test_unlocking_frees(type_in: Typed, whom: str) -> None:
    assert shown(type_in, "lu-locked")["locked"] is True
    assert "unlock lu-locked" in type_in("show", "lu-locked")[1]
    assert type_in("unlock", whom)[0] == 0
    assert shown(type_in, "lu-locked")["locked"] is False


def test_seeding_keeps_changes_and_resetting_undoes_them(type_in: Typed) -> None:
    type_in("set", "wang-balance", "balance=0")
    code, out, _ = type_in("seed")
    assert code == 0
    assert out.startswith(f"{len(people())} people are in")
    assert shown(type_in, "wang-balance")["facts"]["account.balance"] == 0
    assert type_in("seed", "--reset")[1].startswith(f"made {len(people())} people anew")
    assert shown(type_in, "wang-balance")["facts"]["account.balance"] == 123_456


@pytest.mark.parametrize("command", ["list", "show", "seed", "set", "unlock"])
def test_help_has_an_example(look: Typed, command: str) -> None:
    code, out, _ = look(command, "--help")
    assert code == 0
    assert "ivr accounts " in out
    assert f" {command}" in out.partition("\n\n")[2]
