"""What the two screens write, as a terminal would show it."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.lines.live_screen import LiveScreen
from ivr.lines.printable import width
from ivr.lines.screen import PlainScreen, SilentScreen


class Glass:
    """A terminal of endless height that knows only what a screen may use; anything else fails the test."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.rows = [""]
        self.row = 0
        self.column = 0

    def show(self, written: str) -> list[str]:
        for sequence, character in re.findall(r"(\x1b\[[0-9;]*[A-Za-z])|(.)", written, re.DOTALL):
            if sequence:
                self._obey(sequence[2:-1], sequence[-1])
            elif character == "\r":
                self.column = 0
            elif character == "\n":
                self.row += 1
                if self.row == len(self.rows):
                    self.rows.append("")
            else:
                self._put(character)
        return self.rows

    def _put(self, character: str) -> None:
        before = ""
        for shown in self.rows[self.row]:
            if width(before) >= self.column:
                break
            before += shown
        self.rows[self.row] = before + character
        self.column = width(before + character)
        assert self.column < self.columns, "the terminal would wrap this row by itself"

    def _obey(self, number: str, letter: str) -> None:
        if letter == "A":
            self.row -= int(number)
        elif letter == "C":
            self.column += int(number)
        elif letter == "K":
            kept = ""
            for shown in self.rows[self.row]:
                if width(kept + shown) > self.column:
                    break
                kept += shown
            self.rows[self.row] = kept
        else:
            assert letter == "m", f"unknown sequence {letter}"
        assert self.row >= 0


def shown(columns: int, *steps: tuple[str, object], colour: bool = False) -> list[str]:
    out = io.StringIO()
    screen = LiveScreen(out, colour=colour, columns=columns)
    for name, value in steps:
        getattr(screen, name)(*(() if value is None else (value,)))
    return Glass(columns).show(out.getvalue())


def test_a_prompt_appears_as_it_is_spoken() -> None:
    rows = shown(40, ("begin_prompt", "查余额请按1"), ("reveal", 0.5))
    assert rows == ["查余额"]


def test_a_prompt_wraps_in_a_narrow_window() -> None:
    assert shown(11, ("begin_prompt", "查余额请按1，返回请按星号键。"), ("reveal", 1.0)) == [
        "查余额请按",
        "1，返回请",
        "按星号键。",
    ]


def test_the_status_stands_below_and_the_cursor_returns() -> None:
    steps = [("begin_prompt", "余额余额"), ("reveal", 0.5), ("status", "[main  8s]"), ("reveal", 1.0)]
    assert shown(40, *steps) == ["余额余额", "[main 8s]"]


def test_the_status_moves_down_with_the_text_and_goes_with_the_call() -> None:
    steps = [("status", "[main]"), ("begin_prompt", "余额"), ("reveal", 1.0), ("end_prompt", None), ("caller", "1")]
    assert shown(40, *steps) == ["余额", "> 1", "[main]"]
    assert shown(40, *steps, ("close", None)) == ["余额", "> 1", ""]


def test_an_interrupted_prompt_says_so() -> None:
    assert shown(40, ("begin_prompt", "余额余额"), ("reveal", 0.5), ("end_prompt", None))[0] == "余额…"


def test_a_prompt_interrupted_at_the_end_of_a_full_row_says_so_below_it() -> None:
    rows = shown(6, ("begin_prompt", "1 11111111"), ("reveal", 0.67), ("end_prompt", None))
    assert rows == ["1", "11111", "…", ""]


def test_keys_typed_during_a_prompt_stand_below_it() -> None:
    steps = [("begin_prompt", "余额"), ("reveal", 0.5), ("caller", "12"), ("reveal", 1.0), ("end_prompt", None)]
    assert shown(40, *steps)[:2] == ["余额", "> 12"]


def test_mended_words_are_written_anew() -> None:
    assert shown(40, ("caller", "“余个"), ("caller", "“余"), ("caller", "“余额"))[0] == "> “余额"


def test_of_a_long_line_the_caller_sees_the_end() -> None:
    assert shown(10, ("caller", "1234567890"))[0] == "> 4567890"


def test_colours_only_where_they_are_wanted() -> None:
    out = io.StringIO()
    screen = LiveScreen(out, colour=False, columns=40)
    screen.caller("1")
    screen.status("[main]")
    assert not re.search(r"\x1b\[[0-9;]*m", out.getvalue())


STEPS = st.one_of(
    st.tuples(st.just("begin_prompt"), st.text(alphabet="余额，。1a \x1b[2J\x07\u202e", max_size=60)),
    st.tuples(st.just("reveal"), st.floats(0, 1)),
    st.tuples(st.sampled_from(["end_prompt", "end_caller"]), st.none()),
    st.tuples(st.just("caller"), st.text(alphabet="余1•\x1b[A", max_size=60)),
    st.tuples(st.sampled_from(["notice", "status"]), st.text(alphabet="余a \x1b[H", max_size=60)),
)


@given(st.lists(STEPS, max_size=30), st.integers(6, 60), st.booleans())
def test_no_row_is_ever_wider_than_the_window(
    steps: list[tuple[str, object]], columns: int, colour: bool
) -> None:  # the glass asserts it
    shown(columns, *steps, ("close", None), colour=colour)


@given(st.lists(STEPS, max_size=30))
def test_a_plain_screen_writes_whole_lines_without_escape_sequences(steps: list[tuple[str, object]]) -> None:
    out = io.StringIO()
    screen = PlainScreen(out)
    for name, value in steps:
        getattr(screen, name)(*(() if value is None else (value,)))
    screen.close()
    assert "\x1b" not in out.getvalue()
    assert "\r" not in out.getvalue()
    assert not out.getvalue() or out.getvalue().endswith("\n")


class GoneStream(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize("screen", [PlainScreen(GoneStream()), LiveScreen(GoneStream(), colour=True, columns=40)])
def test_a_terminal_that_is_gone_does_not_break_the_call(screen: PlainScreen | LiveScreen) -> None:
    screen.begin_prompt("余额")
    screen.caller("1")
    screen.notice("over")
    screen.close()


def test_a_program_that_reads_the_call_is_told_the_rest_apart_from_it() -> None:
    stream = io.StringIO()
    screen = SilentScreen(notices=stream)

    screen.begin_prompt("您好")
    screen.notice("the microphone is gone\x1b[2J")
    screen.close()

    assert stream.getvalue().startswith("the microphone is gone")
    assert "\x1b" not in stream.getvalue()
    assert "您好" not in stream.getvalue()
