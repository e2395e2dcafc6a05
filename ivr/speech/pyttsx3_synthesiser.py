"""The voice of the machine itself through pyttsx3: SAPI on Windows, the system voices of macOS, espeak-ng on Linux.

pyttsx3 lives in a process of its own (``pyttsx3_worker``), since it can hang for ever and takes the process with it
when it crashes. It only ever writes files. A text whose process hangs or dies, or whose file is empty, is tried once
more in a new process; after that it is a ``SpeechError``, and ``first_that_speaks`` goes on to the next voice.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import threading
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from ivr.audio.wav import Sound, read_sound
from ivr.errors import AudioError, SpeechError
from ivr.speech.spoken_text import spoken_text
from ivr.speech.worker_process import WorkerProcess

WORDS_A_MINUTE: Final = 160  # pyttsx3's measure; 130 to 160 are clear on a telephone
START_LIMIT_S: Final = 20.0  # a cold disk; 0.3 s when warm
TEXT_LIMIT_S: Final = 5.0
_MOST_PROCESSES: Final = 2  # one for each pace: a hotline has its usual one and one for seniors
_LIMIT_S_A_CHARACTER: Final = 0.05  # espeak needs 0.001 s, a system voice rarely more than it takes to say


class Pyttsx3Synthesiser:
    """``worker`` is the module that answers: another one in tests of what happens when it misbehaves."""

    def __init__(
        self,
        words_a_minute: int = WORDS_A_MINUTE,
        *,
        worker: str = "ivr.speech.pyttsx3_worker",
        start_limit_s: float = START_LIMIT_S,
        text_limit_s: float = TEXT_LIMIT_S,
    ) -> None:
        self._rate = words_a_minute
        self._worker = worker
        self._processes: dict[int, WorkerProcess] = {}  # by rate, the one used last at the end
        self._start_limit_s = start_limit_s
        self._text_limit_s = text_limit_s
        self._lock = threading.Lock()
        self._voice = ""
        self._folder = tempfile.TemporaryDirectory(prefix="ivr-voice-", ignore_cleanup_errors=True)

    @property
    def voice(self) -> str:
        """Starts the engine if need be: only the machine knows its voices. Raises ``SpeechError`` if none speaks."""
        if not self._voice:
            with self._lock:
                if not self._voice:
                    self._start(self._process(self._rate))
        return self._voice

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        plain = spoken_text(text)
        with self._lock:
            process = self._process(round(self._rate * pace))
            try:
                return self._spoken(plain, process)
            except (SpeechError, AudioError):
                process.close()
            try:
                return self._spoken(plain, process)
            except AudioError as error:
                raise SpeechError(f"pyttsx3 wrote no sound: {error}") from None

    def close(self) -> None:
        for process in self._processes.values():
            process.close()
        with contextlib.suppress(OSError):
            self._folder.cleanup()

    def _process(self, rate: int) -> WorkerProcess:
        process = self._processes.pop(rate, None) or WorkerProcess(self._worker, (str(rate),))
        self._processes[rate] = process
        if len(self._processes) > _MOST_PROCESSES:
            self._processes.pop(next(iter(self._processes))).close()
        return process

    def _start(self, process: WorkerProcess) -> None:
        if not installed():
            raise SpeechError("pyttsx3 is not installed; install it with: pip install 'ivr[voice]'")
        try:
            greeting = process.start(self._start_limit_s)
        except SpeechError as error:
            raise SpeechError(f"{error}; {_remedy()}") from None
        self._voice = f"pyttsx3 {version('pyttsx3')} {greeting['engine']} {greeting['voice']} {self._rate}"

    def _spoken(self, plain: str, process: WorkerProcess) -> Sound:
        if not process.running:
            self._start(process)
        file = Path(self._folder.name, "prompt.wav")  # the name of it does not decide what is written
        file.unlink(missing_ok=True)
        limit_s = self._text_limit_s + _LIMIT_S_A_CHARACTER * len(plain)
        process.ask({"text": plain, "file": str(file)}, limit_s)
        sound = read_sound(file)
        if not len(sound.samples):
            raise SpeechError("pyttsx3 wrote a file without sound")
        return sound


def installed() -> bool:
    try:
        return bool(version("pyttsx3"))
    except PackageNotFoundError:
        return False


def _remedy() -> str:
    return {
        "darwin": "add a Chinese voice in System Settings, Accessibility, Spoken Content",
        "win32": "add a Chinese voice in Settings, Time & language, Speech",
    }.get(sys.platform, "install one with: pip install espeakng-loader (or apt install espeak-ng)")
