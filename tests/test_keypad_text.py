"""What reaches a terminal is harmless and fits."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.lines.printable import neutralise, width, wrap


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("查询余额请按1", "查询余额请按1"),
        ("a\x1b[2Jb", "a�[2Jb"),
        ("bell\x07", "bell�"),
        ("one\r\ntwo\tthree", "one two three"),
        ("  much   space ", "much space"),
        ("left\u202egnp.exe", "leftgnp.exe"),
        ("lone \ud800", "lone �"),
        ("", ""),
    ],
)
def test_nothing_a_terminal_would_obey_is_printed(text: str, printed: str) -> None:
    assert neutralise(text) == printed


@given(st.text())
def test_whatever_is_printed_is_printable(text: str) -> None:
    printed = neutralise(text)
    assert all(unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in printed)
    assert neutralise(printed) == printed


@pytest.mark.parametrize(("text", "columns"), [("ab1", 3), ("余额", 4), ("，", 2), ("e\u0301", 1), ("Ａ", 2), ("…", 1)])
def test_columns_that_a_text_takes(text: str, columns: int) -> None:
    assert width(text) == columns


def test_chinese_breaks_anywhere_but_before_closing_punctuation() -> None:
    assert wrap("查余额请按1，返回请按星号键。", 10) == ["查余额请按", "1，返回请", "按星号键。"]
    assert wrap("查余额请按，1", 10) == ["查余额请", "按，1"]


def test_latin_breaks_between_words() -> None:
    assert wrap("keys and words and Enter", 10) == ["keys and", "words and", "Enter"]


def test_a_word_longer_than_the_window_is_cut() -> None:
    assert wrap("1234567890", 4) == ["1234", "5678", "90"]


@given(st.text(alphabet="余额，。1a X…「」\u0301"), st.integers(2, 30))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
