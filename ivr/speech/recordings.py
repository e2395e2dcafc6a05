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

from ivr.audio.pcm import Samples
from ivr.audio.resampler import resampled
from ivr.audio.wav import read_sound
from ivr.errors import AudioError
from ivr.speech.recording_files import MAY_READ, RecordingFiles
from ivr.speech.splicing import fitted


class Recordings:
    """All recordings of a hotline at the line's rate, each read when first wanted. Safe to use from any thread."""

    def __init__(self, folders: Sequence[Path], rate: int) -> None:
        self.rate = rate
        self._lock = threading.Lock()
        self._sounds: dict[Path, Samples | None] = {}
        self.files = RecordingFiles(folders)
        self.problems = [f"{folder}: {why}; {MAY_READ}" for folder, why in self.files.unreadable.items()]
        self.words = self.files.words
        self.longest_word = max(map(len, self.words), default=0)

    def named(self, name: str, text: str) -> Samples | None:
        """The recording of a prompt without slots, or of a part of one (``recording_files.wanted`` names them)."""
        return self._sound(self.files.find(name, text))

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
        if sound.truncated:  # its last words may be the ones that matter
            self.problems.append(f"{file}: stops before the end that it promises; record it again")
            return None
        if not len(sound.samples):
            self.problems.append(f"{file}: holds no sound; record it again")
            return None
        samples = fitted(resampled(sound.samples, sound.rate, self.rate), self.rate)
        if not samples.any():
            self.problems.append(f"{file}: is silent; record it again")
            return None
        return samples
