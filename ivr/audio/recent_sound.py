"""The latest samples of some calls whose audio arrives in step, and the blocks that they make.

Samples are moved to the front only when the memory is full, and all views of it are made once: what a detector looks
at is a slice. They are kept as singles, which hold them exactly and are quicker to look at than doubles.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from ivr.audio.pcm import Samples

Singles = npt.NDArray[np.float32]

_BLOCKS_OF_ROOM: Final = 40  # that fit in before the past must be moved to the front


class RecentSound:
    """Keeps at least the last ``past`` blocks of ``block`` samples. Positions count from the start of the streams."""

    def __init__(self, calls: int, block: int, hop: int, past: int) -> None:
        self._calls, self._block, self._hop, self._past = calls, block, hop, past * block
        self.end = 0
        self.first = 0  # position of the first sample that is kept: a whole number of blocks
        self.first_tile = 0
        self._make_room(past + _BLOCKS_OF_ROOM)

    def append(self, samples: Samples) -> int:
        """The next samples: ``(n, calls)``, or ``(n,)`` of one call. Returns the new end."""
        filled = self.end - self.first
        stop = filled + len(samples)
        if stop > self._room:
            filled = self._forget(filled, len(samples))
            stop = filled + len(samples)
        self._written[filled:stop] = samples
        self.end = end = self.first + stop
        return end

    def _make_room(self, blocks: int) -> None:
        self._room = blocks * self._block
        self.samples: Singles = np.zeros((self._calls, self._room), np.float32)
        self._written = self.samples[0] if self._calls == 1 else self.samples.T  # an axis less is quicker
        self.tiles: Singles = self.samples.reshape(self._calls, blocks, self._block)  # side by side
        self.tiles_of_first: Singles = self.tiles[0]  # call
        # of each call (blocks, block): those that overlap, one each hop; a sliding window, which costs a third to make
        shape = self._calls, (self._room - self._block) // self._hop + 1, self._block
        call, sample = self.samples.strides
        self.blocks: list[Singles] = list(as_strided(self.samples, shape, (call, self._hop * sample, sample)))

    def _forget(self, filled: int, count: int) -> int:
        """Make room for so many; how many samples are left."""
        gone = max(0, filled - self._past) // self._block * self._block
        kept = filled - gone
        past = self.samples[:, gone:filled].copy()
        if kept + count > self._room:
            self._make_room(-(-(kept + count) // self._block) + _BLOCKS_OF_ROOM)
        self.samples[:, :kept] = past
        self.first += gone
        self.first_tile += gone // self._block
        return kept
