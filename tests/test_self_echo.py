"""The hotline does not take its own voice for the caller's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.self_echo import is_own_prompt

PROMPT = "人工服务请按0。医保账户查询请按1，报销与支取请按2。"


@pytest.mark.parametrize("heard", ["医保账户查询", "人工服务", "报销与支取", "按一", "请按２", "服务 请 按 零", "一"])
def test_what_the_prompt_says_is_an_echo(heard: str) -> None:
    assert is_own_prompt(heard, PROMPT)


@pytest.mark.parametrize("heard", ["查余额", "挂失", "按三", "查询医保", "", "。"])
def test_what_the_prompt_does_not_say_is_the_caller(heard: str) -> None:
    assert not is_own_prompt(heard, PROMPT)


def test_digits_read_aloud_are_told_in_any_spelling() -> None:
    assert is_own_prompt("零零一三", "您说的号码，末四位是零零幺三，对吗？")
    assert is_own_prompt("0013", "您说的号码，末四位是零零幺三，对吗？")


def test_in_silence_nothing_is_an_echo() -> None:
    assert not is_own_prompt("人工", "")


@given(st.text("医保账户查询请按一二，。 ", min_size=1), st.data())
def test_every_part_of_a_prompt_is_its_echo(prompt: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(prompt) - 1))
    part = prompt[start : data.draw(st.integers(start + 1, len(prompt)))]
    assert is_own_prompt(part, prompt) or not part.strip("，。 ")
