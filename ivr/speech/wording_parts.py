"""Which parts of what is said are a prompt's own words, and which were put into its slots.

A session hands over final wordings. Recordings are of the words around the slots, so these are found again: the
prompt's literals stand in the wording in the same order, and what lies between them is what the slots said.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from ivr.callflow.prompt_slots import without_slots
from ivr.callflow.speaking import spoken_characters

_SLOT = "\0"


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    number: int  # of the literal, counted from 1; 0 for what was said in a slot


def literals(template: str) -> list[str]:
    """The words before, between and after the slots of a prompt; some may be empty or only punctuation."""
    return without_slots(template, _SLOT).split(_SLOT)


def parts_of(template: str, wording: str) -> list[Part]:
    """The parts of a wording that are spoken; punctuation stays with the words before it.

    One part, the whole, where the wording is not one of this prompt (it never was, or its text has changed since).
    """
    found = _pattern(template).fullmatch(wording)
    if found is None:
        return [Part(wording, 0)]
    parts: list[Part] = []
    for number, literal in enumerate(literals(template), 1):
        if spoken_characters(literal):
            parts.append(Part(literal, number))
        elif literal and parts:  # a comma between two slots
            parts[-1] = Part(parts[-1].text + literal, parts[-1].number)
        if number <= len(found.groups()):
            parts.append(Part(found.group(number), 0))
    return parts


def words_of(text: str, known: Collection[str], longest: int) -> list[str] | None:
    """``text`` cut into known words and runs of what is not spoken, the longest first; None if it cannot be done."""
    words: list[str] = []
    start = 0
    while start < len(text):
        if not text[start].isalnum():
            words.append(text[start])
            start += 1
            continue
        for length in range(min(longest, len(text) - start), 0, -1):
            if text[start : start + length] in known:
                words.append(text[start : start + length])
                start += length
                break
        else:
            return None
    return words


@lru_cache(maxsize=1024)
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, literals(template))), re.DOTALL)
