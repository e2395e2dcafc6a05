"""What may be asked, and how each answer is made, whatever the people are kept in.

    question          parameters               facts
    identify          number, password         identity.outcome, and person.* only when it is "verified"
    balance           person                   account.*
    insurance         person                   insurance.*
    spending          person, page             spending.*
    deposits          person, page             deposits.*
    claims            person, page             claims.*
    mutual-aid        person, page             aid.*
    card              person                   card.state, card.tail
    report-loss       person                   card.outcome, card.valid-days, card.until
    change-password   person, old, new         password.outcome
    leave-message     text, caller, duration-ms   message.number, message.answer-days

A :class:`Store` keeps people and does the few things that must be atomic; all rules are here and in the ``answers_*``
modules, so two stores cannot differ in what they say. The rules of identity are in :mod:`ivr.accounts.identity`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from ivr.accounts import answers_account, answers_family, answers_person, identity
from ivr.accounts.person import Person
from ivr.accounts.repository import Fact, Facts, Question
from ivr.errors import LookupFailed


@dataclass(frozen=True, slots=True)
class Rules:
    """What differs from place to place."""

    wrong_per_day: int = 6
    loss_days: int = 15
    message_answer_days: int = 3


class Store(identity.IdentityStore, Protocol):
    """Where people are kept."""

    def person(self, psn_no: str) -> Person | None:
        """The person of that internal number."""
        ...

    def report_loss(self, psn_no: str, today: date, until: date) -> bool:
        """Mark a card lost through ``until``; False when it already is on that day. Atomic."""
        ...

    def keep_message(self, text: str, caller_tail: str, duration_ms: int, at: datetime) -> int:
        """Store a message; its number, from 1."""
        ...


def answer(store: Store, rules: Rules, question: Question) -> Facts:
    """Answer one question; ``LookupFailed`` says ``unknown-query``, ``unknown-person`` or ``bad-question``."""
    if question.name == "identify":
        return identity.identify(store, question, rules.wrong_per_day)
    if question.name == "leave-message":
        return _leave_message(store, rules, question)
    if question.name not in _READINGS and question.name not in ("report-loss", "change-password"):
        raise LookupFailed("unknown-query", question.name)
    person = store.person(question.text("person"))
    if person is None:
        raise LookupFailed("unknown-person", question.name)
    if question.name == "report-loss":
        return _report_loss(store, rules, person, question)
    if question.name == "change-password":
        return identity.change_password(store, person, question, rules.wrong_per_day)
    return _READINGS[question.name](person, question)


_READINGS: dict[str, Callable[[Person, Question], dict[str, Fact]]] = {
    "balance": answers_account.balance_facts,
    "insurance": answers_person.insurance_facts,
    "spending": answers_account.spending_facts,
    "deposits": answers_account.deposit_facts,
    "claims": answers_family.claim_facts,
    "mutual-aid": answers_family.aid_facts,
    "card": answers_person.card_facts,
}


def _report_loss(store: Store, rules: Rules, person: Person, question: Question) -> Facts:
    facts: dict[str, Fact] = {"card.valid-days": rules.loss_days}
    if person.card_state == "none":
        return facts | {"card.outcome": "no-card", "card.until": ""}
    until = question.today + timedelta(days=rules.loss_days)
    if store.report_loss(person.psn_no, question.today, until):
        return facts | {"card.outcome": "reported", "card.until": until.isoformat()}
    known = store.person(person.psn_no) or person
    last_day = known.lost_until.isoformat() if known.lost_until else ""
    return facts | {"card.outcome": "already-lost", "card.until": last_day}


def _leave_message(store: Store, rules: Rules, question: Question) -> Facts:
    duration_ms = question.whole("duration-ms", default=0, least=0)
    tail = question.text("caller")[-4:]
    number = store.keep_message(question.text("text"), tail, duration_ms, question.at)
    return {"message.number": f"{number:04d}", "message.answer-days": rules.message_answer_days}
