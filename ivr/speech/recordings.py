"""Sounds that people recorded, in folders beside the prompts.

    recordings/main.offer.wav            the prompt main.offer
    recordings/account.balance~1.flac    the words before its first slot, ~2 those after it, and so on
    recordings/words/三.wav              a word of amounts, numbers and dates: 零 to 九, 十 百 千 万, 元 角 分, 幺 …
    recordings/words/三百.wav            longer words sound better than their parts and go before them

A file that cannot be used is as good as none: the prompt is synthesised, and ``problems`` says what is wrong. Folders
are looked through in order, so a hotline's own recordings replace shipped ones.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ivr.audio.pcm import Samples
from ivr.audio.wav import read_sound
from ivr.callflow.nodes import Prompt
from ivr.callflow.speaking import spoken_characters
from ivr.errors import AudioError
from ivr.speech.conditioning import resampled
from ivr.speech.splicing import fitted
from ivr.speech.wording_parts import literals

SUFFIXES: Final = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif")
WORDS: Final = "words"


class RecordingFiles:
    """The recordings of some folders by name: ``main.offer``, ``account.balance~1``, ``words/三``. Reads none."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.by_name = _files(folders)
        self.words = {name.removeprefix(f"{WORDS}/"): file for name, file in self.by_name.items() if "/" in name}

    def covers(self, prompt_id: str, prompt: Prompt) -> bool:
        """Whether all of a prompt's own words were recorded."""
        return all(name in self.by_name for name, _ in wanted(prompt_id, prompt))


def wanted(prompt_id: str, prompt: Prompt) -> list[tuple[str, str]]:
    """The recordings that a prompt needs: their names, and the words on each."""
    texts = literals(prompt.text)
    if len(texts) == 1:
        return [(prompt_id, prompt.text)]
    return [(f"{prompt_id}~{number}", text) for number, text in enumerate(texts, 1) if spoken_characters(text)]


class Recordings:
    """All recordings of a hotline at the line's rate, each read when first wanted. Safe to use from any thread."""

    def __init__(self, folders: Sequence[Path], rate: int) -> None:
        self.rate = rate
        self.problems: list[str] = []
        self._lock = threading.Lock()
        self._sounds: dict[Path, Samples | None] = {}
        files = RecordingFiles(folders)
        self.files, self.words = files.by_name, files.words
        self.longest_word = max(map(len, self.words), default=0)

    def named(self, name: str) -> Samples | None:
        """The recording of a prompt without slots, or of a part of one with slots (``wanted`` names them)."""
        return self._sound(self.files.get(name))

    def word(self, word: str) -> Samples | None:
        return self._sound(self.words.get(word))

    def _sound(self, file: Path | None) -> Samples | None:
        if file is None:
            return None
        with self._lock:
            if file not in self._sounds:
                self._sounds[file] = self._read(file)
            return self._sounds[file]

    def _read(self, file: Path) -> Samples | None:
        try:
            sound = read_sound(file)
        except AudioError as error:
            self.problems.append(str(error))
            return None
        samples = fitted(resampled(sound.samples, sound.rate, self.rate), self.rate)
        if not samples.any():
            self.problems.append(f"{file}: is silent; record it again")
            return None
        return samples


def _files(folders: Sequence[Path]) -> dict[str, Path]:
    """By name without suffix (``words/`` before words); of several suffixes the first in ``SUFFIXES``."""
    found: dict[str, Path] = {}
    for folder in folders:
        for place, prefix in ((folder, ""), (folder / WORDS, f"{WORDS}/")):
            names = {file.name: file for file in sorted(place.iterdir())} if place.is_dir() else {}
            for suffix in SUFFIXES:
                for name, file in names.items():
                    if name.lower().endswith(suffix) and not name.startswith(".") and file.is_file():
                        found.setdefault(prefix + name[: -len(suffix)], file)
    return found
