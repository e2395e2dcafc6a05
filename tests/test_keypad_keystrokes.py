"""What typed characters mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.lines.keystrokes import AskedForHelp, HungUp, Keystrokes, Pressed, Said, Stroke, Typing


def strokes(*typed: str) -> list[Stroke]:
    keystrokes = Keystrokes()
    return [stroke for piece in typed for stroke in keystrokes.feed(piece)]


def keys(*typed: str) -> str:
    return "".join(stroke.key for stroke in strokes(*typed) if isinstance(stroke, Pressed))


@pytest.mark.parametrize(
    ("typed", "pressed"),
    [
        ("0123456789*#", "0123456789*#"),
        ("1x2X", "1*2*"),
        ("１２＊＃Ｘ", "12*#*"),
        ("1 2\r\n3", "123"),
        ("abc!", ""),
        ("1\x1b[A2\x1b[3~4\x1bOP5", "1245"),
        ("\x1b]0;title\x079\x1b]0;title\x1b\\8", "98"),
        ("\x1b1", "1"),
    ],
)
def test_keys(typed: str, pressed: str) -> None:
    assert keys(typed) == pressed


@pytest.mark.parametrize("opening", ["t", '"', "“", "＂"])
def test_t_or_a_quote_begins_to_speak(opening: str) -> None:
    assert strokes(opening + "查余额\n")[-1] == Said("查余额")


def test_a_chinese_character_begins_to_speak_at_once() -> None:
    assert strokes("余额\r") == [Typing("余"), Typing("余额"), Said("余额")]


def test_words_can_be_mended() -> None:
    assert strokes("t余个\x7f额\n")[-1] == Said("余额")
    assert strokes("t余额\x15人工\n")[-1] == Said("人工")


def test_enter_on_nothing_says_nothing() -> None:
    assert strokes("t\n", "1") == [Typing(""), Said(""), Pressed("1")]


def test_digits_in_speech_are_words() -> None:
    assert strokes("t12\n")[-1] == Said("12")


def test_help_and_hanging_up() -> None:
    assert strokes("?h\x04\x03") == [AskedForHelp(), AskedForHelp(), HungUp(), HungUp()]
    assert strokes("t余\x04")[-1] == HungUp()


def test_endless_speech_is_cut() -> None:
    said = strokes("t" + "余" * 10_000 + "\n")[-1]
    assert isinstance(said, Said)
    assert len(said.words) == 500


TYPED = st.text(alphabet=st.one_of(st.sampled_from('1*#xt"余\n\x1b[]O;~A\\\a\x7f\x15'), st.characters()))


@given(TYPED, st.integers(0, 50))
def test_it_makes_no_difference_in_what_pieces_characters_arrive(typed: str, cut: int) -> None:
    assert strokes(typed) == strokes(typed[:cut], typed[cut:]) == strokes(*typed)


@given(TYPED)
def test_only_the_twelve_keys_are_ever_pressed(typed: str) -> None:
    assert set(keys(typed)) <= set("0123456789*#")
