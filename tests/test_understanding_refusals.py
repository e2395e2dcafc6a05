"""Negation traps: what a caller refuses is never chosen; what only sounds like a refusal still is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.mandarin.understanding import Offer, understand

MENU = (
    Offer("balance", ("余额", "查余额", "医保余额查询")),
    Offer("spending", ("消费明细", "消费")),
    Offer("agent", ("人工", "转人工", "要人工", "找个人说话")),
    Offer("loss", ("挂失",)),
)


def chosen(text: str) -> str:
    meant = understand(text, MENU)
    return meant.value if meant.meaning == "choice" else meant.meaning


@pytest.mark.parametrize(
    "text",
    [
        "不是余额",
        "不要人工",
        "我不要人工",
        "别人工",
        "别转人工",
        "别给我转人工",
        "不要给我转什么人工",
        "不用人工了",
        "不想找个人说话",
        "我不是要查余额",
        "先不查余额",
        "不需要转人工",
        "甭转人工",
        "没说要转人工",
        "无需人工",
        "取消挂失",
        "不是医保余额",
        "不是医保余额查询",
        "不是医保卡余额",
        "不要人工不要人工",
        "要不要人工",
    ],
)
def test_a_refused_phrase_is_not_chosen(text: str) -> None:
    assert chosen(text) == "nothing"


@pytest.mark.parametrize("text", ["人工不用了", "人工就不要了谢谢", "余额不查", "挂失算了"])
def test_a_phrase_refused_afterwards_is_not_chosen(text: str) -> None:
    assert chosen(text) == "nothing"


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("不是余额是消费明细", "spending"),
        ("不是余额，消费明细", "spending"),
        ("不查余额查消费明细", "spending"),
        ("要余额不要人工", "balance"),
        ("别转人工给我查余额", "balance"),
        ("不是，我要查余额", "balance"),
        ("不是我要查余额", "balance"),
        ("不对，余额", "balance"),
    ],
)
def test_a_refusal_reaches_only_to_the_next_thought(text: str, choice: str) -> None:
    assert chosen(text) == choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("能不能转人工", "agent"),
        ("可不可以转人工", "agent"),
        ("有没有余额", "balance"),
        ("对不起，转人工", "agent"),
        ("对不起转人工", "agent"),
        ("不知道余额", "balance"),
        ("找不到余额", "balance"),
        ("特别想查余额", "balance"),
        ("为什么不能挂失", "loss"),
        ("听不清转人工", "agent"),
        ("不好意思转人工", "agent"),
        ("别人说能查余额", "balance"),
        ("没听清余额", "balance"),
    ],
)
def test_what_only_sounds_like_a_refusal(text: str, choice: str) -> None:
    assert chosen(text) == choice


def test_a_phrase_may_itself_contain_a_refusal() -> None:
    offers = (Offer("no-agent", ("不要人工",)), Offer("agent", ("人工",)), Offer("again", ("听不清楚",)))
    assert understand("不要人工", offers).value == "no-agent"
    assert understand("我说了不要人工呀", offers).value == "no-agent"
    assert understand("这里听不清楚", offers).value == "again"


def test_a_refusal_is_explained() -> None:
    assert understand("不要人工", MENU).why == 'phrase "要人工" is refused in "不要人工"'


@given(
    st.sampled_from(["不要", "不是", "别", "不用", "不想", "不需要", "别转", "不查", "我不要"]),
    st.one_of(  # "不要你们的查余额" cannot be told from "不要你们的，查余额": a verb begins a new thought
        st.tuples(st.just(""), st.sampled_from([phrase for offer in MENU for phrase in offer.phrases])),
        st.tuples(
            st.sampled_from(["你们的", "什么", "那个"]), st.sampled_from(["余额", "医保余额查询", "消费", "人工"])
        ),
    ),
    st.sampled_from(["", "了", "谢谢", "。", "，谢谢"]),
)
def test_no_refusal_ever_chooses_what_it_refuses(refusal: str, refused: tuple[str, str], ending: str) -> None:
    assert chosen(refusal + "".join(refused) + ending) == "nothing"
