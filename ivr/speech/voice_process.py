"""An engine in a process of its own that writes what it says into a file: started when needed, tried twice.

A text whose process hangs or dies, or whose file is empty, is tried once more in a new process; after that it is a
``SpeechError``.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from ivr.audio.wav import Sound, read_sound
from ivr.errors import AudioError, SpeechError, UnsayableError
from ivr.speech.worker_process import Answer, WorkerProcess

START_LIMIT_S: Final = 20.0  # a cold disk
TEXT_LIMIT_S: Final = 5.0
_ROOM_BYTES: Final = 10_000_000  # two minutes at 44.1 kHz


class VoiceProcess:
    """One thread at a time. ``character_limit_s`` is what each character may add to ``text_limit_s``."""

    def __init__(
        self,
        worker: str,
        arguments: tuple[str, ...],
        *,
        start_limit_s: float = START_LIMIT_S,
        text_limit_s: float = TEXT_LIMIT_S,
        character_limit_s: float = 0.05,  # espeak needs 0.001 s, a system voice rarely more than it takes to say
    ) -> None:
        self._process = WorkerProcess(worker, arguments)
        self._start_limit_s = start_limit_s
        self._text_limit_s = text_limit_s
        self._character_limit_s = character_limit_s
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._closed = False

    def start(self) -> Answer:
        """What the engine says of itself. Raises ``SpeechError`` if it does not start, or the voice is closed."""
        self._require_open()
        try:
            return self._process.start(self._start_limit_s)
        except SpeechError:
            self._require_open()  # it ended because it was closed
            raise

    def speak(self, text: str, **question: Any) -> Sound:
        """Raises ``SpeechError`` if the engine cannot say it, twice; ``UnsayableError`` if there is nothing to say."""
        if not any(map(str.isalnum, text)):
            raise UnsayableError("there is nothing in this text that a voice can say")
        try:
            return self._spoken(text, question)
        except UnsayableError:
            raise
        except (SpeechError, AudioError):
            self._process.close()
        try:
            return self._spoken(text, question)
        except AudioError as error:
            raise SpeechError(f"the engine wrote no sound: {error}") from None

    def close(self) -> None:
        """From any thread: what is being said is broken off."""
        self._closed = True
        self._process.end()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _spoken(self, text: str, question: Answer) -> Sound:
        self._require_open()
        if not self._process.running:
            self.start()
        file = self._file()
        limit_s = self._text_limit_s + self._character_limit_s * len(text)
        self._process.ask(question | {"text": text, "file": str(file)}, limit_s)
        try:
            sound = read_sound(file)
        finally:
            file.unlink(missing_ok=True)  # it may have been about one person
        if not len(sound.samples):
            raise SpeechError("the engine wrote a file without sound")
        return sound

    def _require_open(self) -> None:
        if self._closed:
            raise SpeechError("the voice was closed")

    def _file(self) -> Path:
        """One that is not there yet, on a disk with room: engines hang when there is none."""
        try:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="ivr-voice-", ignore_cleanup_errors=True)
            file = Path(self._folder.name, "prompt.wav")  # the name of it does not decide what is written
            file.unlink(missing_ok=True)
            free = shutil.disk_usage(self._folder.name).free
        except OSError as error:
            raise SpeechError(f"{tempfile.gettempdir()}: cannot be written ({error.strerror or error})") from None
        if free < _ROOM_BYTES:
            raise SpeechError(f"{self._folder.name}: only {free // 1_000_000} MB are free; free some space")
        return file
