"""Numbers of things, as English has them: 1 call, 2 calls."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``noun`` takes an s for its plural."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
