"""Which telephone keys are heard in audio, and when: a streaming detector for one call or for many in step.

Most audio holds no key. So the detector first only glances: every third of the overlapping blocks that ``dtmf_bank``
knows is a tile, tiles lie side by side, and a tone that lasts long enough to count fills at least one. Only around a
tile that promises a key is the audio measured block by block, a little into the past too, and followed by
``dtmf_tracker``, which decides. Glancing at one 20 ms block of many calls is one matrix product for all.

What comes out depends on the samples alone, never on the chunks in which they came.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.audio.dtmf_bank import SEGMENTS, tone_bank
from ivr.audio.dtmf_tracker import LOOK_BACK_BLOCKS, Audio, KeyHeard, KeyTracker
from ivr.audio.pcm import Samples

__all__ = ["DtmfDetector", "DtmfDetectors", "KeyHeard"]

Floats = npt.NDArray[np.float64]

_LEAST_ROOM: Final = 3000  # samples that fit in before the past must be moved to the front


class DtmfDetectors:
    """Detectors for ``calls`` calls whose audio arrives in step, such as all calls of one 20 ms timer.

    ``rate`` is 8000 or 16000.
    """

    def __init__(self, calls: int, rate: int = 8000) -> None:
        self._bank = tone_bank(rate)
        self._past = LOOK_BACK_BLOCKS * self._bank.hop
        self._samples: Floats = np.zeros((calls, self._past + _LEAST_ROOM))
        self._filled = 0
        self._first = 0  # position of the first kept sample, always the start of a block
        self._glanced = 0  # tiles
        self._trackers = [KeyTracker(self._bank) for _ in range(calls)]
        self._awake: set[int] = set()  # calls whose tracker has something to do

    def feed(self, samples: Samples) -> list[list[KeyHeard]]:
        """Take the next ``(calls, n)`` int16 samples; returns the keys found in each call, in order."""
        self._append(samples)
        heard: list[list[KeyHeard]] = [[] for _ in self._trackers]
        end = self._first + self._filled
        lit = self._glance(end // self._bank.block - self._glanced)
        if not lit and not self._awake:
            return heard
        blocks = end // self._bank.hop - SEGMENTS + 1
        for call in self._awake | lit.keys():
            tracker = self._trackers[call]
            heard[call] = tracker.walk(Audio(self._samples[call], self._first), lit.get(call, []), blocks)
            (self._awake.add if tracker.awake else self._awake.discard)(call)
        return heard

    def suspects(self, call: int) -> bool:
        """Whether a key may be starting or is held: the first sign, upon which a prompt is worth ducking."""
        return self._trackers[call].suspects

    def held(self, call: int) -> str:
        """The key that is down now, ``""`` for none."""
        return self._trackers[call].held

    def _glance(self, tiles: int) -> dict[int, list[int]]:
        """The blocks that are promising tiles among the next ones, of each call that has any."""
        lit: dict[int, list[int]] = {}
        if not tiles:
            return lit
        block, first = self._bank.block, self._glanced
        start = first * block - self._first
        self._glanced += tiles
        for at in self._bank.glance(self._samples[:, start : start + tiles * block].reshape(-1, block)):
            lit.setdefault(at // tiles, []).append((first + at % tiles) * SEGMENTS)
        return lit

    def _append(self, samples: Samples) -> None:
        count = samples.shape[1]
        filled = self._filled
        if filled + count > self._samples.shape[1]:
            kept = min(filled, self._past + (self._first + filled) % self._bank.hop)
            past = self._samples[:, filled - kept : filled].copy()
            if kept + count > self._samples.shape[1]:
                self._samples = np.zeros((len(self._samples), kept + count + _LEAST_ROOM))
            self._samples[:, :kept] = past
            self._first += filled - kept
            filled = kept
        self._samples[:, filled : filled + count] = samples
        self._filled = filled + count


class DtmfDetector:
    """The keys of one call. Chunks may have any length; ``rate`` is 8000 or 16000."""

    _STEP = 1 << 14  # keeps the working memory of one long recording small

    def __init__(self, rate: int = 8000) -> None:
        self._detectors = DtmfDetectors(1, rate)

    def feed(self, samples: Samples) -> list[KeyHeard]:
        """Take the next int16 mono samples; returns the keys that became sure, in order."""
        if len(samples) <= self._STEP:
            return self._detectors.feed(samples[np.newaxis])[0]
        heard: list[KeyHeard] = []
        for start in range(0, len(samples), self._STEP):
            heard += self._detectors.feed(samples[np.newaxis, start : start + self._STEP])[0]
        return heard

    @property
    def suspects(self) -> bool:
        """Whether a key may be starting or is held: the first sign, upon which a prompt is worth ducking."""
        return self._detectors.suspects(0)

    @property
    def held(self) -> str:
        """The key that is down now, ``""`` for none."""
        return self._detectors.held(0)
