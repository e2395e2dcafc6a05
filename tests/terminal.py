"""A real terminal for tests: a pseudo-terminal with a program on it, and a screen that understands what it writes."""

from __future__ import annotations

import codecs
import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

PATIENCE_S = 20.0


class Terminal:
    """Runs ``python -m ivr …`` in a window of that many columns; use as a context manager."""

    def __init__(self, *arguments: str, data: Path, columns: int = 80, env: dict[str, str] | None = None) -> None:
        self._master, self.slave = os.openpty()
        slave = self.slave
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        surroundings = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ivr", *arguments],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env=surroundings | {"TERM": "xterm-256color", "IVR_DATA_DIR": str(data), **(env or {})},
        )  # fmt: skip
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.written = ""  # everything, with escape sequences

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.slave)
        if self._master >= 0:
            os.close(self._master)

    @property
    def text(self) -> str:
        """What was written, without status lines, escape sequences and line breaks: wrapping does not matter."""
        return re.sub(r"\x1b\[2m\[.*?\x1b\[0m|\x1b\[[0-9;]*[A-Za-z]|[\r\n]", "", self.written)

    def expect(self, text: str) -> None:
        self._read_until(lambda: text in self.text, f"{text!r}")

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def leave(self) -> None:
        """Close the window."""
        os.close(self._master)
        self._master = -1

    def ended(self) -> int:
        """Read to the end; returns the exit code."""
        if self._master >= 0:
            self._read_until(lambda: self.process.poll() is not None, "the end")
            self._read_until(lambda: not select.select([self._master], [], [], 0)[0], "the end")
        return self.process.wait(PATIENCE_S)

    def _read_until(self, done: object, what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not done():  # type: ignore[operator]  # a callable without arguments
            ready, _, _ = select.select([self._master], [], [], 0.02)
            if not ready and time.monotonic() < deadline:
                continue
            assert ready, f"waited {PATIENCE_S:.0f} s for {what}; so far:\n{self.text}"
            try:
                piece = os.read(self._master, 65_536)
            except OSError:  # how Linux says that the other end is closed
                piece = b""
            if not piece:
                assert what == "the end", f"ended before {what}; so far:\n{self.text}"
                return
            self.written += self._decoder.decode(piece)
