"""Long lists are read in pages short enough to remember."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ivr.accounts.repository import Fact, Question

PAGE_SIZE = 4

_Row = TypeVar("_Row")


def page_facts(
    topic: str, rows: Sequence[_Row], question: Question, line: Callable[[_Row], dict[str, Fact]]
) -> dict[str, Fact]:
    """``count``, ``lines``, ``more`` and ``next-page`` of a topic; a page after the last has no lines.

    ``next-page`` is 1 when there is no further page, so that reading on begins again.
    """
    page = question.whole("page", default=1, least=1)
    start = (page - 1) * PAGE_SIZE
    more = start + PAGE_SIZE < len(rows)
    return {
        f"{topic}.count": len(rows),
        f"{topic}.lines": [line(row) for row in rows[start : start + PAGE_SIZE]],
        f"{topic}.more": more,
        f"{topic}.next-page": page + 1 if more else 1,
    }
