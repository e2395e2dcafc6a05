"""The event log of a call: one entry for everything that happened or was asked for, in order, fit to be kept.

What must not be kept never becomes an entry: keys and words of a secret field, full numbers, names, passwords.
``masked`` is the only way from a fact to the log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.session.events import Fact

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
HIDDEN = "•"

_DIGIT = "[0-9０-９零〇一二三四五六七八九十幺洞两拐勾xX叉]"
_LONG_NUMBER = re.compile(rf"{_DIGIT}(?:[\s,，、.。·_个-]{{0,2}}{_DIGIT}){{5,}}")
_SEPARATORS = re.compile(r"[\s,，、.。·_个-]")
TAIL_SHOWN_FROM = 8  # digits: of a password, four digits would be too much to show


@dataclass(slots=True)  # not frozen: made for every key, and a frozen one takes three times as long to make
class LogEntry:
    at: int  # ms since the call was answered
    event: str  # kebab-case
    data: Mapping[str, Json]

    def to_json(self) -> str:
        """One line of JSON, keys in the order in which they were noted."""
        return json.dumps({"at": self.at, "event": self.event, **self.data}, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_json(line: str) -> LogEntry:
        """The inverse of ``to_json``. Raises ValueError for anything else."""
        data = json.loads(line)
        if not isinstance(data, dict) or not isinstance(data.get("at"), int) or not isinstance(data.get("event"), str):
            raise ValueError("not a call log entry: it needs 'at' and 'event'")  # noqa: TRY004 - of a line, not a type
        return LogEntry(data.pop("at"), data.pop("event"), data)


def tail(number: str) -> str:
    """``13800001234`` -> ``•1234``; of four characters or fewer, nothing is shown."""
    return HIDDEN + number[-4:] if len(number) > 4 else HIDDEN * bool(number)


def masked(value: Fact, slot_type: str = "text") -> Json:
    """A fact as the log may show it."""
    if isinstance(value, list):
        return f"{len(value)} lines"
    if isinstance(value, str):
        if slot_type == "masked-name":
            return value[:1] + HIDDEN
        if slot_type == "masked-id":
            return tail(value)
        return masked_text(value)
    return value


def masked_text(text: str) -> str:
    """Free text without long numbers, in figures or in hanzi, in one run or in groups.

    Eight or more digits are cut to the last four; six or seven may be a password and are hidden.
    """
    if len(text) < 6:
        return text
    return _LONG_NUMBER.sub(_without_number, text)


def _without_number(match: re.Match[str]) -> str:
    digits = _SEPARATORS.sub("", match[0])
    return tail(digits) if len(digits) >= TAIL_SHOWN_FROM else HIDDEN
