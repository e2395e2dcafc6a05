"""What a pipe may hold, line by line, as the caller's doings.

    1 1 990000199003070013      keys, 250 ms apart; white space means nothing
    "查一下余额                  an utterance (a closing quote is optional)
    ~9s                         nine seconds of silence

``x`` and ``X`` are the letter of an ID number, which a telephone types as ``*``. Full-width digits are digits.
Anything else on a line of keys is left out and counted. A line may be of any length: keys are given out in pieces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ivr.errors import UsageError

_LONGEST_PIECE = 4_096
_LONGEST_UTTERANCE = 1_000  # characters
_SILENCE = re.compile(r"~(\d{1,7}(?:\.\d{1,3})?)(ms|s|m)")
_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000}
_KEYS = dict(zip("0123456789*#xX", "0123456789*#**", strict=True))


@dataclass(frozen=True, slots=True)
class Keys:
    keys: str
    begins_line: bool  # False: typed on without waiting for the hotline


@dataclass(frozen=True, slots=True)
class Utterance:
    text: str


@dataclass(frozen=True, slots=True)
class Silence:
    lasts_ms: int


Doing = Keys | Utterance | Silence


class PipeInput:
    """Reads lazily: a program at the other end may listen to the hotline before it writes the next line."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.line = 0
        self.left_out = 0  # characters that are no keys

    def __iter__(self) -> Iterator[Doing]:
        """Raises UsageError for a ``~`` line that is no duration."""
        begins_line = True
        while chunk := self._stream.readline(_LONGEST_PIECE):
            whole = chunk.endswith(b"\n")
            if begins_line:
                self.line += 1
            start = chunk.lstrip()[:1]
            if begins_line and start in (b'"', b"~"):
                text = unicodedata.normalize("NFKC", chunk.decode("utf-8", "replace")).strip()
                yield self._silence(text) if start == b"~" else Utterance(text.strip('"').strip()[:_LONGEST_UTTERANCE])
                if not whole:
                    self._skip_line()
                whole = True
            elif keys := self._keys(chunk):
                yield Keys(keys, begins_line)
            begins_line = whole

    def _keys(self, chunk: bytes) -> str:
        keys = []
        for character in unicodedata.normalize("NFKC", chunk.decode("utf-8", "replace")):
            if key := _KEYS.get(character):
                keys.append(key)
            elif not character.isspace():
                self.left_out += 1
        return "".join(keys)

    def _silence(self, text: str) -> Silence:
        match = _SILENCE.fullmatch(text)
        if match is None:
            raise UsageError(f"standard input:{self.line}: {text[:40]!r} is not a silence; write ~9s or ~500ms")
        return Silence(round(float(match[1]) * _UNIT_MS[match[2]]))

    def _skip_line(self) -> None:
        while (chunk := self._stream.readline(_LONGEST_PIECE)) and not chunk.endswith(b"\n"):
            pass
