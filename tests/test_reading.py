"""Integers, counts and money aloud: golden vectors, an independent oracle, and parsing back."""

from __future__ import annotations

import re

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.mandarin.reading import (
    read_count,
    read_integer,
    read_money,
    read_ordinal,
    read_percent,
    read_range,
)

MONEY = {
    0: "零元",
    1: "一分",
    2: "两分",
    20: "两角",
    22: "二角二分",
    200: "两元",
    202: "两元零二分",
    1005: "十元零五分",
    10005: "一百元零五分",
    11111: "一百一十一元一角一分",
    20202: "二百零二元零二分",
    -1230: "负十二元三角",
    10000000100: "一亿零一元",
    100000: "一千元",
    101000: "一千零一十元",
    110000: "一千一百元",
    123456: "一千二百三十四元五角六分",
    200000: "两千元",
    200220: "两千零二元二角",
    1000050: "一万元五角",
    1001000: "一万零一十元",
    1200001: "一万两千元零一分",
    2020000: "两万零二百元",
    10010000: "十万零一百元",
    1001000100: "一千零一万零一元",
    123456789012: "十二亿三千四百五十六万七千八百九十元一角二分",
    # beyond the published vectors
    220: "两元二角",
    -2: "负两分",
    -200: "负两元",
    110: "一元一角",
    10: "一角",
}

INTEGERS = {
    0: "零",
    2: "二",
    10: "十",
    12: "十二",
    22: "二十二",
    110: "一百一十",
    200: "二百",
    2222: "两千二百二十二",
    12_000: "一万两千",
    20_002: "两万零二",
    22_000: "两万两千",
    101_000: "十万一千",
    120_000: "十二万",
    1_020_000: "一百零二万",
    100_001_000: "一亿零一千",
    100_020_000: "一亿零两万",
    200_000_000: "两亿",
    1_000_100_010: "十亿零一十万零一十",
    10**12: "一万亿",
    12 * 10**11: "一万两千亿",
    10**12 + 10**7: "一万亿零一千万",
    10**16: "一亿亿",
    -15: "负十五",
}


@pytest.mark.parametrize(("fen", "spoken"), MONEY.items())
def test_money_golden_vectors(fen: int, spoken: str) -> None:
    assert read_money(fen) == spoken


@pytest.mark.parametrize(("fen", "spoken"), MONEY.items())
def test_money_golden_vectors_parse_back(fen: int, spoken: str) -> None:
    assert parse_money(spoken) == fen


@pytest.mark.parametrize(("number", "spoken"), INTEGERS.items())
def test_integers(number: int, spoken: str) -> None:
    assert read_integer(number) == spoken
    assert parse_integer(spoken) == number


@pytest.mark.parametrize("wrong", [1.5, "12", True, None, 10**20, -(10**20)])
def test_an_integer_must_be_one_and_in_range(wrong: object) -> None:
    with pytest.raises(ValueError, match="whole number"):
        read_integer(wrong)  # type: ignore[arg-type]  # the check under test is for callers without types


@pytest.mark.parametrize("wrong", [12.34, "12.34", None, False])
def test_money_must_be_whole_fen(wrong: object) -> None:
    with pytest.raises(ValueError, match="whole fen"):
        read_money(wrong)  # type: ignore[arg-type]  # the check under test is for callers without types


sizes = st.integers(min_value=1, max_value=16).flatmap(lambda width: st.integers(0, 10**width - 1))
sparse = st.lists(st.sampled_from("0001259"), min_size=1, max_size=16).map(lambda digits: int("".join(digits)))


@given(sizes | sparse)
def test_integers_agree_with_an_independent_reader(n: int) -> None:
    spoken = read_integer(n).replace("两", "二")
    other = str(cn2an.an2cn(n, "low"))
    if has_empty_section(n):  # there the other reader forgets 零 (一亿一千), so compare everything else
        spoken, other = spoken.replace("零", ""), other.replace("零", "")
    assert spoken == other


@given(sizes | sparse)
def test_integers_agree_with_an_independent_parser(n: int) -> None:
    assert cn2an.cn2an(read_integer(n), "smart") == n


