"""All that is needed to phone as one of the synthetic people, and what the hotline will say then.

Showing a number and a password whole is harmless here and only here: nobody has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ivr.accounts.administration import find
from ivr.accounts.answering import answer
from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.accounts.engine import in_administration
from ivr.accounts.people import people
from ivr.accounts.person import Person
from ivr.accounts.repository import Fact, Question
from ivr.identity_number import age_on

_TOPICS = ("balance", "insurance", "spending", "deposits", "claims", "mutual-aid", "card")


@dataclass(frozen=True, slots=True)
class CheatCard:
    """One person at one moment."""

    handle: str
    name: str
    purpose: str
    number: str
    card: str  # "" when there is none
    password: str  # "" when it was changed and so is known to nobody here
    age: int
    locked: bool
    says: dict[str, str]  # by topic, one line each
    facts: dict[str, Fact]  # all answers


def cheat_card(accounts: DatabaseAccounts, handle: str, at: datetime) -> CheatCard:
    """The card of a handle for a call at this moment; ``UsageError`` when nobody has it."""
    person = find(accounts, handle)
    facts: dict[str, Fact] = {}
    with in_administration(accounts.place):
        for topic in _TOPICS:
            facts |= answer(accounts, accounts.rules, Question(topic, {"person": person.psn_no}, at))
        known = next((one.password for one in people() if one.person.handle == handle), "")
        if not accounts.check_password(person, known):
            known = ""
        locked = person.locked_on(at.date()) or accounts.is_used_up(person.certno, at.date())
    return CheatCard(
        handle=handle,
        name=person.psn_name,
        purpose=person.purpose,
        number=person.certno,
        card=person.ss_card_no or "",
        password=known,
        age=age_on(person.brdy, at.date()),
        locked=locked,
        says=_says(person, at),
        facts=facts,
    )


def _says(person: Person, at: datetime) -> dict[str, str]:
    insurance = person.insurance
    account = person.account
    lines = {"balance": f"{_yuan(account.balc)} as of {account.as_of}, account {account.state}"}
    if account.state in ("none", "closed"):
        lines["balance"] = "no personal account" if account.state == "none" else "the account is closed"
    newest_spend = next(iter(person.spends), None)
    lines["spending"] = _counted(len(person.spends), "settlement")
    if newest_spend:
        total, day = _yuan(newest_spend.medfee_sumamt), newest_spend.settled_on
        refunded = ", refunded" if newest_spend.refd_setl_flag else ""
        lines["spending"] += f", newest {total} on {day}{refunded}"
    newest_deposit = next(iter(person.deposits), None)
    lines["deposits"] = _counted(len(person.deposits), "deposit")
    if newest_deposit:
        lines["deposits"] += f", newest {_yuan(newest_deposit.account_in)} for {newest_deposit.month}"
    links = [f"{link.direction} with {link.other_name} ({link.state})" for link in person.aid]
    lines["mutual aid"] = "; ".join(links) or "none"
    lines["claims"] = ", ".join(claim.state for claim in person.claims) or "none"
    status = {0: "not insured", 1: "active", 2: "suspended", 4: "terminated"}
    lines["insurance"] = (
        f"{insurance.psn_type}, {status[insurance.psn_insu_stas]}, {_counted(len(person.insurances), 'row')}"
        if insurance
        else "not insured"
    )
    lines["card"] = person.card_state_on(at.date())
    return lines


def _yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d} yuan"


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
