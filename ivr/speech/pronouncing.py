"""How a word sounds: its phones, from a dictionary of readings, with a list of what that gets wrong.

Theory of operation. Text that the list (``pronunciations.yaml``, and the user's own on top of it) has is read as it
says, wherever in a word it stands, the longest first; what lies between is read by pypinyin. Tones do not matter (see
``phones``). Where the list knows several readings a word has several pronunciations, in every combination up to
``MOST``: a name of letters must not make a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice, product
from pathlib import Path
from typing import Final

from ivr.errors import Problem, UsageError
from ivr.mandarin.normalising import normalise
from ivr.speech.phones import syllable_phones

MOST: Final = 8
Phones = tuple[str, ...]
Readings = Mapping[str, tuple[str, ...]]

_SHIPPED: Final = Path(__file__).with_name("pronunciations.yaml")
_HANZI: Final = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Pronouncing:
    """Readings by a list of exceptions: text in normal spelling, and its readings as toneless pinyin."""

    exceptions: Readings

    @cached_property
    def _parts(self) -> re.Pattern[str]:
        longest_first = sorted(self.exceptions, key=lambda text: (-len(text), text))
        return re.compile("(" + "|".join(map(re.escape, longest_first)) + ")") if longest_first else re.compile("(?!)")

    def of(self, word: str) -> tuple[Phones, ...]:
        """All pronunciations, the likeliest first. Raises ``ValueError`` that says which part has no reading."""
        choices = [self._readings(part) for part in self._parts.split(normalise(word)) if part]
        if not choices:
            raise ValueError("nothing in it can be said")
        combined = islice(product(*choices), MOST)
        return tuple(dict.fromkeys(tuple(phone for part in parts for phone in part) for parts in combined))

    def _readings(self, part: str) -> tuple[Phones, ...]:
        readings = self.exceptions.get(part)
        return tuple(map(_phones, readings)) if readings else (_phones(_dictionary_reading(part)),)


def load_pronouncing(own: Path | None = None) -> Pronouncing:
    """The shipped exceptions, and those of a user's file, which win. Raises ``UsageError`` with all that is wrong."""
    return Pronouncing(_read(_SHIPPED) | (_read(own) if own else {}))


def _phones(reading: str) -> Phones:
    return tuple(phone for syllable in reading.split() for phone in syllable_phones(syllable))


def _dictionary_reading(text: str) -> str:
    from pypinyin import Style, lazy_pinyin

    for part in text:
        if not _HANZI.fullmatch(part):
            raise ValueError(f"nobody knows how {part!r} is said")
    return " ".join(lazy_pinyin(text, style=Style.NORMAL))


@cache
def _read(file: Path) -> dict[str, tuple[str, ...]]:
    import yaml

    try:
        content = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - makes nothing but strings
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{file}: cannot be read as a list of pronunciations ({error})") from None
    if not isinstance(content, dict):
        raise UsageError(f"{file}: is no list of pronunciations; write lines such as '重听: chong ting'")
    problems = [problem for text, readings in content.items() for problem in _problems(file, text, readings)]
    if problems:
        raise UsageError("\n".join(map(str, problems)))
    return {normalise(text): tuple(_several(readings)) for text, readings in content.items()}


def _problems(file: Path, text: str, readings: object) -> Iterable[Problem]:
    several = _several(readings)
    if not several or not all(isinstance(reading, str) and reading.strip() for reading in several):
        yield Problem(str(file), 0, f"{text} has no reading", "write one in pinyin, or several as [zhe ge, zhei ge]")
        return
    for reading in several:
        try:
            _phones(reading)
        except ValueError as error:
            yield Problem(str(file), 0, f"{text}: {error}", "write syllables of pinyin with spaces between them")


def _several(readings: object) -> list[str]:
    return readings if isinstance(readings, list) else [readings] if isinstance(readings, str) else []
