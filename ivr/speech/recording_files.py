"""Which sounds were recorded, by name, and the words that each is meant to hold.

Whoever reads a text into a microphone may later change the text and forget the recording. A folder can say what was
read: ``texts.json``, a table of names and texts, which ``ivr prompts render --out`` writes. A recording of another text
than the prompt's present one counts as none; a folder without the table is believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ivr.callflow.nodes import Prompt
from ivr.callflow.speaking import spoken_characters
from ivr.speech.wording_parts import literals

SUFFIXES: Final = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif")
WORDS: Final = "words"
TEXTS: Final = "texts.json"
MAY_READ: Final = "see that you may read it"  # what helps where a folder cannot be looked into


class RecordingFiles:
    """The recordings of some folders by name: ``main.offer``, ``account.balance~1``, ``words/三``. Reads none.

    ``unreadable``: the folders that cannot be looked into, and why.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.by_name: dict[str, Path] = {}
        self.unreadable: dict[Path, str] = {}
        self._texts: dict[str, str] = {}
        for folder in folders:
            texts = read_texts(folder)
            for name, file in self._files(folder):
                if name not in self.by_name:
                    self.by_name[name] = file
                    if name in texts:
                        self._texts[name] = texts[name]
        self.words = {name.removeprefix(f"{WORDS}/"): file for name, file in self.by_name.items() if "/" in name}

    def _files(self, folder: Path) -> Iterator[tuple[str, Path]]:
        """By name without suffix (``words/`` before words)."""
        for place, prefix in ((folder, ""), (folder / WORDS, f"{WORDS}/")):
            try:
                for name, file in _sounds_in(place):
                    yield prefix + name, file
            except OSError as error:
                self.unreadable[place] = f"cannot be read ({error.strerror})"

    def find(self, name: str, text: str) -> Path | None:
        """The recording of that name, unless it is of another text; punctuation does not count."""
        return None if self.is_outdated(name, text) else self.by_name.get(name)

    def is_outdated(self, name: str, text: str) -> bool:
        return _spoken(self._texts.get(name, text)) != _spoken(text)

    def covers(self, prompt_id: str, prompt: Prompt) -> bool:
        """Whether all of a prompt's own words were recorded."""
        return all(self.find(name, text) for name, text in wanted(prompt_id, prompt))


def wanted(prompt_id: str, prompt: Prompt) -> list[tuple[str, str]]:
    """The recordings that a prompt needs: their names, and the words on each."""
    texts = literals(prompt.text)
    if len(texts) == 1:
        return [(prompt_id, prompt.text)]
    return [(f"{prompt_id}~{number}", text) for number, text in enumerate(texts, 1) if spoken_characters(text)]


def amount_words() -> list[str]:
    """Words with which amounts, numbers and dates sound best: 三百 rather than 三 and 百."""
    digits = "一二三四五六七八九"
    words = [*"零幺一二两三四五六七八九十百千万亿元角分年月日号点", "十元", "百元", "千元", "万元"]
    words += [digit + unit for unit in "十百千万元角分" for digit in digits]
    return [*words, *(f"两{unit}" for unit in "百千万元")]


def read_texts(folder: Path) -> Mapping[str, str]:
    """The table of a folder; empty if there is none, or none of ours."""
    try:
        content = json.loads((folder / TEXTS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) and all(isinstance(text, str) for text in content.values()) else {}


def _spoken(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _sounds_in(place: Path) -> Iterator[tuple[str, Path]]:
    """By name without suffix; of several suffixes the first in ``SUFFIXES`` comes first. Raises OSError."""
    names = {file.name: file for file in sorted(place.iterdir())} if place.is_dir() else {}
    for suffix in SUFFIXES:
        for name, file in names.items():
            if name.lower().endswith(suffix) and not name.startswith(".") and file.is_file():
                yield name[: -len(suffix)], file
