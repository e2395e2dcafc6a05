"""Samples on their way between two threads, one that puts and one that takes, neither of which ever waits.

The memory is there from the beginning and each side moves only its own position, so a sound card's callback can use it:
no lock, nothing allocated but views.
"""

from __future__ import annotations

import numpy as np

from ivr.audio.pcm import Samples


class SampleRing:
    """Holds at most ``capacity`` samples."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a ring of {capacity} samples holds nothing")
        self._memory: Samples = np.zeros(capacity, np.int16)
        self._put = 0  # samples ever put; written by the one side only
        self._taken = 0  # samples ever taken; written by the other

    def __len__(self) -> int:
        return self._put - self._taken

    def put(self, samples: Samples) -> int:
        """Adds as many as there is room for; returns how many."""
        capacity = len(self._memory)
        count = min(len(samples), capacity - len(self))
        start = self._put % capacity
        first = min(count, capacity - start)
        self._memory[start : start + first] = samples[:first]
        self._memory[: count - first] = samples[first:count]
        self._put += count
        return count

    @property
    def begin(self) -> int:
        """The place of the next sample to be taken."""
        return self._taken

    @property
    def end(self) -> int:
        """The place after the latest sample, for ``skip_to``."""
        return self._put

    def skip_to(self, place: int) -> None:
        """The taker's side leaves out what was put before this place."""
        self._taken = max(self._taken, min(place, self._put))

    def take_into(self, out: Samples) -> int:
        """Takes as many as there are and fit, into the beginning of ``out``; returns how many."""
        capacity = len(self._memory)
        count = min(len(out), len(self))
        start = self._taken % capacity
        first = min(count, capacity - start)
        out[:first] = self._memory[start : start + first]
        out[first:count] = self._memory[: count - first]
        self._taken += count
        return count
