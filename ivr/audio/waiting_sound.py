"""Sound on its way to a loudspeaker, of which what still waits can be left out without a click.

Between a call and its sound card some tens of milliseconds wait. Who interrupts a prompt must not hear them, but a jump
from the middle of one wave into another is a click: so the first of what is left out falls silent over ``RAMP_MS``,
while what comes instead rises. Like ``SampleRing``, in which the sound waits, it serves one thread that puts and one
that takes; neither waits for the other, and taking allocates nothing but views.
"""

from __future__ import annotations

import numpy as np

from ivr.audio.pcm import Samples
from ivr.audio.player import RAMP_MS
from ivr.audio.sample_ring import SampleRing


class WaitingSound:
    """At most ``capacity`` samples, ``rate`` a second."""

    def __init__(self, rate: int, capacity: int) -> None:
        self._ring = SampleRing(capacity)
        self._cutting = False
        self._cut_at = 0  # what was put before this place is left out; written by the putter only
        self._ramp = max(1, rate * RAMP_MS // 1_000)
        self._rising = (np.arange(self._ramp, dtype=np.float32) + 0.5) / self._ramp
        self._falling = 1 - self._rising
        self._old: Samples = np.zeros(self._ramp, np.int16)
        self._fading, self._both = np.zeros((2, self._ramp), np.float32)

    def __len__(self) -> int:
        """How many samples will be heard before what is put next."""
        return 0 if self._cutting else len(self._ring)

    def cut(self) -> None:
        """What is put next comes at once, instead of what waits."""
        self._cutting = True

    def put(self, samples: Samples) -> None:
        """Adds as much as there is room for."""
        place = self._ring.end
        self._ring.put(samples)
        if self._cutting:  # not before: until then there is nothing to fade into
            self._cut_at, self._cutting = place, False

    def take_into(self, out: Samples) -> None:
        """The next samples; silence where nothing waits. A cut is smooth where ``out`` holds a ramp."""
        cut_at = self._cut_at
        leaves_out = cut_at - self._ring.begin > self._ramp  # less may as well be heard
        fades = leaves_out and len(out) >= self._ramp
        if fades:
            self._ring.take_into(self._old)
        if leaves_out:
            self._ring.skip_to(cut_at)
        count = self._ring.take_into(out)
        out[count:] = 0
        if fades:
            np.multiply(self._old, self._falling, out=self._fading)
            np.multiply(out[: self._ramp], self._rising, out=self._both)
            np.add(self._both, self._fading, out=self._both)
            out[: self._ramp] = self._both  # a weighted mean of samples is as good as one
