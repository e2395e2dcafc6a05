"""The seam between a call and the accounts behind it: a question goes in, facts come out.

A call flow names a question and its parameters; the answer is a flat mapping of dotted fact names to plain values.
Sums are integer fen, dates ``YYYY-MM-DD``, months ``YYYY-MM``. What may be asked and what is answered is listed in
:mod:`ivr.accounts.answering`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeAlias, Union

from ivr.errors import LookupFailed

# An alias to itself cannot be written with `|`: the name does not exist yet when the expression is evaluated.
Fact: TypeAlias = Union[str, int, bool, list[dict[str, "Fact"]]]  # noqa: UP007 - see the line above
Facts: TypeAlias = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Question:
    """One lookup of the call flow. ``at`` is the naive local date-time of the call: its day is "today"."""

    name: str
    params: Mapping[str, Fact]
    at: datetime

    @property
    def today(self) -> date:
        """The calling day, for ages, daily limits and deadlines."""
        return self.at.date()

    def text(self, param: str) -> str:
        """A text parameter; ``LookupFailed("bad-question")`` when it is missing or something else."""
        value = self.params.get(param)
        if not isinstance(value, str):
            raise LookupFailed("bad-question", f"{self.name} needs the text {param}")
        return value

    def whole(self, param: str, default: int, least: int) -> int:
        """A whole number of at least ``least``; ``LookupFailed("bad-question")`` when it is something else.

        Digits in a text count as well: a call-flow document writes every value as text.
        """
        value = self.params.get(param, default)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise LookupFailed("bad-question", f"{self.name} needs {param} to be a whole number from {least}")
        return value


class Accounts(Protocol):
    """A backend that answers questions, one at a time and from any thread."""

    def answer(self, question: Question) -> Facts:
        """Block until answered. Raises ``LookupFailed`` and nothing else."""
        ...
