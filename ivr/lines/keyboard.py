"""Where typed characters come from: single keys where the system can, whole lines elsewhere."""

from __future__ import annotations

import sys
from typing import Protocol, TextIO

from ivr.errors import UsageError


class Keyboard(Protocol):
    """Blocking, so it is read in a thread of its own. As a context manager it leaves the terminal as it found it."""

    def __enter__(self) -> Keyboard: ...

    def __exit__(self, *_: object) -> None: ...

    def read(self) -> str:
        """Wait for what is typed next, any number of characters; "" when there will never be more."""
        ...


class LineKeyboard:
    """Whole lines, finished with Enter."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> LineKeyboard:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self) -> str:
        try:
            return self._stream.readline()
        except (OSError, ValueError):  # the terminal is gone
            return ""


def open_keyboard(stream: TextIO) -> Keyboard:
    """The best keyboard that this terminal offers. Raises UsageError when the stream is no terminal."""
    if not stream.isatty():
        raise UsageError("standard input is no terminal; run this where you can type, or pipe the keys in")
    if sys.platform == "win32":
        from ivr.lines.windows_keyboard import WindowsKeyboard

        return WindowsKeyboard()
    else:  # noqa: RET505 - only an else tells the type checker that this is for other systems
        try:
            from ivr.lines.posix_keyboard import PosixKeyboard

            return PosixKeyboard(stream.fileno())
        except (ImportError, OSError):
            return LineKeyboard(stream)
