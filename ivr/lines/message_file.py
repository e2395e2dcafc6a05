"""What a caller says into a message, as a sound file of its own: the words may never be known, so the voice is kept.

The file grows while the message is said, so that a program which is killed leaves what was said so far. One that holds
no speech is not written. A file that cannot be written costs the sound of the message, not the call.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from ivr.audio.pcm import Samples
from ivr.audio.wav_writer import WavWriter
from ivr.errors import AudioError
from ivr.lines.background import Background

_PIECE_S: Final = 1


class MessageFiles:
    """``path_of`` names the file of the call's first, second … message."""

    def __init__(
        self, path_of: Callable[[int], Path], rate: int, warn: Callable[[str], None], background: Background
    ) -> None:
        self._path_of = path_of
        self._rate = rate
        self._warn = warn
        self._background = background
        self._number = 0
        self._blocks: list[Samples] | None = None  # of the message that is being said, not written yet
        self._length = 0  # of these, in samples
        self._file: _MessageFile | None = None  # once somebody has spoken

    def begin(self) -> None:
        """A message begins with the next block."""
        self._blocks, self._length, self._file = [], 0, None

    def add(self, block: Samples, *, speech: bool) -> None:
        """``speech``: the caller is speaking, or has just done so."""
        if self._blocks is None:
            return
        self._blocks.append(block)
        self._length += len(block)
        if speech and self._file is None:
            self._number += 1
            self._file = _MessageFile(self._path_of(self._number), self._rate, self._warn)
        if self._file is not None and self._length >= _PIECE_S * self._rate:
            self._write(self._file)

    def end(self) -> None:
        """The message is over, if there was one."""
        file = self._file
        if file is not None:
            self._write(file)
            self._background.submit(file.close, lambda _: None)
        self._blocks = self._file = None

    def _write(self, file: _MessageFile) -> None:
        if self._blocks:
            samples, self._blocks, self._length = np.concatenate(self._blocks), [], 0
            self._background.submit(lambda: file.write(samples), lambda _: None)


class _MessageFile:
    """Touched by the background only, once it is made."""

    def __init__(self, path: Path, rate: int, warn: Callable[[str], None]) -> None:
        self._path = path
        self._rate = rate
        self._warn = warn
        self._writer: WavWriter | None = None
        self._failed = False

    def write(self, samples: Samples) -> None:
        if self._failed:
            return
        try:
            if self._writer is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._writer = WavWriter(self._path, self._rate, private=True)  # it holds somebody's voice
            self._writer.write(samples)
        except (AudioError, OSError) as error:
            self._failed = True
            self._warn(f"the sound of a message is not kept: {error}")

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
