"""A synthetic person in a few words, and how the words become a consistent person.

A sketch says only what is special; the rest follows from rules, so that everybody's figures add up:

* the account: past years + money in this year - money out this year = balance, and in and out are the sums of the
  listed deposits and settlements of this year (mutual aid counts as money out of the payer's account);
* a settlement: fund + account + mutual aid + cash = total;
* the own account pays before mutual aid does, so whoever uses mutual aid has nothing left of their own.

Nothing is random: the same sketch at the same place in the list is the same person for ever. Area code 990000 belongs
to no county, so no number can be anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ivr.accounts.people_history import AS_OF, deposits, settle, visits
from ivr.accounts.person import (
    ACTIVE,
    EMPLOYEE,
    LOCAL_AREA,
    RESIDENT,
    Account,
    AccountState,
    AidLink,
    CardState,
    Claim,
    ClaimState,
    Insurance,
    Person,
    Spend,
)
from ivr.identity_number import birth_date, check_digit

LOCKED_FOR_EVER = date(9999, 12, 31)

_CLAIM_AMOUNTS = (128_650, 45_200, 1_203_311, 9_900, 260_002)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is special about one person; sums in fen."""

    handle: str
    name: str
    born: str  # YYYYMMDD and a three-digit sequence number, odd for men: 17 digits follow
    purpose: str
    kind: Literal["employee", "retired", "flexible", "resident", "none"] = "employee"
    balance: int | None = None  # default: a sum that differs from person to person
    account: AccountState | None = None  # default: normal, and none for residents
    monthly: int = 16_000
    months: int = 12
    paid_through: str = "2026-02"
    correction: int = 0
    records: int = 3
    refunded: bool = False  # the newest settlement was taken back
    hospital: bool = False  # one stay in hospital comes first
    status: int = ACTIVE
    area: str = LOCAL_AREA
    employer: str = "示例制造有限公司"
    paid_months: int = 96
    insurances: tuple[Insurance, ...] | None = None
    card: CardState = "normal"
    card_number: str = ""
    lost_until: date | None = None
    permit: str = ""  # instead of an 18-character ID
    password: str = ""
    initial_password: bool = False
    locked: bool = False
    claims: tuple[ClaimState, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntheticPerson:
    """A person and the password that only a generator may know in clear."""

    person: Person
    password: str


def draw(sketch: Sketch, index: int, aid: tuple[AidLink, ...], aid_given: int) -> SyntheticPerson:
    """The person of a sketch at place ``index`` (from 1), whose account paid ``aid_given`` for others this year."""
    number = sketch.permit or _id_number(sketch.born)
    born = birth_date("000000" + sketch.born)
    if born is None:
        raise ValueError(f"{sketch.handle}: {sketch.born} is no birth date")
    spends = _spends(sketch, index, aid)
    paid_in = deposits(sketch.kind, sketch.months, sketch.paid_through, sketch.monthly, sketch.correction)
    year_in = sum(row.account_in for row in paid_in if row.posted_on.year == AS_OF.year)
    state = sketch.account or ("none" if sketch.kind in ("resident", "none") else "normal")
    balance = _balance(sketch, index, state)
    year_out = _year_out(spends) + aid_given
    surplus = year_in - year_out - balance
    if surplus > 0:  # more came in this year than is left: the rest was spent at a pharmacy
        spends = (settle(index, 0, "pharmacy", account=surplus), *spends)
        year_out += surplus
    this_year = max(0, year_in - year_out)
    person = Person(
        psn_no=f"P{index:04d}",
        handle=sketch.handle,
        purpose=sketch.purpose,
        psn_name=sketch.name,
        certno=number,
        ss_card_no=None if sketch.card == "none" else sketch.card_number or f"{400_100_000 + index * 7919}",
        card_state=sketch.card,
        lost_until=sketch.lost_until,
        mobile=f"1380000{index:04d}",
        brdy=born,
        gend="male" if int(sketch.born[-1]) % 2 else "female",
        initial_password=sketch.initial_password,
        locked_until=LOCKED_FOR_EVER if sketch.locked else None,
        account=Account(state, balance, this_year, balance - this_year, year_in, year_out, AS_OF),
        insurances=_insurances(sketch),
        deposits=paid_in,
        spends=tuple(_renumber(spends, index)),
        aid=aid,
        claims=_claims(sketch, index),
    )
    return SyntheticPerson(person, _password(sketch, index, number))


def _id_number(born: str) -> str:
    first17 = LOCAL_AREA + born
    return first17 + check_digit(first17)


def _password(sketch: Sketch, index: int, number: str) -> str:
    if sketch.password == "id-tail":  # noqa: S105 - a word of the sketches, not a password
        return number[-6:] if number[-1] != "X" else number[-7:-1]
    return sketch.password or f"{(index * 73_939 + 402_186) % 1_000_000:06d}"


def _balance(sketch: Sketch, index: int, state: AccountState) -> int:
    if state in ("none", "closed"):
        return 0
    return sketch.balance if sketch.balance is not None else 85_317 + index * 10_931


def _insurances(sketch: Sketch) -> tuple[Insurance, ...]:
    if sketch.insurances is not None:
        return sketch.insurances
    if sketch.kind == "none":
        return ()
    if sketch.kind == "resident":
        return (Insurance(RESIDENT, "resident", sketch.status, sketch.area, "", sketch.paid_months),)
    person_type = "active" if sketch.kind == "employee" else sketch.kind
    employer = sketch.employer if sketch.kind == "employee" else ""
    return (Insurance(EMPLOYEE, person_type, sketch.status, sketch.area, employer, sketch.paid_months),)


def _spends(sketch: Sketch, index: int, aid: tuple[AidLink, ...]) -> tuple[Spend, ...]:
    own_account = sketch.kind not in ("resident", "none") and sketch.account in (None, "normal")
    used = [link for link in aid if link.direction == "user" and link.used]
    helped = [settle(index, 0, "helped", aid=link.used, aid_payer=link.other) for link in used]
    stay = [settle(index, 0, "stay")] if sketch.hospital else []
    rows = [*helped, *stay, *visits(index, sketch.records - len(helped) - len(stay), own_account)]
    if sketch.refunded:
        rows[0] = replace(rows[0], refd_setl_flag=True)
    return tuple(rows)


def _year_out(spends: tuple[Spend, ...]) -> int:
    this_year = [row for row in spends if row.settled_on.year == AS_OF.year and not row.refd_setl_flag]
    return sum(row.acct_pay for row in this_year)


def _renumber(spends: tuple[Spend, ...], index: int) -> list[Spend]:
    newest_first = sorted(spends, key=lambda row: row.settled_on, reverse=True)
    last = len(newest_first)
    return [replace(row, setl_id=f"S{index:04d}{last - at:03d}") for at, row in enumerate(newest_first)]


def _claims(sketch: Sketch, index: int) -> tuple[Claim, ...]:
    count = len(sketch.claims)
    return tuple(
        Claim(
            claim_no=f"C{index:04d}{count - at:04d}",
            submitted_on=date.fromordinal(AS_OF.toordinal() - 6 - 11 * at - index % 5),
            state=state,
            amount=_CLAIM_AMOUNTS[(at + index) % len(_CLAIM_AMOUNTS)],
        )
        for at, state in enumerate(sketch.claims)
    )
