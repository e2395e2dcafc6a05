"""How long a text takes to say when no voice has been measured: hanzi, letters and digits at a steady pace."""

from __future__ import annotations


def spoken_characters(text: str) -> int:
    """Characters that take time to say: everything but punctuation and space."""
    return sum(map(str.isalnum, text))


def speaking_ms(text: str, characters_a_minute: int = 240) -> int:
    """Milliseconds, rounded up; 240 a minute is the pace that prompt budgets are written for."""
    return -(-spoken_characters(text) * 60_000 // characters_a_minute)
