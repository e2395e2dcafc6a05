"""A sound file that grows while a call goes on, and that is whole at every moment.

The samples are written first and the header that counts them after, so a process that is killed leaves a file that any
program reads, without the last block at worst. Writing blocks on the disk: never do it in a sound card's callback.
"""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path
from typing import Final, Self

import numpy as np

from ivr.audio.pcm import Samples
from ivr.errors import AudioError

_HEADER: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_MOST_BYTES: Final = 2**32 - 1 - _HEADER.size  # what the header of a WAV file can count


class WavWriter:
    """Writes 16-bit WAV; an existing file is replaced. ``AudioError`` if it cannot be made.

    ``private``: a new file is its owner's alone.
    """

    def __init__(self, path: Path, rate: int, channels: int = 1, *, private: bool = False) -> None:
        if rate <= 0 or not 1 <= channels <= 16:
            raise ValueError(f"{channels} channels of {rate} samples a second make no sound file")
        self.path, self.rate, self.channels = path, rate, channels
        self._bytes = 0
        try:
            self._file = io.FileIO(path, "w", opener=_open_private if private else None)
        except OSError as error:
            raise AudioError(f"{path}: cannot be written: {error.strerror or error}") from None
        try:
            self._put(b"")
        except AudioError:
            self.close()
            raise

    @property
    def length_ms(self) -> int:
        return self._bytes // (2 * self.channels) * 1000 // self.rate

    def write(self, samples: Samples) -> None:
        """Append ``(n,)`` or ``(n, channels)`` int16 samples.

        ``AudioError`` if they do not fit, on the disk or in the file; what was written before stays readable.
        """
        if samples.dtype != np.int16 or samples.shape[1:] != ((self.channels,) if self.channels > 1 else ()):
            raise ValueError(f"needs int16 samples of {self.channels} channels, not {samples.dtype} {samples.shape}")
        body = samples.astype("<i2").tobytes()
        if self._bytes + len(body) > _MOST_BYTES:
            raise AudioError(f"{self.path}: is full, a WAV file holds 4 GiB; begin another one")
        self._put(body)

    def close(self) -> None:
        """Nothing is left to be written; a second time it does nothing."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _put(self, body: bytes) -> None:
        try:
            self._file.seek(_HEADER.size + self._bytes)
            self._write_whole(body)
            self._file.seek(0)
            self._write_whole(self._header(self._bytes + len(body)))
        except OSError as error:
            raise AudioError(f"{self.path}: cannot be written: {error.strerror or error}") from None
        self._bytes += len(body)

    def _write_whole(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) or 0 :]

    def _header(self, size: int) -> bytes:
        frame = 2 * self.channels
        return _HEADER.pack(
            b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, self.channels, self.rate, self.rate * frame, frame, 16,
            b"data", size,
        )  # fmt: skip


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
