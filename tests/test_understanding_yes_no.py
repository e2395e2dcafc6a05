"""Yes and no, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.mandarin.understanding import Offer, understand

COMMANDS = (Offer("agent", ("人工", "转人工"), "0"), Offer("back", ("返回",), "*"))
YES = [
    "是",
    "是的",
    "对",
    "对的",
    "嗯",
    "嗯嗯",
    "好",
    "好的",
    "行",
    "可以",
    "确认",
    "没错",
    "没问题",
    "是的没错",
    "对对对",
]
NO = [
    "不",
    "不是",
    "不是的",
    "不对",
    "错了",
    "不要",
    "不用",
    "取消",
    "不用了谢谢",
    "不行",
    "不可以",
    "没有了",
    "不需要",
]


def answer(text: str) -> str:
    meant = understand(text, COMMANDS, yes_no=True)
    return meant.value or meant.meaning


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert answer(text) == "yes"


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert answer(text) == "no"


@pytest.mark.parametrize("text", YES + NO)
def test_an_answer_nobody_asked_for_is_nothing(text: str) -> None:
    assert understand(text, COMMANDS).meaning == "nothing"


@pytest.mark.parametrize(
    "text", ["是不是", "对不对", "可不可以", "好不好", "行不行", "对吗", "是吗", "不是吗", "确认吗"]
)
def test_a_question_is_no_answer(text: str) -> None:
    assert answer(text) == "nothing"


@pytest.mark.parametrize(
    "text", ["对不起", "不确定", "不知道", "不清楚", "谢谢", "哦", "啊", "对错", "不是不对", "好像是"]
)
def test_doubt_is_no_answer(text: str) -> None:
    assert answer(text) == "nothing"


@pytest.mark.parametrize("text", ["好的不用了", "嗯不是", "行，不用了", "好，不要"])
def test_an_acknowledgement_before_a_no_is_a_no(text: str) -> None:
    assert answer(text) == "no"


@pytest.mark.parametrize("text", ["不对，最后一位是三", "不是余额", "不要挂失", "取消挂失", "错了，我说的是另一张卡"])
def test_a_longer_utterance_may_begin_with_no(text: str) -> None:
    assert answer(text) == "no"


@pytest.mark.parametrize("text", ["是的我要挂失", "确认挂失", "没错就是这张卡"])
def test_a_longer_utterance_may_begin_with_an_unmistakable_yes(text: str) -> None:
    assert answer(text) == "yes"


@pytest.mark.parametrize(
    "text", ["是谁啊", "对方是谁", "可以说慢一点", "好像听不见", "确认什么", "是的吗", "是的等一下", "确认不了"]
)
def test_a_longer_utterance_is_not_a_yes_by_accident(text: str) -> None:
    assert answer(text) == "nothing"


def test_a_choice_in_a_longer_answer_wins() -> None:
    assert answer("好的，转人工") == "agent"
    assert answer("不对，返回") == "back"


def test_a_phrase_on_offer_wins_over_the_same_answer() -> None:
    assert understand("确认", (Offer("submit", ("确认",)),), yes_no=True).value == "submit"


def test_a_refused_command_is_a_no_where_one_was_asked() -> None:
    assert answer("不要人工") == "no"
    assert answer("别转人工") == "nothing"


def test_an_answer_beats_a_correction_where_both_are_expected() -> None:
    assert understand("不对", COMMANDS, yes_no=True, digits=True).meaning == "no"
    assert understand("不对幺二三", COMMANDS, yes_no=True, digits=True).value == "123"


@given(st.sampled_from(YES), st.sampled_from(NO))
def test_no_mixture_of_answers_is_a_yes(yes: str, no: str) -> None:
    assert answer(yes + no) != "yes"
    assert answer(f"{no}，{yes}") != "yes"


@given(st.sampled_from(YES + NO), st.sampled_from("，。！ 　"), st.sampled_from(["谢谢", "啊", "吧", "呀"]))
def test_particles_change_nothing(text: str, mark: str, particle: str) -> None:
    assert answer(f"{text}{mark}{particle}{mark}") == answer(text)
