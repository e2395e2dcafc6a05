"""A WAV file that grows while it is recorded, and that is whole at every moment: a killed process leaves what was said.

The header is mended after every piece that is added, so a piece should hold a second or so.
"""

from __future__ import annotations

import os
import wave
from pathlib import Path

from ivr.audio.pcm import Samples
from ivr.errors import AudioError


class WavStream:
    """Readable by its owner only: it may hold somebody's voice. Raises AudioError for whatever goes wrong."""

    def __init__(self, path: Path, rate: int, channels: int = 1) -> None:
        self.path = path
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
        except OSError as error:
            raise self._error(error) from None
        self._file = os.fdopen(descriptor, "w+b")
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115 - as long as the call lasts
        self._wave.setnchannels(channels)
        self._wave.setsampwidth(2)
        self._wave.setframerate(rate)

    def add(self, samples: Samples) -> None:
        """``(n,)`` or ``(n, channels)`` samples."""
        try:
            self._wave.writeframes(samples.astype("<i2").tobytes())
            self._file.flush()
        except OSError as error:
            raise self._error(error) from None

    def close(self) -> None:
        """Called once, also after an error."""
        try:
            self._wave.close()
            self._file.close()
        except OSError as error:
            raise self._error(error) from None

    def _error(self, error: OSError) -> AudioError:
        return AudioError(f"{self.path}: cannot be written: {error.strerror or error}; free the folder or name another")
