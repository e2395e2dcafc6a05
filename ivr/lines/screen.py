"""What a terminal shows of a call, as whole lines only: for screen readers, dumb terminals and files.

No cursor movement, no colour, no status; nothing once written changes. ``LiveScreen`` has the same methods.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol, TextIO

from ivr.lines.printable import neutralise

CALLER = "> "


class Screen(Protocol):
    """All texts may hold anything: a screen prints nothing that a terminal would obey. Never raises."""

    def begin_prompt(self, text: str) -> None: ...

    def reveal(self, share: float) -> None:
        """So much of the prompt (0..1) has been spoken by now."""
        ...

    def end_prompt(self) -> None:
        """It is spoken, or broken off at what was revealed last."""
        ...

    def caller(self, line: str) -> None:
        """The line on which the caller types now looks like this: the one from before, perhaps changed."""
        ...

    def end_caller(self) -> None:
        """What the caller types next is a new line."""
        ...

    def notice(self, text: str) -> None: ...

    def status(self, text: str) -> None: ...

    def close(self) -> None: ...


class SilentScreen:
    """Shows nothing of the call, which is written elsewhere; ``notices`` gets what is no part of it, a line each."""

    def __init__(self, notices: TextIO | None = None) -> None:
        self._notices = notices

    def begin_prompt(self, text: str) -> None:
        pass

    def reveal(self, share: float) -> None:
        pass

    def end_prompt(self) -> None:
        pass

    def caller(self, line: str) -> None:
        pass

    def end_caller(self) -> None:
        pass

    def notice(self, text: str) -> None:
        if self._notices is not None:
            with suppress(OSError, ValueError):  # nobody reads it any more
                print(neutralise(text), file=self._notices, flush=True)

    def status(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


class PlainScreen:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._caller: str | None = None  # what stands on the unfinished line of the caller

    def begin_prompt(self, text: str) -> None:
        self.end_caller()
        self._write(neutralise(text) + "\n")

    def reveal(self, share: float) -> None:
        pass

    def end_prompt(self) -> None:
        pass

    def caller(self, line: str) -> None:
        line = neutralise(line)
        if self._caller is None:
            self._caller = ""
            self._write(CALLER)
        if line.startswith(self._caller):
            self._write(line[len(self._caller) :])
        else:  # mended by the caller: what is written stays, so say the line again
            self._write(f"\n{CALLER}{line}")
        self._caller = line

    def end_caller(self) -> None:
        if self._caller is not None:
            self._caller = None
            self._write("\n")

    def notice(self, text: str) -> None:
        self.end_caller()
        self._write(f"({neutralise(text)})\n")

    def status(self, text: str) -> None:
        pass

    def close(self) -> None:
        self.end_caller()

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the terminal is gone; the call ends by itself
            self._stream.write(text)
            self._stream.flush()
