"""The synthetic people: consistent, complete, nobody's."""

from __future__ import annotations

import re

import pytest

from ivr.accounts.answers_family import AID_STATES, CLAIM_STATES
from ivr.accounts.passwords import too_simple
from ivr.accounts.people import people
from ivr.accounts.people_history import AS_OF, REFERENCE_DAY
from ivr.accounts.people_sketch import SyntheticPerson
from ivr.accounts.person import Person
from ivr.identity_number import age_on, birth_date, check_number

EVERYBODY = people()
PERSONS = [one.person for one in EVERYBODY]
each = pytest.mark.parametrize("one", EVERYBODY, ids=lambda one: one.person.handle)


def test_there_are_at_least_sixty_and_the_readmes_is_first() -> None:
    first = EVERYBODY[0]
    assert len(EVERYBODY) >= 60
    assert (first.person.handle, first.person.certno, first.password, first.person.account.balc) == (
        "wang-balance",
        "990000199003070013",
        "246810",
        123_456,
    )


@pytest.mark.parametrize("field", ["psn_no", "handle", "psn_name", "certno", "mobile", "purpose"])
def test_nobody_shares(field: str) -> None:
    values = [getattr(person, field) for person in PERSONS]
    assert len(set(values)) == len(values)


def test_no_two_cards_share_their_last_eight() -> None:
    cards = [person.ss_card_no for person in PERSONS if person.ss_card_no]
    assert len({card[1:] for card in cards}) == len(cards)
    assert {check_number(card, REFERENCE_DAY).kind for card in cards} == {"card"}


def test_every_published_fake_belongs_to_somebody() -> None:
    published = {
        "990000199003070013",
        "990000195812310023",
        "990000198506150133",
        "990000197208200054",
        "990000196601010201",
        "99000019900307003X",
        "99000019581231004X",
        "99000019720820029X",
    }
    assert published <= {person.certno for person in PERSONS}


@each
def test_numbers_are_well_formed_and_nobodys(one: SyntheticPerson) -> None:
    person = one.person
    assert check_number(person.certno, REFERENCE_DAY).kind == ("id" if len(person.certno) == 18 else "permit")
    if len(person.certno) == 18:
        assert person.certno.startswith("990000")
        assert birth_date(person.certno) == person.brdy
        assert person.gend == ("male" if int(person.certno[16]) % 2 else "female")
    assert "990000" in person.certno
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", person.handle)
    assert person.psn_name[1] == "例"


@each
def test_passwords_are_six_digits_and_simple_only_when_initial(one: SyntheticPerson) -> None:
    assert re.fullmatch(r"[0-9]{6}", one.password)
    assert too_simple(one.password, one.person.certno) == one.person.initial_password


@each
def test_every_sum_adds_up(one: SyntheticPerson) -> None:
    account = one.person.account
    assert account.balc == account.this_year + account.past_years
    assert min(account.balc, account.this_year, account.past_years, account.year_out) >= 0
    for row in one.person.spends:
        parts = (row.fund_pay_sumamt, row.acct_pay, row.acct_mulaid_pay, row.psn_cash_pay)
        assert row.medfee_sumamt == sum(parts)
        assert min(parts) >= 0
    assert [row.settled_on for row in one.person.spends] == sorted(
        (row.settled_on for row in one.person.spends), reverse=True
    )


@each
def test_this_years_money_is_what_the_lists_say(one: SyntheticPerson) -> None:
    person, year = one.person, AS_OF.year
    paid_in = sum(row.account_in for row in person.deposits if row.posted_on.year == year)
    spent = sum(row.acct_pay for row in person.spends if row.settled_on.year == year and not row.refd_setl_flag) + sum(
        link.used for link in person.aid if link.direction == "payer"
    )
    assert (person.account.year_in, person.account.year_out) == (paid_in, spent)
    if person.account.balc:
        assert person.account.this_year == max(0, paid_in - spent)


@each
def test_mutual_aid_looks_the_same_from_both_ends(one: SyntheticPerson) -> None:
    by_number = {person.psn_no: person for person in PERSONS}
    for link in one.person.aid:
        other = by_number[link.other]
        back = [seen for seen in other.aid if seen.other == one.person.psn_no and seen.direction != link.direction]
        assert link.other_name == other.psn_name
        assert [(seen.state, seen.limit, seen.used) for seen in back] == [(link.state, link.limit, link.used)]
        if link.direction == "user":
            helped = sum(row.acct_mulaid_pay for row in one.person.spends if row.aid_payer == link.other)
            assert helped == link.used <= link.limit


@each
def test_whoever_uses_mutual_aid_has_nothing_of_their_own(one: SyntheticPerson) -> None:
    if any(row.acct_mulaid_pay for row in one.person.spends):
        assert one.person.account.balc == 0


@pytest.mark.parametrize(
    ("trait", "holds"),
    {
        "X at the end": lambda p: p.certno.endswith("X"),
        "letters on the card": lambda p: p.ss_card_no and not p.ss_card_no.isdigit(),
        "retired": lambda p: p.insurance and p.insurance.psn_type == "retired",
        "flexible": lambda p: p.insurance and p.insurance.psn_type == "flexible",
        "resident without account": lambda p: (
            p.account.state == "none" and p.insurance and p.insurance.insutype == "390"
        ),
        "zero balance": lambda p: p.account.state == "normal" and p.account.balc == 0,
        "frozen": lambda p: p.account.state == "frozen",
        "closed": lambda p: p.account.state == "closed",
        "suspended": lambda p: p.insurance and p.insurance.psn_insu_stas == 2,
        "terminated": lambda p: p.insurance and p.insurance.psn_insu_stas == 4,
        "not insured": lambda p: p.insurance and p.insurance.psn_insu_stas == 0,
        "several insurance rows": lambda p: len(p.insurances) > 1,
        "correction": lambda p: any(row.source == "correction" for row in p.deposits),
        "refund": lambda p: any(row.refd_setl_flag for row in p.spends),
        "pays for others": lambda p: any(link.direction == "payer" for link in p.aid),
        "pays and is paid for": lambda p: {link.direction for link in p.aid} == {"payer", "user"},
        "lost card": lambda p: p.card_state == "lost",
        "no card": lambda p: p.card_state == "none",
        "initial password": lambda p: p.initial_password,
        "over 65": lambda p: age_on(p.brdy, REFERENCE_DAY) > 65,
        "locked": lambda p: p.locked_on(REFERENCE_DAY),
        "no records": lambda p: not p.spends,
        "more than five records": lambda p: len(p.spends) > 5,
        "another pooling area": lambda p: p.insurance and p.insurance.insuplc_admdvs != "990000",
        "permit": lambda p: len(p.certno) == 12,
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_somebody_is(trait: str, holds: object) -> None:
    assert callable(holds)
    assert any(holds(person) for person in PERSONS), trait


def test_every_state_of_claims_and_of_mutual_aid_occurs() -> None:
    assert {claim.state for person in PERSONS for claim in person.claims} == set(CLAIM_STATES)
    assert {link.state for person in PERSONS for link in person.aid} == set(AID_STATES)


def test_a_provisional_loss_lapses_after_its_last_day() -> None:
    lapsed: Person = next(person for person in PERSONS if person.handle == "jin-card-lost-lapsed")
    assert lapsed.lost_until is not None
    assert lapsed.card_state_on(lapsed.lost_until) == "lost"
    assert lapsed.card_state_on(REFERENCE_DAY) == "normal"
