"""What every kind of accounts answers, in memory and on both databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.people import people
from ivr.accounts.repository import Accounts, Fact, Facts, Question
from ivr.errors import LookupFailed

MORNING = datetime.fromisoformat("2026-03-02T09:30")
BY_HANDLE = {one.person.handle: one.person.psn_no for one in people()}
READINGS = ("balance", "insurance", "spending", "deposits", "claims", "mutual-aid", "card")


def ask(accounts: Accounts, name: str, handle: str = "", at: datetime = MORNING, **params: Fact) -> Facts:
    person = {"person": BY_HANDLE[handle]} if handle else {}
    return accounts.answer(Question(name, {**person, **params}, at))


def lines(facts: Facts, topic: str) -> list[dict[str, Any]]:
    found = facts[f"{topic}.lines"]
    assert isinstance(found, list)
    return found


def test_everybody_comes_back_from_a_database_as_they_were_put_in(unchanged_database: DatabaseAccounts) -> None:
    for one in people():
        assert unchanged_database.person(one.person.psn_no) == one.person


@pytest.mark.parametrize("name", READINGS)
def test_a_database_says_the_same_as_memory(unchanged_database: Accounts, name: str) -> None:
    memory = MemoryAccounts()
    for handle in ("wang-balance", "shao-claim-every-state", "tang-aid-payer", "xu-resident"):
        assert ask(unchanged_database, name, handle) == ask(memory, name, handle)


def test_the_example_person_has_the_balance_of_the_readme(unchanged_accounts: Accounts) -> None:
    assert ask(unchanged_accounts, "balance", "wang-balance") == {
        "account.state": "normal",
        "account.balance": 123_456,
        "account.this-year": 1_295,
        "account.past-years": 122_161,
        "account.year-in": 32_000,
        "account.year-out": 30_705,
        "account.as-of": "2026-02-28",
        "account.insurance": "active",
    }


@pytest.mark.parametrize(
    ("handle", "state", "insurance"),
    [
        ("liu-frozen", "frozen", "active"),
        ("gao-suspended", "normal", "suspended"),
        ("guo-terminated", "closed", "terminated"),
        ("xu-resident", "none", "active"),
        ("fu-no-insurance-row", "none", "none"),
    ],
)
def test_a_balance_says_in_what_state_the_account_is(
    unchanged_accounts: Accounts, handle: str, state: str, insurance: str
) -> None:
    facts = ask(unchanged_accounts, "balance", handle)
    assert (facts["account.state"], facts["account.insurance"]) == (state, insurance)


def test_of_several_insurance_rows_the_active_one_counts(unchanged_accounts: Accounts) -> None:
    facts = ask(unchanged_accounts, "insurance", "cui-several-rows")
    assert facts == {
        "insurance.kind": "employee",
        "insurance.person-type": "active",
        "insurance.status": "active",
        "insurance.place": "示例市",
        "insurance.employer": "示例软件有限公司",
        "insurance.paid-months": 84,
        "insurance.rows": 3,
    }


def test_without_an_active_row_the_suspended_one_counts(unchanged_accounts: Accounts) -> None:
    facts = ask(unchanged_accounts, "insurance", "kang-rows-none-active")
    assert (facts["insurance.status"], facts["insurance.person-type"]) == ("suspended", "flexible")


def test_pages_follow_each_other_without_gap_or_repetition(unchanged_accounts: Accounts) -> None:
    first, second, third = (ask(unchanged_accounts, "spending", "zhang-many-records", page=page) for page in (1, 2, 3))
    assert [len(lines(page, "spending")) for page in (first, second, third)] == [4, 4, 3]
    assert [page["spending.more"] for page in (first, second, third)] == [True, True, False]
    assert [page["spending.next-page"] for page in (first, second, third)] == [2, 3, 1]
    dates = [line["date"] for page in (first, second, third) for line in lines(page, "spending")]
    assert dates == sorted(set(dates), reverse=True)
    assert {page["spending.count"] for page in (first, second, third)} == {11}


def test_a_full_last_page_promises_nothing(unchanged_accounts: Accounts) -> None:
    facts = ask(unchanged_accounts, "spending", "zhang-four-records")
    assert (len(lines(facts, "spending")), facts["spending.more"]) == (4, False)


def test_a_page_after_the_last_is_empty(unchanged_accounts: Accounts) -> None:
    facts = ask(unchanged_accounts, "spending", "wang-balance", page=99)
    assert (facts["spending.lines"], facts["spending.more"], facts["spending.count"]) == ([], False, 5)


def test_corrections_and_refunds_are_marked(unchanged_accounts: Accounts) -> None:
    newest = lines(ask(unchanged_accounts, "deposits", "luo-correction"), "deposits")[0]
    assert newest == {"month": "2026-02", "amount": -8_000, "posted-on": "2026-02-20", "correction": True}
    assert lines(ask(unchanged_accounts, "spending", "liang-refund"), "spending")[0]["refunded"] is True


def test_mutual_aid_is_seen_from_both_ends(unchanged_accounts: Accounts) -> None:
    assert ask(unchanged_accounts, "mutual-aid", "wang-balance")["aid.role"] == "none"
    assert ask(unchanged_accounts, "mutual-aid", "tang-aid-payer")["aid.role"] == "payer"
    assert ask(unchanged_accounts, "mutual-aid", "han-aid-both")["aid.role"] == "both"
    user = ask(unchanged_accounts, "mutual-aid", "deng-aid-user")
    assert user["aid.role"] == "user"
    assert lines(user, "aid") == [
        {
            "direction": "user",
            "relation": "母亲",
            "name": "唐例慈",
            "state": "active",
            "state-name": "生效",
            "limit": 200_000,
            "used": 23_450,
        }
    ]


def test_a_claim_is_named_by_its_tail_and_state(unchanged_accounts: Accounts) -> None:
    claims = [
        lines(ask(unchanged_accounts, "claims", "shao-claim-every-state", page=page), "claims") for page in (1, 2, 3)
    ]
    assert [line["state-name"] for page in claims for line in page] == [
        *("已受理", "待补正", "审核中", "复核中", "待拨付", "已拨付", "已退回", "已撤回", "银行退票"),
    ]
    assert all(len(line["number-tail"]) == 4 for page in claims for line in page)


def test_a_card_is_reported_lost_once_and_the_report_lapses(accounts: Accounts) -> None:
    reported = {"card.outcome": "reported", "card.valid-days": 15, "card.until": "2026-03-17"}
    assert ask(accounts, "report-loss", "wang-balance") == reported
    assert ask(accounts, "card", "wang-balance")["card.state"] == "lost"
    again = ask(accounts, "report-loss", "wang-balance", at=datetime.fromisoformat("2026-03-17T18:00"))
    assert (again["card.outcome"], again["card.until"]) == ("already-lost", "2026-03-17")
    after = datetime.fromisoformat("2026-03-18T09:00")
    assert ask(accounts, "card", "wang-balance", at=after)["card.state"] == "normal"
    assert ask(accounts, "report-loss", "wang-balance", at=after)["card.until"] == "2026-04-02"


def test_a_formal_loss_has_no_last_day_and_no_card_cannot_be_lost(unchanged_accounts: Accounts) -> None:
    formal = ask(unchanged_accounts, "report-loss", "ye-card-lost")
    assert (formal["card.outcome"], formal["card.until"]) == ("already-lost", "")
    nothing = ask(unchanged_accounts, "report-loss", "shen-no-card")
    assert (nothing["card.outcome"], nothing["card.until"]) == ("no-card", "")


def test_messages_are_numbered(accounts: Accounts) -> None:
    question = Question("leave-message", {"text": "请回电", "caller": "13800001234", "duration-ms": 4_200}, MORNING)
    numbers = [accounts.answer(question)["message.number"] for _ in range(2)]
    assert numbers == ["0001", "0002"]


@pytest.mark.parametrize(
    ("name", "params", "reason"),
    [
        ("weather", {}, "unknown-query"),
        ("balance", {"person": "P9999"}, "unknown-person"),
        ("balance", {}, "bad-question"),
        ("balance", {"person": 1}, "bad-question"),
        ("spending", {"person": "P0001", "page": 0}, "bad-question"),
        ("spending", {"person": "P0001", "page": True}, "bad-question"),
        ("identify", {"password": "246810"}, "bad-question"),
        ("leave-message", {"text": "", "caller": "", "duration-ms": -1}, "bad-question"),
    ],
)
def test_a_question_that_makes_no_sense_fails_with_a_reason(
    unchanged_accounts: Accounts, name: str, params: dict[str, Fact], reason: str
) -> None:
    with pytest.raises(LookupFailed) as failed:
        unchanged_accounts.answer(Question(name, params, MORNING))
    assert failed.value.reason == reason


def test_a_sum_beyond_the_database_fails_as_a_lookup(unchanged_database: Accounts) -> None:
    question = Question("leave-message", {"text": "", "caller": "", "duration-ms": 2**80}, MORNING)
    with pytest.raises(LookupFailed, match="backend-"):
        unchanged_database.answer(question)
