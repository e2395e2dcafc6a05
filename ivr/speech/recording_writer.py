"""Writes synthesised prompts under the names of recordings, beside what people recorded, never over it.

A folder's ``texts.json`` names what was written here and of which text (see ``recording_files``): only such files are
ever replaced.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from ivr.audio.pcm import Samples
from ivr.audio.wav import write_wav
from ivr.errors import AudioError
from ivr.speech.recording_files import SUFFIXES, TEXTS, WORDS, read_texts

Format = Literal["wav", "flac", "ogg"]


class RecordingWriter:
    """Makes the folder; raises ``AudioError`` if it cannot be made or written."""

    def __init__(self, folder: Path, kind: Format, rate: int) -> None:
        self._folder = folder
        self._kind = kind
        self._rate = rate
        try:
            (folder / WORDS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AudioError(f"{folder}: cannot be made: {error.strerror or error}; name another folder") from None
        self._texts = dict(read_texts(folder))

    def write(self, name: str, text: str, samples: Samples) -> bool:
        """False if somebody's own recording of that name is there: it stays."""
        present = [file for suffix in SUFFIXES if (file := self._folder / f"{name}{suffix}").exists()]
        if present and name not in self._texts:
            return False
        file = self._folder / f"{name}.{self._kind}"
        if self._kind == "wav":
            write_wav(file, samples, self._rate)
        else:
            self._compress(file, samples)
        for other in present:
            if other != file:
                other.unlink(missing_ok=True)
        self._texts[name] = text
        return True

    def close(self) -> None:
        """Notes the texts of all that was written."""
        file = self._folder / TEXTS
        try:
            file.write_text(json.dumps(dict(sorted(self._texts.items())), ensure_ascii=False, indent=1) + "\n", "utf-8")
        except OSError as error:
            raise AudioError(f"{file}: cannot be written: {error.strerror or error}") from None

    def _compress(self, file: Path, samples: Samples) -> None:
        try:
            import soundfile

            soundfile.write(file, samples, self._rate, subtype="VORBIS" if self._kind == "ogg" else "PCM_16")
        except ImportError:
            raise AudioError(f"{file}: needs the package soundfile; install it, or write WAV files") from None
        except (OSError, RuntimeError) as error:  # soundfile's own errors are RuntimeErrors
            raise AudioError(f"{file}: cannot be written: {error}") from None
