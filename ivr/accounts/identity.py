"""Who the caller is: number and password, wrong tries, locks.

A try is *taken* before the password is looked at and *given back* when it was right. Taking is one atomic step of the
store that succeeds at most ``wrong_per_day`` times more than tries were given back, so any number of processes that
guess at once never look at more wrong passwords than that; a process that dies in between has used up its try.

Nothing tells a stranger whether a number exists. Unknown numbers have tries and locks like known ones; the same
question is refused with the same single fact; and exactly one password verification is paid for in every case, with a
password that nobody has where there is none. All numbers of one person (ID, card, end of the card) share one count.

Wrong tries are counted per calling day and are not forgiven by a right one: an owner who calls daily must not buy a
guesser more tries. That three wrong entries end the self-service of one call is the call flow's business.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from ivr.accounts.answers_person import verified_facts
from ivr.accounts.passwords import too_simple
from ivr.accounts.person import Person
from ivr.accounts.repository import Facts, Question
from ivr.identity_number import normalise_number


class IdentityStore(Protocol):
    """What must be atomic about identity, or slow on purpose."""

    def holder(self, number: str) -> Person | None:
        """The one person with that normalised ID, permit, card or end of a card; None when nobody or several."""
        ...

    def check_password(self, person: Person | None, password: str) -> bool:
        """One verification, always; False for nobody."""
        ...

    def take_try(self, number: str, day: date, limit: int) -> bool:
        """Count one try against the number on that day; False, and nothing counted, when ``limit`` are used up."""
        ...

    def give_back_try(self, number: str, day: date) -> None:
        """Undo one :meth:`take_try`."""
        ...

    def change_password(self, person: Person, old: str, new: str) -> bool:
        """Replace a password that was just checked; False when somebody else replaced it meanwhile."""
        ...


def identify(store: IdentityStore, question: Question, wrong_per_day: int) -> Facts:
    """Verified, refused or locked. Without the parameter ``password`` the number alone is enough."""
    number = normalise_number(question.text("number"))
    by_number_alone = "password" not in question.params
    password = "" if by_number_alone else question.text("password")
    today = question.today
    person = store.holder(number)
    counted = person.certno if person else number
    admitted = store.take_try(counted, today, wrong_per_day)
    right = store.check_password(person, password) or by_number_alone
    if not admitted or (person is not None and person.locked_on(today)):
        return {"identity.outcome": "locked"}
    if person is None or not right:
        return {"identity.outcome": "refused"}
    store.give_back_try(counted, today)
    return verified_facts(person, today)


def change_password(store: IdentityStore, person: Person, question: Question, wrong_per_day: int) -> Facts:
    """changed, wrong-old, too-simple or same. A wrong old password is a wrong try of the number."""
    old, new = question.text("old"), question.text("new")
    admitted = store.take_try(person.certno, question.today, wrong_per_day)
    admitted = admitted and not person.locked_on(question.today)
    if not (store.check_password(person, old) and admitted):
        return {"password.outcome": "wrong-old"}
    store.give_back_try(person.certno, question.today)
    if new == old:
        return {"password.outcome": "same"}
    if too_simple(new, person.certno):
        return {"password.outcome": "too-simple"}
    changed = store.change_password(person, old, new)
    return {"password.outcome": "changed" if changed else "wrong-old"}
