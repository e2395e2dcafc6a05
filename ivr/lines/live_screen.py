"""A terminal on which prompts appear as they are spoken, above a status line that is kept up to date.

The cursor always rests at the end of the line being written, and the status stands one row below it. Lines are
broken here, one column short of the window, so that the terminal never wraps by itself; then three movements are
enough (one row up, to a column, erase to the end of the row) and every terminal knows these.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TextIO

from ivr.lines.printable import neutralise, width, wrap
from ivr.lines.screen import CALLER

_ERASE = "\x1b[K"
_CALLER_COLOUR, _FAINT, _NORMAL = "\x1b[36m", "\x1b[2m", "\x1b[0m"


class LiveScreen:
    """``columns``: a fixed window width, for tests; by default the window is asked whenever a line begins."""

    def __init__(self, stream: TextIO, *, colour: bool, columns: int | None = None) -> None:
        self._stream = stream
        self._colour = colour
        self._columns = columns
        self._line = ""  # what stands on the row of the cursor, without colour
        self._status = ""
        self._status_shown = ""
        self._prompt = ""  # with its line breaks
        self._revealed = 0
        self._in_prompt = False
        self._typed_meanwhile = ""  # typed during the prompt; shown below it

    def begin_prompt(self, text: str) -> None:
        self._fresh_row()
        self._prompt = "\n".join(wrap(neutralise(text), self._room()))
        self._revealed = 0
        self._in_prompt = True

    def reveal(self, share: float) -> None:
        if not self._in_prompt:
            return
        until = min(max(round(share * len(self._prompt)), self._revealed), len(self._prompt))
        head, *rows = self._prompt[self._revealed : until].split("\n")
        self._append(head)
        for row in rows:
            self._next_row()
            self._append(row)
        self._revealed = until

    def end_prompt(self) -> None:
        if not self._in_prompt:
            return
        self._in_prompt = False
        if 0 < self._revealed < len(self._prompt):
            if width(self._line) >= self._room():  # the row is full
                self._next_row()
            self._append("…")
        self._fresh_row()
        typed, self._typed_meanwhile = self._typed_meanwhile, ""
        if typed:
            self.caller(typed)

    def caller(self, line: str) -> None:
        if self._in_prompt:
            self._typed_meanwhile = line
            return
        line = CALLER + neutralise(line)
        room = self._room()
        while width(line) > room:
            line = CALLER + line[len(CALLER) + 1 :]
        if line.startswith(self._line) and self._line:
            self._append(line[len(self._line) :], _CALLER_COLOUR)
        else:
            self._write(f"\r{_ERASE}")
            self._line = ""
            self._append(line, _CALLER_COLOUR)

    def end_caller(self) -> None:
        if not self._in_prompt:
            self._fresh_row()

    def notice(self, text: str) -> None:
        self.end_prompt()
        self._fresh_row()
        for row in wrap(f"({neutralise(text)})", self._room()):
            self._append(row, _FAINT)
            self._next_row()

    def status(self, text: str) -> None:
        text = neutralise(text)
        self._status = wrap(text, self._room())[0] if text else ""
        if self._status != self._status_shown:
            self._draw_status()

    def close(self) -> None:
        self.end_prompt()
        self._status = ""
        self._draw_status()
        self._fresh_row()

    def _fresh_row(self) -> None:
        if self._line:
            self._next_row()

    def _next_row(self) -> None:
        self._write(f"\r\n{_ERASE}")
        self._line = ""
        self._status_shown = ""
        self._draw_status()

    def _append(self, text: str, style: str = "") -> None:
        if text:
            self._write(self._styled(text, style))
            self._line += text

    def _draw_status(self) -> None:
        if not self._status and not self._status_shown:
            return
        self._status_shown = self._status
        column = width(self._line)
        back = f"\x1b[1A\r\x1b[{column}C" if column else "\x1b[1A\r"
        self._write(f"\r\n{_ERASE}{self._styled(self._status, _FAINT)}{back}")

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{_NORMAL}" if style and self._colour and text else text

    def _room(self) -> int:
        columns = self._columns or shutil.get_terminal_size().columns
        return max(columns - 1, 4)

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the terminal is gone; the call ends by itself
            self._stream.write(text)
            self._stream.flush()
