"""The voice of the machine itself through pyttsx3: SAPI on Windows, the system voices of macOS, espeak-ng on Linux.

pyttsx3 lives in a process of its own (``pyttsx3_worker``), since it can hang for ever and takes the process with it
when it crashes. It only ever writes files. What it cannot say is a ``SpeechError``, and ``first_that_speaks`` goes on
to the next voice.
"""

from __future__ import annotations

import sys
import threading
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from ivr.audio.wav import Sound
from ivr.errors import SpeechError
from ivr.speech.spoken_text import spoken_text
from ivr.speech.voice_process import START_LIMIT_S, TEXT_LIMIT_S, VoiceProcess

WORDS_A_MINUTE: Final = 160  # pyttsx3's measure; 130 to 160 are clear on a telephone
_MOST_PROCESSES: Final = 2  # one for each pace: a hotline has its usual one and one for seniors


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
        self._start_limit_s = start_limit_s
        self._text_limit_s = text_limit_s
        self._processes: dict[int, VoiceProcess] = {}  # by rate, the one used last at the end
        self._lock = threading.Lock()
        self._voice = ""
        self._closed = False

    @property
    def voice(self) -> str:
        """Starts the engine if need be: only the machine knows its voices. Raises ``SpeechError`` if none speaks."""
        if not self._voice:
            with self._lock:
                if not self._voice:
                    self._voice = self._introduced(self._process(self._rate))
        return self._voice

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        with self._lock:
            return self._process(round(self._rate * pace)).speak(spoken_text(text))

    def close(self) -> None:
        """From any thread; no engine is started any more."""
        self._closed = True
        for process in tuple(self._processes.values()):  # in one go, as another thread may be speaking
            process.close()

    def _process(self, rate: int) -> VoiceProcess:
        if self._closed:
            raise SpeechError("the voice was closed")
        process = self._processes.pop(rate, None) or VoiceProcess(
            self._worker, (str(rate),), start_limit_s=self._start_limit_s, text_limit_s=self._text_limit_s
        )
        self._processes[rate] = process
        if len(self._processes) > _MOST_PROCESSES:
            self._processes.pop(next(iter(self._processes))).close()
        return process

    def _introduced(self, process: VoiceProcess) -> str:
        try:
            library = version("pyttsx3")
        except PackageNotFoundError:
            raise SpeechError("pyttsx3 is not installed; install it with: pip install 'ivr[voice]'") from None
        try:
            greeting = process.start()
        except SpeechError as error:
            if self._closed:  # then there is nothing to mend
                raise
            raise SpeechError(f"{error}; {_remedy()}") from None
        return f"pyttsx3 {library} {greeting['engine']} {greeting['voice']} {self._rate}"


def _remedy() -> str:
    return {
        "darwin": "add a Chinese voice in System Settings, Accessibility, Spoken Content",
        "win32": "add a Chinese voice in Settings, Time & language, Speech",
    }.get(sys.platform, "install one with: pip install espeakng-loader (or apt install espeak-ng)")
