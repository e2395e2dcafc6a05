"""A sound device for tests: its microphone hears what the test feeds it, when the test says so."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Event as Flag

import numpy as np

from ivr.audio.pcm import Samples
from tests.sound_calls import BLOCK, RATE


class PumpedDevice:
    """Time passes only while it is fed, or as fast as it is read once it ``flows``."""

    def __init__(self) -> None:
        self.alive = True
        self.flows = False
        self.closed = self.cuts = 0
        self.let_go = Flag()
        self._heard: SimpleQueue[Samples | None] = SimpleQueue()
        self.spoken: list[Samples] = []

    def feed(self, samples: Samples) -> None:
        padded = np.pad(samples, (0, -len(samples) % BLOCK))
        for start in range(0, len(padded), BLOCK):
            self._heard.put(padded[start : start + BLOCK])

    def wait(self, ms: int) -> None:
        self.feed(np.zeros(RATE * ms // 1_000, np.int16))

    def unplug(self) -> None:
        self.alive = False
        self._heard.put(None)

    def begin(self) -> None:
        pass

    def cut(self) -> None:
        self.cuts += 1

    def read(self, limit_s: float) -> Samples | None:
        try:
            return self._heard.get(timeout=0 if self.flows else limit_s)
        except Empty:
            return np.zeros(BLOCK, np.int16) if self.flows else None

    def write(self, block: Samples) -> None:
        self.spoken.append(block)

    def close(self) -> None:
        self.closed += 1
        self.let_go.set()
        self._heard.put(None)