@given(sizes | sparse | st.integers(-(10**20) + 1, 10**20 - 1))
def test_every_integer_parses_back(n: int) -> None:
    assert parse_integer(read_integer(n)) == n


@given(sizes | sparse)
def test_money_parses_back(fen: int) -> None:
    assert parse_money(read_money(fen)) == fen
    assert fen == 0 or read_money(-fen) == "负" + read_money(fen)


@given(sizes | sparse)
def test_amounts_obey_the_rules_of_good_reading(fen: int) -> None:
    spoken = read_money(fen)
    assert "零零" not in spoken
    assert "幺" not in spoken
    assert not spoken.startswith("一十")
    assert fen == 0 or not spoken.startswith("零")
    assert not re.search("零[万亿元角]", spoken) or fen == 0
    assert "二千" not in spoken
    assert "两百" not in spoken
    assert "两十" not in spoken
    assert not re.search("^二[元角分万亿千](?!.分)", spoken)


@pytest.mark.parametrize(
    ("n", "measure", "spoken"),
    [
        (2, "笔", "两笔"),
        (2, "个月", "两个月"),
        (12, "笔", "十二笔"),
        (22, "笔", "二十二笔"),
        (102, "笔", "一百零二笔"),
        (200, "笔", "二百笔"),
        (2000, "笔", "两千笔"),
        (0, "笔", "零笔"),
        (1, "条", "一条"),
        (2, "", "二"),
    ],
)
def test_counts(n: int, measure: str, spoken: str) -> None:
    assert read_count(n, measure) == spoken


def test_ordinals() -> None:
    assert [read_ordinal(n) for n in (1, 2, 12, 20)] == ["第一", "第二", "第十二", "第二十"]
    with pytest.raises(ValueError, match="starts at 1"):
        read_ordinal(0)


def test_percentages() -> None:
    assert read_percent(2) == "百分之二"
    assert read_percent(100) == "百分之一百"
    assert read_percent("2.50") == "百分之二点五"
    assert read_percent("0.05") == "百分之零点零五"
    assert read_percent("-3") == "百分之负三"
    assert read_percent("8.00") == "百分之八"
    for wrong in ("", "8%", "1e3", ".5", "２"):
        with pytest.raises(ValueError, match="percentage"):
            read_percent(wrong)


def test_ranges() -> None:
    assert read_range(15, 30, "个工作日") == "十五到三十个工作日"
    assert read_range(2, 3, "个月") == "两到三个月"
    assert read_range(1, 2, "年") == "一到两年"
    assert read_range(10, 12) == "十到十二"
    assert read_range(2, 2, "年") == "两年"
    with pytest.raises(ValueError, match="smaller number"):
        read_range(3, 2, "年")


def has_empty_section(n: int) -> bool:
    sections = re.findall("....", f"{n:020}")
    used = [place for place, section in enumerate(sections) if section != "0000"]
    return bool(used) and used != list(range(used[0], used[-1] + 1))


# A parser that shares nothing with the reader: it knows what each word weighs, not how sections are read.
WORDS = {**{word: value for value, word in enumerate("零一二三四五六七八九")}, "两": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}


def parse_integer(text: str) -> int:
    if text.startswith("负"):
        return -parse_integer(text[1:])
    for unit, weight in (("亿亿", 10**16), ("亿", 10**8), ("万", 10**4)):
        if unit in text:
            upper, _, lower = text.rpartition(unit) if unit != "亿亿" else text.partition(unit)
            return parse_integer(upper) * weight + (parse_integer(lower) if lower else 0)
    total = digit = 0
    for word in text:
        if word in SMALL:
            total += (digit or 1) * SMALL[word]
            digit = 0
        else:
            digit = WORDS[word]
    return total + digit


def parse_money(text: str) -> int:
    if text.startswith("负"):
        return -parse_money(text[1:])
    found = re.fullmatch("(?:(?P<yuan>.+)元)?(?:(?P<jiao>.)角)?(?:零?(?P<fen>.)分)?", text)
    assert found, text
    yuan = parse_integer(found["yuan"]) if found["yuan"] else 0
    return yuan * 100 + WORDS[found["jiao"] or "零"] * 10 + WORDS[found["fen"] or "零"]
