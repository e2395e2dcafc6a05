"""What a caller says into a message, as a sound file of its own: the words may never be known, so the voice is kept.

One that holds no speech is deleted again. A file that cannot be written costs the sound of the message, not the call.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ivr.audio.pcm import Samples
from ivr.audio.wav_writer import WavWriter
from ivr.errors import AudioError
from ivr.lines.background import Background


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
        self._blocks: list[Samples] | None = None
        self._spoken = False

    def begin(self) -> None:
        """A message begins with the next block."""
        self._blocks, self._spoken = [], False

    def add(self, block: Samples, *, speech: bool) -> None:
        """``speech``: the caller is speaking, or has just done so."""
        if self._blocks is not None:
            self._blocks.append(block)
            self._spoken = self._spoken or speech

    def end(self) -> None:
        """The message is over, if there was one."""
        blocks, self._blocks = self._blocks, None
        if blocks and self._spoken:
            self._number += 1
            path, samples = self._path_of(self._number), np.concatenate(blocks)
            self._background.submit(lambda: self._write(path, samples), lambda _: None)

    def _write(self, path: Path, samples: Samples) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with WavWriter(path, self._rate, private=True) as file:  # it holds somebody's voice
                file.write(samples)
        except (AudioError, OSError) as error:
            self._warn(f"the sound of a message is not kept: {error}")
