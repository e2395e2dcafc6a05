"""Looking at and changing the synthetic people from outside a call.

Changes go through the same constraints as everything else; what they would break is said before it is tried. A call
that is going on sees a change with its next question.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, func, select, update

from ivr.accounts import attempts, schema
from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.accounts.engine import in_administration, reading, writing
from ivr.accounts.person import ACTIVE, NOT_INSURED, SUSPENDED, TERMINATED, Person
from ivr.errors import UsageError

FIELDS = {
    "balance": "a sum in yuan, such as balance=12.34",
    "state": "of the account: state=normal, frozen, none or closed",
    "insurance": "of the insurance that counts: insurance=active, suspended, terminated or none",
    "card": "card=normal or lost",
    "password": "six digits, such as password=135790",
}

_INSURANCE = {"active": ACTIVE, "suspended": SUSPENDED, "terminated": TERMINATED, "none": NOT_INSURED}
_MOST_FEN = 10**14


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of people."""

    handle: str
    name: str
    number: str
    purpose: str


def everybody(accounts: DatabaseAccounts) -> list[Listed]:
    """All people in their fixed order."""
    person = schema.person
    query = select(person.c.handle, person.c.psn_name, person.c.certno, person.c.purpose).order_by(person.c.psn_no)
    with in_administration(accounts.place), reading(accounts.engine) as connection:
        return [Listed(*row) for row in connection.execute(query)]


def find(accounts: DatabaseAccounts, handle: str) -> Person:
    """The person of a handle; ``UsageError`` suggests the nearest ones."""
    with in_administration(accounts.place):
        with reading(accounts.engine) as connection:
            query = select(schema.person.c.handle, schema.person.c.psn_no)
            handles: dict[str, str] = {row.handle: row.psn_no for row in connection.execute(query)}
        person = accounts.person(handles[handle]) if handle in handles else None
    if person is None:
        near = difflib.get_close_matches(handle, handles, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "`ivr accounts list` shows all"
        raise UsageError(f"nobody has the handle {handle!r}; {hint}")
    return person


def adjust(accounts: DatabaseAccounts, handle: str, changes: Mapping[str, str]) -> None:
    """Change some of :data:`FIELDS`, all or none of them; ``UsageError`` names the first that cannot be."""
    person = find(accounts, handle)
    account = _account_changes(person, changes)
    insurance = _insurance_change(person, changes)
    card = _card_change(person, changes)
    auth = _password_change(accounts, changes)
    for name in changes:
        if name not in FIELDS:
            raise UsageError(f"there is no field {name!r}; choose from {', '.join(FIELDS)}")
    with in_administration(accounts.place), writing(accounts.engine) as connection:
        _write(connection, schema.account, person.psn_no, account)
        _write(connection, schema.person, person.psn_no, card)
        _write(connection, schema.auth_state, person.psn_no, auth)
        if insurance is not None:
            table = schema.insurance
            first = select(func.min(table.c.id)).where(
                table.c.psn_no == person.psn_no, table.c.psn_insu_stas == insurance[0]
            )
            query = update(table).where(table.c.id == first.scalar_subquery())
            connection.execute(query.values(psn_insu_stas=insurance[1]))


def unlock(accounts: DatabaseAccounts, handle: str) -> None:
    """Forget the wrong tries and the lock of a person, or of ``all``: known and unknown numbers."""
    auth = schema.auth_state
    everyone = handle == "all"
    keys = [] if everyone else [attempts.number_key(accounts.secret, find(accounts, handle).certno)]
    with in_administration(accounts.place), writing(accounts.engine) as connection:
        if everyone:
            attempts.forget_all(connection)
            connection.execute(update(auth).values(locked_until=None))
        else:
            attempts.forget(connection, keys)
            owner = select(schema.person.c.psn_no).where(schema.person.c.handle == handle)
            connection.execute(update(auth).where(auth.c.psn_no.in_(owner)).values(locked_until=None))


def _write(connection: Connection, table: Any, psn_no: str, values: Mapping[str, Any]) -> None:
    if values:
        connection.execute(update(table).where(table.c.psn_no == psn_no).values(values))


def _account_changes(person: Person, changes: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    state = _choice(changes, "state", ("normal", "frozen", "none", "closed")) or person.account.state
    balance = _fen(changes["balance"]) if "balance" in changes else person.account.balc
    if state in ("none", "closed") and balance:
        raise UsageError(f"an account that is {state} holds no money; set balance=0 as well, or another state")
    if "state" in changes:
        values["state"] = state
    if "balance" in changes:
        this_year = min(person.account.this_year, balance)
        values |= {"balc": balance, "this_year": this_year, "past_years": balance - this_year}
    return values


def _insurance_change(person: Person, changes: Mapping[str, str]) -> tuple[int, int] | None:
    status = _choice(changes, "insurance", tuple(_INSURANCE))
    if status is None:
        return None
    if person.insurance is None:
        raise UsageError(f"{person.handle} has no insurance row to change; choose somebody else")
    return person.insurance.psn_insu_stas, _INSURANCE[status]


def _card_change(person: Person, changes: Mapping[str, str]) -> dict[str, Any]:
    state = _choice(changes, "card", ("normal", "lost"))
    if state is None:
        return {}
    if person.card_state == "none":
        raise UsageError(f"{person.handle} has no card; choose somebody else")
    return {"card_state": state, "lost_until": None}


def _password_change(accounts: DatabaseAccounts, changes: Mapping[str, str]) -> dict[str, Any]:
    password = changes.get("password")
    if password is None:
        return {}
    if not (len(password) == 6 and password.isascii() and password.isdigit()):
        raise UsageError(f"a password is {FIELDS['password']}")
    return {"hash": accounts.passwords.hash(password), "initial_password": False}


def _choice(changes: Mapping[str, str], field: str, choices: tuple[str, ...]) -> Any:
    value = changes.get(field)
    if value is not None and value not in choices:
        raise UsageError(f"{field}={value} is not possible; choose from {', '.join(choices)}")
    return value


def _fen(text: str) -> int:
    try:
        fen = Decimal(text) * 100
        if fen == fen.to_integral_value() and 0 <= fen < _MOST_FEN:
            return int(fen)
    except InvalidOperation:
        pass
    raise UsageError(f"balance={text} is not possible; write yuan from 0 with at most two decimals, such as 12.34")
