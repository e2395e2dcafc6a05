"""What is said about the personal account: balance, money in, money out."""

from __future__ import annotations

from ivr.accounts.answers_person import insurance_status
from ivr.accounts.paging import page_facts
from ivr.accounts.person import Deposit, Person, Spend
from ivr.accounts.repository import Fact, Question

_KINDS = {11: "普通门诊", 12: "门诊挂号", 13: "急诊", 14: "门诊慢特病", 21: "住院", 41: "药店购药"}


def balance_facts(person: Person, question: Question) -> dict[str, Fact]:  # noqa: ARG001 - one shape for all
    """All parts of the balance; zeros when there is no account."""
    account = person.account
    return {
        "account.state": account.state,
        "account.balance": account.balc,
        "account.this-year": account.this_year,
        "account.past-years": account.past_years,
        "account.year-in": account.year_in,
        "account.year-out": account.year_out,
        "account.as-of": account.as_of.isoformat(),
        "account.insurance": insurance_status(person),
    }


def spending_facts(person: Person, question: Question) -> dict[str, Fact]:
    """One page of settlements, newest first."""
    return page_facts("spending", person.spends, question, _spend_line)


def deposit_facts(person: Person, question: Question) -> dict[str, Fact]:
    """One page of sums paid in, newest first; a correction is negative."""
    return page_facts("deposits", person.deposits, question, _deposit_line)


def _spend_line(spend: Spend) -> dict[str, Fact]:
    return {
        "date": spend.settled_on.isoformat(),
        "kind": _KINDS[spend.med_type],
        "place": spend.fixmedins_name,
        "total": spend.medfee_sumamt,
        "fund": spend.fund_pay_sumamt,
        "account": spend.acct_pay,
        "aid": spend.acct_mulaid_pay,
        "cash": spend.psn_cash_pay,
        "refunded": spend.refd_setl_flag,
    }


def _deposit_line(deposit: Deposit) -> dict[str, Fact]:
    return {
        "month": deposit.month,
        "amount": deposit.account_in,
        "posted-on": deposit.posted_on.isoformat(),
        "correction": deposit.source == "correction",
    }
