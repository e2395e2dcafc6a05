"""IDs, telephone numbers, names and dates aloud."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.mandarin.reading import (
    mask_name,
    mask_tail,
    read_date,
    read_digits,
    read_duration,
    read_id,
    read_last_four,
    read_month,
    read_phone,
    read_time,
)


def test_digits_are_read_one_by_one_with_yao() -> None:
    assert read_digits("1234567890") == "幺二三四五六七八九零"
    assert read_digits("22") == "二二"


def test_letters_and_x() -> None:
    assert read_digits("7x") == "七叉"
    assert read_digits("Ab1") == "AB幺"


def test_full_width_digits_spaces_and_hyphens() -> None:
    assert read_digits("１２３Ｘ") == "幺二三叉"
    assert read_digits("400-800 1") == "四零零八零零幺"


@pytest.mark.parametrize("wrong", ["", " - ", "12*4", "12.5", "十二"])
def test_digits_refuse_anything_else(wrong: str) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        read_digits(wrong)


def test_ids_in_groups() -> None:
    assert read_id("990000199003070013") == "九九零零零零，幺九九零，零三零七，零零幺三"
    assert read_id("99000019900307003x") == "九九零零零零，幺九九零，零三零七，零零三叉"
    assert read_id("A12345678") == "A幺二，三四五，六七八"
    assert read_id("HKG123456789") == "HKG，幺二三，四五六，七八九"
    assert read_id("990000900307001") == "九九零零零零，九零零三零七，零零幺"
    assert read_id("1234567812345678") == "幺二三四，五六七八，幺二三四，五六七八"
    assert read_id("12345") == "幺二三四五"
    assert read_id("1234567890123") == "幺二三四，五六七八，九零幺二三"
    assert read_id("12345678901234") == "幺二三四，五六七八，九零幺二，三四"


def test_phones_in_groups() -> None:
    assert read_phone("13800001234") == "幺三八，零零零零，幺二三四"
    assert read_phone("+86 138-0000-1234") == "幺三八，零零零零，幺二三四"
    assert read_phone("12333") == "幺二三三三"
    assert read_phone("65000001") == "六五零零，零零零幺"
    assert read_phone("010-65000001") == "零幺零，六五零零，零零零幺"
    assert read_phone("0379-6500001") == "零三七九，六五零，零零零幺"
    assert read_phone("0755-65000001") == "零七五五，六五零零，零零零幺"
    assert read_phone("4008001234") == "四零零，八零零，幺二三四"


@given(st.text("0123456789ABCXYZ", min_size=1, max_size=40))
def test_groups_lose_and_add_nothing(text: str) -> None:
    plain = read_digits(text)
    assert len(plain) == len(text)
    assert "一" not in plain
    for grouped in (read_id(text), read_phone(text)):
        assert grouped.replace("，", "") == plain
        assert all(len(group) > 1 for group in grouped.split("，")) or len(text) == 1


def test_last_four() -> None:
    assert read_last_four("99000019900307003x") == "零零三叉"
    assert mask_tail("**************0013") == "零零幺三"
    assert read_last_four("12345 6-78 9") == "六七八九"
    for wrong in ("123", "", "12345*67"):
        with pytest.raises(ValueError, match="last four"):
            read_last_four(wrong)


@pytest.mark.parametrize("reader", [read_digits, read_id, read_phone])
def test_an_error_never_repeats_a_personal_number(reader: object) -> None:
    with pytest.raises(ValueError, match="character 19") as caught:
        reader("990000199003070013?")  # type: ignore[operator]  # three readers of one shape
    assert not re.search(r"\d{3}", str(caught.value))


def test_masked_names() -> None:
    assert mask_name("张三") == "张某"
    assert mask_name("张小明") == "张某某"
    assert mask_name("欧阳娜") == "欧阳某"
    assert mask_name("欧阳娜娜") == "欧阳某某"
    assert mask_name("欧阳") == "欧某"
    assert mask_name("买买提·阿不都拉") == "买某某"
    assert mask_name(" 李 四 ") == "李某"
    assert mask_name("王") == "王某"
    with pytest.raises(ValueError, match="empty name"):
        mask_name("  ")


def test_dates() -> None:
    assert read_date("2026-03-02") == "二零二六年三月二日"
    assert read_date("2010-02-02") == "二零一零年二月二日"
    assert read_date("2024-12-31") == "二零二四年十二月三十一日"
    assert read_date("2024-02-29") == "二零二四年二月二十九日"
    assert read_month("2026-03") == "二零二六年三月"
    assert read_month("2026-10") == "二零二六年十月"


@pytest.mark.parametrize("wrong", ["2026-02-29", "2026-13-01", "20260302", "2026-3-2", "0000-01-01", "", "2026-00-01"])
def test_dates_must_be_real(wrong: str) -> None:
    with pytest.raises(ValueError, match="as a date"):
        read_date(wrong)


@pytest.mark.parametrize("wrong", ["2026-13", "2026-3", "2026-00", "2026-03-02"])
def test_months_must_be_real(wrong: str) -> None:
    with pytest.raises(ValueError, match="as a month"):
        read_month(wrong)


def test_times_of_day() -> None:
    assert read_time("08:30") == "八点三十分"
    assert read_time("02:00") == "两点"
    assert read_time("12:02") == "十二点零二分"
    assert read_time("22:22") == "二十二点二十二分"
    assert read_time("00:00") == "零点"
    assert read_time("24:00") == "二十四点"
    for wrong in ("8:30", "24:01", "25:00", "12:60", "12:00:00", ""):
        with pytest.raises(ValueError, match="time of day"):
            read_time(wrong)


@pytest.mark.parametrize(
    ("ms", "spoken"),
    [
        (0, "零秒"),
        (1, "一秒"),
        (1_499, "一秒"),
        (1_500, "两秒"),
        (12_000, "十二秒"),
        (120_000, "两分钟"),
        (150_000, "两分三十秒"),
        (180_000, "三分钟"),
        (62_000, "一分零二秒"),
        (59_999, "一分钟"),
        (3_600_000, "一小时"),
        (3_605_000, "一小时零五秒"),
        (3_615_000, "一小时零十五秒"),
        (3_905_000, "一小时零五分零五秒"),
        (7_500_000, "两小时零五分钟"),
        (9_000_000, "两小时三十分钟"),
    ],
)
def test_durations(ms: int, spoken: str) -> None:
    assert read_duration(ms) == spoken


def test_durations_are_not_negative() -> None:
    with pytest.raises(ValueError, match="milliseconds"):
        read_duration(-1)


@given(st.integers(0, 10**9))
def test_durations_have_no_double_zero(ms: int) -> None:
    assert "零零" not in read_duration(ms)
