"""Text for a terminal: harmless, and broken to the window's width.

A prompt may come from a document of unknown origin and an utterance from anywhere, so nothing that a terminal could
obey reaches it: control characters, escape sequences and bidirectional overrides become visible or vanish.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_CLOSING = frozenset("，。、；：？！）》」』】”’…,.;:?!)]}%％")  # never first in a line
_INVISIBLE = frozenset({"Cf", "Zl", "Zp", "Co", "Cn"})  # format characters reorder or hide what follows them


def neutralise(text: str) -> str:
    """The text with every run of white space as one space, and without anything a terminal would act upon."""
    if text.isprintable() and "  " not in text and text.strip() == text:
        return text
    return " ".join("".join(_harmless(text)).split())


def _harmless(text: str) -> Iterator[str]:
    for character in text:
        category = unicodedata.category(character)
        if character in "\t\n\r":
            yield " "
        elif category in ("Cc", "Cs"):
            yield "�"
        elif category not in _INVISIBLE:
            yield character


def width(text: str) -> int:
    """Columns that the text takes: two for East Asian wide characters, none for combining marks."""
    return sum(_width_of(character) for character in text)


def _width_of(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, columns: int) -> list[str]:
    """Break into lines of at most ``columns`` (at least 2).

    Chinese breaks anywhere but before closing punctuation, Latin between words. Spaces at a break are dropped.
    """
    columns = max(columns, 2)
    lines: list[str] = []
    line, room = "", columns
    for piece in _pieces(text):
        size = width(piece)
        if size > room and line:
            lines.append(line.rstrip(" "))
            line, room, piece = "", columns, piece.lstrip(" ")
            size = width(piece)
        while size > columns:  # a word longer than a line
            head, piece = _split(piece, columns)
            lines.append(head)
            size = width(piece)
        line, room = line + piece, room - size
    lines.append(line.rstrip(" "))
    return lines


def _pieces(text: str) -> Iterator[str]:
    """What must stay together: a Latin word or number, a character with the closing punctuation after it."""
    piece = ""
    for character in text:
        glued = piece and (
            character in _CLOSING or _width_of(character) == 0 or (_is_latin(character) and _is_latin(piece[-1]))
        )
        if glued:
            piece += character
        else:
            if piece:
                yield piece
            piece = character
    if piece:
        yield piece


def _is_latin(character: str) -> bool:
    return character != " " and _width_of(character) == 1


def _split(piece: str, columns: int) -> tuple[str, str]:
    room = columns
    for index, character in enumerate(piece):
        room -= _width_of(character)
        if room < 0:
            return piece[:index], piece[index:]
    return piece, ""
