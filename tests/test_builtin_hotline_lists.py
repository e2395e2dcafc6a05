"""The lists of the built-in 12333 hotline: spending, deposits, mutual aid, claims, page by page."""

from __future__ import annotations

import pytest
from hotline_calls import EVERYBODY, Heard, phone, proof

LISTS = {"12": "spending.", "13": "deposits.", "14": "aid.", "212": "claim-status."}


@pytest.mark.parametrize("keys", LISTS)
def test_every_person_hears_every_list(keys: str) -> None:
    for handle, one in EVERYBODY.items():
        heard = phone(*keys, *proof(handle))
        assert heard.wrong == [], handle
        after = heard.after("verify.password")
        if one.person.locked_until:
            assert after[0] == "trouble.locked", handle
        else:
            assert any(prompt.startswith(LISTS[keys]) for prompt in after), f"{handle} heard {after}"


@pytest.mark.parametrize(
    ("handle", "keys", "prompt", "said"),
    [
        ("lu-no-records", "12", "spending.none", "没有查到"),
        ("zhang-many-records", "12", "spending.count", "一共十一笔"),
        ("lu-no-records", "13", "deposits.none", "没有查到"),
        ("luo-correction", "13", "deposits.line.correction", "冲正"),
        ("luo-correction", "13", "deposits.line.correction", "负八十元"),
        ("wang-balance", "14", "aid.none", "没有家庭共济"),
        ("tang-aid-payer", "14", "aid.payer", "五条"),
        ("deng-aid-user", "14", "aid.user", "家人"),
        ("han-aid-both", "14", "aid.both", "既"),
        ("wang-balance", "212", "claim-status.none", "没有查到"),
        ("wang-claim-bank-returned", "212", "claim-status.line", "银行退票"),
    ],
)
def test_each_circumstance_has_its_own_sentence(handle: str, keys: str, prompt: str, said: str) -> None:
    assert said in phone(*keys, *proof(handle)).text(prompt)


# --- line by line -----------------------------------------------------------------------------------------------------


def lines_of(heard: Heard, first: str) -> list[list[str]]:
    """The prompts heard for each line of a list; those whose ids begin with ``first`` begin a line."""
    lines: list[list[str]] = []
    for prompt in heard.prompts:
        if prompt in (first, f"{first}.refunded", f"{first}.received", f"{first}.correction"):
            lines.append([prompt])
        elif lines and prompt.startswith((f"{first}.", "claim-status.advice.")):
            lines[-1].append(prompt)
    return lines


def test_only_what_was_paid_is_read_out() -> None:
    """For every settlement of everybody: the parts that are not zero, and none at all when it was taken back."""
    seen: set[str] = set()
    for handle, one in EVERYBODY.items():
        heard = phone("1", "2", *proof(handle))
        for line, spend in zip(lines_of(heard, "spending.line"), one.person.spends, strict=False):
            paid = {
                "fund": spend.fund_pay_sumamt,
                "account": spend.acct_pay,
                "aid": spend.acct_mulaid_pay,
                "cash": spend.psn_cash_pay,
            }
            expected = [f"spending.line.{part}" for part, amount in paid.items() if amount]
            if len(expected) == 1 and not paid["fund"]:
                expected = [expected[0].replace("line.", "line.all-")]
            if spend.refd_setl_flag:
                assert line == ["spending.line.refunded"], handle
            else:
                assert line == ["spending.line", *expected], handle
            seen.update(line)
    assert {
        "spending.line.refunded",
        "spending.line.aid",
        "spending.line.all-account",
        "spending.line.all-cash",
    } <= seen


def test_a_correction_of_deposits_is_told_from_a_deposit() -> None:
    heard = phone("1", "3", *proof("luo-correction"))
    assert lines_of(heard, "deposits.line") == [["deposits.line.correction"], *[["deposits.line"]] * 3]
    assert "deposits.line.correction" not in phone("1", "3", *proof("wang-balance")).prompts


@pytest.mark.parametrize("handle", [handle for handle, one in EVERYBODY.items() if one.person.aid])
def test_mutual_aid_says_who_pays_and_whether_it_works(handle: str) -> None:
    links = EVERYBODY[handle].person.aid[:4]
    heard = phone("1", "4", *proof(handle))
    expected = []
    for link in links:
        state = link.state if link.state != "active" else "active" if link.used else "unused"
        expected.append(["aid.line" if link.direction == "payer" else "aid.line.received", f"aid.line.{state}"])
    assert lines_of(heard, "aid.line") == expected


@pytest.mark.parametrize(
    ("handle", "advice", "said"),
    [
        ("tian-claim-accepted", "wait", "等待"),
        ("du-claim-to-supplement", "to-supplement", "补交"),
        ("ding-claim-reviewing", "wait", "等待"),
        ("yu-claim-re-reviewing", "wait", "等待"),
        ("pan-claim-to-be-paid", "to-be-paid", "留意到账"),
        ("dai-claim-paid", "paid", "查收"),
        ("xia-claim-returned", "returned", "重新申请"),
        ("zhong-claim-withdrawn", "withdrawn", "重新申请"),
        ("wang-claim-bank-returned", "bank-returned", "更正"),
    ],
)
def test_every_state_of_a_claim_comes_with_what_to_do(handle: str, advice: str, said: str) -> None:
    heard = phone("2", "1", "2", *proof(handle))
    assert lines_of(heard, "claim-status.line") == [["claim-status.line", f"claim-status.advice.{advice}"]]
    assert said in heard.text(f"claim-status.advice.{advice}")


# --- page by page -----------------------------------------------------------------------------------------------------


def test_a_long_list_is_read_in_pages() -> None:
    first = phone("1", "2", *proof("zhang-many-records"))
    assert first.prompts.count("spending.line") == 4
    assert first.prompts[-1] == "list.more"
    heard = phone("1", "2", *proof("zhang-many-records"), "1", "1")
    assert heard.prompts.count("spending.line") == 11
    assert heard.prompts.count("spending.count") == 1
    assert heard.prompts[-1] == "service.next"


def test_a_page_is_heard_again() -> None:
    heard = phone("1", "2", *proof("zhang-many-records"), "1", "9")
    assert heard.prompts.count("spending.line") == 12
    assert heard.prompts[-1] == "list.more"


def test_all_states_of_claims_are_named() -> None:
    heard = phone("2", "1", "2", *proof("shao-claim-every-state"), "1", "1")
    said = "".join(one.prompt.text for one in heard.call.heard)
    for state in ("已受理", "待补正", "审核中", "复核中", "待拨付", "已拨付", "已退回", "已撤回", "银行退票"):
        assert state in said
