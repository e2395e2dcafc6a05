"""Digits said aloud, and how callers correct them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.mandarin.reading import read_digits, read_id
from ivr.mandarin.spoken_digits import spoken_digits, words_for_digits
from ivr.mandarin.understanding import understand


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("零一二三四五六七八九", "0123456789"),
        ("洞幺两拐勾〇", "012790"),
        ("叉", "X"),
        ("艾克斯", "X"),
        ("九九零x", "990X"),
        ("99000019900307003X", "99000019900307003X"),
        ("１２３Ｘ", "123X"),
        ("幺 幺 零 幺 零 幺", "110101"),
        ("990000 1990 0307 0013", "990000199003070013"),
        ("三个八", "888"),
        ("两个零", "00"),
        ("3个8", "888"),
        ("幺二三个八", "12888"),
        ("一个零", "0"),
        ("四个零九九", "000099"),
        ("我的身份证号码是九九零", "990"),
        ("嗯，九九零，然后，零零零。", "990000"),
        ("密码是幺二三四五六，谢谢", "123456"),
        ("幺二三井号", "123"),
        ("幺二三按井号键", "123"),
        ("123#", "123"),
        ("HKG123456789", "HKG123456789"),
        ("a12345678", "A12345678"),
        ("123456789012345678901234", "123456789012345678901234"),
    ],
)
def test_digits(text: str, digits: str) -> None:
    assert spoken_digits(text) == digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一百二十三",
        "十",
        "二〇二六年",
        "号码",
        "三个",
        "个",
        "十个八",
        "零个八",
        "abc1",
        "hello",
        "余额",
        "1.5万",
        "*",
        "#",
        "٣٤",
    ],
)
def test_anything_else_is_no_digits(text: str) -> None:
    assert spoken_digits(text) is None


def entry(text: str) -> tuple[str, str, str]:
    meant = understand(text, (), digits=True)
    return meant.meaning, meant.value, meant.edit


def test_digits_are_appended() -> None:
    assert entry("幺二三") == ("digits", "123", "append")


def test_natural_numbers_are_nothing_rather_than_garbage() -> None:
    assert entry("一百二十三") == ("nothing", "", "")


def test_digits_that_are_not_expected_are_nothing() -> None:
    assert understand("幺二三", ()).meaning == "nothing"


@pytest.mark.parametrize(
    "text", ["幺二三 不对 幺二四", "幺二三，说错了，是幺二四", "九 不是 八 不对 幺二四", "幺二三更正幺二四"]
)
def test_a_correction_within_an_utterance_keeps_what_follows(text: str) -> None:
    assert entry(text) == ("digits", "124", "append")


@pytest.mark.parametrize("text", ["不对 幺二四", "不对，应该是幺二四", "错了，幺二四", "我说错了，号码是幺二四"])
def test_a_correction_that_begins_an_utterance_replaces_the_entry(text: str) -> None:
    assert entry(text) == ("digits", "124", "replace")


@pytest.mark.parametrize(
    "text", ["重来 幺二四", "重新输入，幺二四", "清空，幺二四", "九八七 重来 幺二四", "重来 九 不对 幺二四"]
)
def test_starting_again_with_digits_replaces_the_entry(text: str) -> None:
    assert entry(text) == ("digits", "124", "replace")


@pytest.mark.parametrize(
    "text", ["重来", "重新输入", "清空", "我要重新输入身份证号码", "不对", "幺二三不对", "幺二三 重来"]
)
def test_a_correction_without_digits_clears_the_entry(text: str) -> None:
    assert entry(text) == ("digits", "", "clear")


@pytest.mark.parametrize(
    "text", ["天气不对 幺二三", "不对，一百二十三", "不对，明天再打", "对不对 幺二三", "是不是幺二三", "不是余额"]
)
def test_a_correction_amid_other_words_is_nothing(text: str) -> None:
    assert entry(text) == ("nothing", "", "")


def test_digits_that_are_too_long_are_never_cut() -> None:
    assert entry("九" * 500) == ("digits", "9" * 500, "append")


def test_why_counts_digits_without_showing_them() -> None:
    assert understand("幺二三四", (), digits=True).why == "4 digits, append"


def test_words_for_digits_cover_every_digit() -> None:
    words = words_for_digits()
    assert {"零", "洞", "幺", "两", "拐", "勾", "叉", "艾克斯", "个"} <= set(words)
    assert len(words) == len(set(words))
    assert {spoken_digits(word) for word in words if word != "个"} == set("0123456789X")


@given(st.text("0123456789", min_size=1, max_size=30), st.sampled_from(["", "X"]))
def test_what_is_read_aloud_is_understood(digits: str, check: str) -> None:
    assert spoken_digits(read_digits(digits + check)) == digits + check
    assert spoken_digits(read_id(digits + check)) == digits + check
    assert spoken_digits(" ".join(digits + check)) == digits + check


SAYINGS = st.lists(
    st.one_of(
        st.sampled_from(
            [("零", "0"), ("洞", "0"), ("幺", "1"), ("两", "2"), ("七", "7"), ("拐", "7"), ("勾", "9"), ("叉", "X")]
        ),
        st.tuples(st.integers(2, 9), st.sampled_from("零一二三四五六七八九")).map(
            lambda repeat: (
                f"{'零一二三四五六七八九'[repeat[0]]}个{repeat[1]}",
                str("零一二三四五六七八九".index(repeat[1])) * repeat[0],
            )
        ),
    ),
    min_size=1,
)


@given(SAYINGS)
def test_repetitions_and_nicknames_in_any_order(sayings: list[tuple[str, str]]) -> None:
    assert spoken_digits(" ".join(said for said, _ in sayings)) == "".join(meant for _, meant in sayings)


@given(st.text(max_size=50))
def test_digits_are_digits_or_nothing(text: str) -> None:
    value = spoken_digits(text)
    assert value is None or (value.isascii() and value.isalnum() and value == value.upper())
