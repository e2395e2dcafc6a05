"""Dates, times of day and lengths of time aloud.

Theory of operation. A year is read digit by digit with 一, not 幺 (二零二六年, 二零一零年); month and day are
plain numbers with 二 (二月二日). A time of day has 两点, but 零二分 and 二十二点. A length of time counts: 两小时,
两分钟. Minutes are 分钟 at the end and 分 before seconds, and 零 fills the gap before a number of one digit that
follows a greater unit, and where the minutes are missing (一小时零五分钟, 一分零二秒, 一小时零十五秒).
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from ivr.mandarin.reading_numbers import DIGITS, read_integer

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d)", re.ASCII)


def read_date(iso: str) -> str:
    """``"2026-03-02"`` as 二零二六年三月二日. Raises ValueError when it is not a real date written so."""
    found = _DATE.fullmatch(iso)
    if found is not None:
        year, month, day = map(int, found.groups())
        with suppress(ValueError):
            date(year, month, day)
            return f"{_year(found[1])}{read_integer(month)}月{read_integer(day)}日"
    raise ValueError(f"cannot read {iso!r} as a date: write a real date as 2026-03-02")


def read_month(iso: str) -> str:
    """``"2026-03"`` as 二零二六年三月. Raises ValueError when it is not a month written so."""
    found = _MONTH.fullmatch(iso)
    if found is not None and 1 <= int(found[2]) <= 12:
        return f"{_year(found[1])}{read_integer(int(found[2]))}月"
    raise ValueError(f"cannot read {iso!r} as a month: write it as 2026-03")


def read_time(clock: str) -> str:
    """``"08:30"`` as 八点三十分, ``"14:00"`` as 十四点; 24:00 ends a day. Raises ValueError for any other form."""
    found = _TIME.fullmatch(clock)
    if found is not None:
        hour, minute = map(int, found.groups())
        if minute < 60 and hour * 60 + minute <= 24 * 60:
            text = ("两" if hour == 2 else read_integer(hour)) + "点"
            return f"{text}{_two_digits(minute)}分" if minute else text
    raise ValueError(f"cannot read {clock!r} as a time of day: write it as 08:30")


def read_duration(ms: int) -> str:
    """A length of time in milliseconds, to the nearest second: 三分钟, 两分三十秒, 一小时零五分钟.

    Anything longer than nothing is at least 一秒. Raises ValueError when negative.
    """
    if type(ms) is not int or ms < 0:
        raise ValueError(f"cannot read {ms!r} as a length of time: give milliseconds, 0 or more")
    total = max((ms + 500) // 1000, min(ms, 1))
    hours, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    text = ""
    if hours:
        text = _counted(hours) + "小时"
    if minutes:
        text += (_two_digits(minutes) if text else _counted(minutes)) + ("分" if seconds else "分钟")
    if seconds or not text:
        gap = "零" if hours and not minutes and seconds >= 10 else ""
        text += gap + (_two_digits(seconds) if text else _counted(seconds)) + "秒"
    return text


def _year(digits: str) -> str:
    return "".join(DIGITS[int(digit)] for digit in digits) + "年"


def _counted(n: int) -> str:
    return "两" if n == 2 else read_integer(n)


def _two_digits(n: int) -> str:
    """What follows a greater unit: 零五, 三十; 零二 rather than 零两."""
    return "零" + DIGITS[n] if n < 10 else read_integer(n)
