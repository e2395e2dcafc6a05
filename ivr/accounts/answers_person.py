"""What is said about who a person is: identity, insurance relation, card."""

from __future__ import annotations

from datetime import date

from ivr.accounts.person import ACTIVE, EMPLOYEE, LOCAL_AREA, NOT_INSURED, PLACES, SUSPENDED, TERMINATED, Person
from ivr.accounts.repository import Fact, Question
from ivr.identity_number import age_on

SENIOR_AGE = 65

_STATUS = {NOT_INSURED: "none", ACTIVE: "active", SUSPENDED: "suspended", TERMINATED: "terminated"}


def verified_facts(person: Person, today: date) -> dict[str, Fact]:
    """The facts that only a verified caller's call may hold."""
    age = age_on(person.brdy, today)
    insurance = person.insurance
    return {
        "identity.outcome": "verified",
        "caller.verified": True,
        "person.id": person.psn_no,
        "person.name": person.psn_name,
        "person.number-tail": person.certno[-4:],
        "person.age": age,
        "person.senior": age >= SENIOR_AGE,
        "person.initial-password": person.initial_password,
        "person.local": insurance is None or insurance.insuplc_admdvs == LOCAL_AREA,
        "person.card-state": person.card_state_on(today),
    }


def insurance_status(person: Person) -> str:
    """none, active, suspended or terminated."""
    return _STATUS[person.insurance.psn_insu_stas] if person.insurance else "none"


def insurance_facts(person: Person, question: Question) -> dict[str, Fact]:  # noqa: ARG001 - one shape for all
    """The relation that counts, out of possibly several."""
    row = person.insurance
    if row is None or row.psn_insu_stas == NOT_INSURED:
        kind, person_type, place, employer = "none", "", "", ""
    else:
        kind = "employee" if row.insutype == EMPLOYEE else "resident"
        person_type, place, employer = row.psn_type, PLACES[row.insuplc_admdvs], row.emp_name
    return {
        "insurance.kind": kind,
        "insurance.person-type": person_type,
        "insurance.status": insurance_status(person),
        "insurance.place": place,
        "insurance.employer": employer,
        "insurance.paid-months": row.paid_months if row else 0,
        "insurance.rows": len(person.insurances),
    }


def card_facts(person: Person, question: Question) -> dict[str, Fact]:
    """State and last four characters of the card; the tail is empty when there is no card."""
    return {
        "card.state": person.card_state_on(question.today),
        "card.tail": (person.ss_card_no or "")[-4:],
    }
