"""The lists of the built-in 12333 hotline: spending, deposits, mutual aid, claims, page by page."""

from __future__ import annotations

import pytest
from hotline_calls import EVERYBODY, phone, proof

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
        ("luo-correction", "13", "deposits.line", "负"),
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
