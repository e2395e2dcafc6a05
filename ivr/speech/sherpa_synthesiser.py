"""Any Mandarin voice in the format of sherpa-onnx, from a folder that the user names.

``FOLDER`` or ``FOLDER@7`` for one of its speakers (they count from 0). The engine lives in a process
of its own, see ``sherpa_worker``.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from ivr.audio.wav import Sound
from ivr.errors import SpeechError, UnsayableError
from ivr.speech.sherpa_folder import HELP, read_sherpa_folder
from ivr.speech.spoken_text import spoken_text
from ivr.speech.voice_process import VoiceProcess

_START_LIMIT_S: Final = 120.0  # networks of 300 MB from a cold disk
_TEXT_LIMIT_S: Final = 60.0
_CHARACTER_LIMIT_S: Final = 1.0  # four times as long as it takes to say
# Releases of Kokoro have English speakers first; this is zf_xiaobei in the one with 53.
_MANDARIN_SPEAKER: Final = {53: 45, 103: 3}


class SherpaSynthesiser:
    def __init__(self, name: str) -> None:
        folder, at, speaker = name.rpartition("@")
        self._folder = Path(folder if at and speaker.isdecimal() else name)
        self._wanted = int(speaker) if at and speaker.isdecimal() else None
        self._speaker = 0
        self._process = VoiceProcess(
            "ivr.speech.sherpa_worker",
            (str(self._folder),),
            start_limit_s=_START_LIMIT_S,
            text_limit_s=_TEXT_LIMIT_S,
            character_limit_s=_CHARACTER_LIMIT_S,
        )
        self._lock = threading.Lock()
        self._started = False

    @property
    def voice(self) -> str:
        """Raises ``SpeechError`` if the folder or the library is missing. Starts nothing."""
        try:
            library = version("sherpa-onnx")
        except PackageNotFoundError:
            raise SpeechError("sherpa-onnx is not installed; install it: pip install 'ivr[other-voices]'") from None
        found = read_sherpa_folder(self._folder)
        model = Path(found.model)
        return f"sherpa-onnx {library} {model.parent.name}/{model.name} {model.stat().st_size} {self._wanted}"

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        plain = spoken_text(text)
        if not any(map(str.isalnum, plain)):
            raise UnsayableError("there is nothing in this text that a voice can say")
        with self._lock:
            if not self._started:
                self._start()
            with self._named():
                return self._process.speak(plain, pace=pace, speaker=self._speaker)

    def close(self) -> None:
        self._process.close()

    def _start(self) -> None:
        with self._named():
            speakers = int(self._process.start()["speakers"])
        if self._wanted is not None and self._wanted >= max(speakers, 1):
            raise SpeechError(f"{self._folder}: has {speakers} speakers, counted from 0; there is no {self._wanted}")
        self._speaker = _MANDARIN_SPEAKER.get(speakers, 0) if self._wanted is None else self._wanted
        self._started = True

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """The library's complaint alone (``_Map_base::at``) would tell nobody what to mend."""
        try:
            yield
        except UnsayableError:
            raise
        except SpeechError as error:
            raise SpeechError(f"{self._folder}: sherpa-onnx cannot use this voice ({error}); {HELP}") from None
