"""Whole numbers aloud: integers, counts, ordinals, percentages, ranges.

Theory of operation. A number is cut into sections of four digits from the right; each section is read as
thousands, hundreds, tens and units and followed by its own unit (none, 万, 亿, 万亿, 亿亿). Three rules decide the
rest:

* 零 fills a gap, once per gap: between two digits of a section, before a section that does not use its thousands
  when something was said before it, and where a whole section in between is empty (一亿零一千). Zeros that *end* a
  section are never read (十万一千), which is where general-purpose libraries disagree with each other.
* 十 stands without 一 only as the first syllable of the whole number: 十二 and 十万, but 一百一十 and 一万零一十.
* Two is 两 before 千, and before 万 or 亿 when it is the whole section (两千, 两万零二百); alone before a measure
  word it is 两 as well (两笔), which only ``read_count`` and ``read_range`` know about. Everywhere else it is 二
  (二百, 二十二, 第二).
"""

from __future__ import annotations

import re
from functools import lru_cache

DIGITS = "零一二三四五六七八九"
LIMIT = 10**20  # beyond five sections there is no unit that a caller would understand

_SECTION_UNITS = ("", "万", "亿", "万亿", "亿亿")
_PERCENT = re.compile(r"(-?)(\d{1,16})(?:\.(\d{1,16}))?", re.ASCII)


def read_integer(n: int) -> str:
    """``1234`` as 一千二百三十四; negative numbers begin with 负.

    Raises ValueError for anything but an int with an absolute value below 10**20.
    """
    if type(n) is not int or not -LIMIT < n < LIMIT:
        raise ValueError(f"cannot read {n!r} aloud: it must be a whole number between -10**20 and 10**20")
    if n < 0:
        return "负" + read_integer(-n)
    if n < 10_000:
        text = _section(n) if n else "零"
    elif n < 100_000_000:  # the usual case in fewer steps: this runs for every amount that is spoken
        upper, lower = divmod(n, 10_000)
        text = ("两" if upper == 2 else _section(upper)) + "万"
        if lower:
            text += _section(lower) if lower >= 1000 else "零" + _section(lower)
    else:
        text = _sections(n)
    return text[1:] if text.startswith("一十") else text


def read_count(n: int, measure: str = "") -> str:
    """A number of things: 两笔, 十二笔, 二十二笔, 两千笔; without a measure word the plain integer.

    Raises ValueError as ``read_integer`` does.
    """
    return _before_measure(n, measure) + measure


def read_ordinal(n: int) -> str:
    """``2`` as 第二. Raises ValueError when ``n`` is not a whole number of at least 1."""
    number = read_integer(n)
    if n < 1:
        raise ValueError(f"cannot read {n} as an ordinal: counting starts at 1")
    return "第" + number


def read_percent(n: int | str) -> str:
    """``2`` as 百分之二, ``"2.5"`` as 百分之二点五. Text may be a decimal; ValueError for anything else."""
    if not isinstance(n, str):
        return "百分之" + read_integer(n)
    found = _PERCENT.fullmatch(n)
    if found is None:
        raise ValueError(f"cannot read {n!r} as a percentage: write it as 8 or 2.5")
    sign, whole, decimals = found.groups()
    fraction = (decimals or "").rstrip("0")
    tail = "点" + "".join(DIGITS[int(digit)] for digit in fraction) if fraction else ""
    return "百分之" + ("负" if sign else "") + read_integer(int(whole)) + tail


def read_range(a: int, b: int, measure: str = "") -> str:
    """``15, 30, "个工作日"`` as 十五到三十个工作日; a range of one value is read as that count.

    Raises ValueError when ``a`` is greater than ``b``, or as ``read_integer`` does.
    """
    if a == b:
        return read_count(a, measure)
    first, last = _before_measure(a, measure), _before_measure(b, measure)
    if a > b:
        raise ValueError(f"cannot read the range {a} to {b}: the smaller number comes first")
    return f"{first}到{last}{measure}"


def _before_measure(n: int, measure: str) -> str:
    return "两" if n == 2 and measure else read_integer(n)


@lru_cache(maxsize=10_000)
def _section(value: int) -> str:
    """One section of 1 to 9999, with 一 before 十 (一十二): the head of a number drops it."""
    thousands, rest = divmod(value, 1000)
    hundreds, below = divmod(rest, 100)
    tens, units = divmod(below, 10)
    text = ""
    if thousands:
        text = ("两" if thousands == 2 else DIGITS[thousands]) + "千"
    if hundreds:
        text += DIGITS[hundreds] + "百"
    elif text and below:
        text += "零"
    if tens:
        text += DIGITS[tens] + "十"
    elif hundreds and units:
        text += "零"
    if units:
        text += DIGITS[units]
    return text


def _sections(n: int) -> str:
    values: list[int] = []
    while n:
        n, value = divmod(n, 10_000)
        values.append(value)
    text = ""
    gap = False
    for place in range(len(values) - 1, -1, -1):
        value = values[place]
        if value == 0:
            gap = True
            continue
        if text and (gap or value < 1000):
            text += "零"
        unit = _SECTION_UNITS[place]
        if place == 3 and values[2]:
            unit = "万"  # 亿 follows its own section: 一万两千亿, not 一万亿两千亿
        text += ("两" if value == 2 and place else _section(value)) + unit
        gap = False
    return text
