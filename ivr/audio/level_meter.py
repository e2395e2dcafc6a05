"""How loud a microphone is, and what is wrong with it: muted, too soft, too loud, off centre, noisy.

Levels are taken over blocks of 20 ms without their constant part, so that an offset counts as no sound. The loudest
tenth of the blocks is taken for speech and the softest tenth for the room. Blocks of utter silence, as many a
microphone gives between words, are no speech: a word may be shorter than that tenth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ivr.audio.pcm import SILENT_DBFS, BlockCutter, Samples, block_length, level_dbfs, peak_dbfs

_MUTED_DBFS: Final = -75.0  # a 16-bit converter's own noise is about -90, a quiet room's at least -70
_SOFT_DBFS: Final = -40.0
_ROOM_BELOW_SPEECH_DB: Final = 15.0
_OFF_CENTRE: Final = 0.02
_CLIPPED_IN_A_ROW: Final = 3  # one full-scale sample may be chance
_CLIPPED_SHARE: Final = 0.0005


@dataclass(frozen=True, slots=True)
class Levels:
    """What was measured since the meter started."""

    milliseconds: int
    peak_dbfs: float
    speech_dbfs: float  # of the loudest tenth of all blocks, as far as they hold any sound
    room_dbfs: float  # of the softest tenth
    offset: float  # mean of all samples, in parts of full scale
    clipped: float  # part of all samples that stand at full scale beside others that do

    @property
    def muted(self) -> bool:
        """Nothing at all comes in: the microphone is off, or the programme may not use it."""
        return self.speech_dbfs < _MUTED_DBFS

    def problems(self) -> list[str]:
        """What is wrong and what to do, gravest first; nothing if it is fit for a call in which somebody spoke."""
        found = self.faults()
        if self.milliseconds and not self.muted:
            if self.speech_dbfs < _SOFT_DBFS:
                found.append("the microphone is very soft; turn its level up or come closer")
            elif self.speech_dbfs - self.room_dbfs < _ROOM_BELOW_SPEECH_DB:
                found.append("the room is almost as loud as the voice, or nobody spoke; come closer or use a headset")
        return found

    def faults(self) -> list[str]:
        """What is wrong whether somebody spoke or not."""
        if not self.milliseconds:
            return ["the microphone gave no sound at all; choose another device"]
        if self.muted:
            return ["the microphone is muted; unmute it, and allow this program to use it"]
        found = []
        if self.clipped > _CLIPPED_SHARE:
            found.append("the microphone is too loud and distorts; turn its level down")
        if abs(self.offset) > _OFF_CENTRE:
            found.append("the microphone has a constant offset; try another input, or unplug and plug it in again")
        return found


class LevelMeter:
    """Measures int16 mono samples of ``rate`` a second, in chunks of any length."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._cutter = BlockCutter(block_length(rate))
        self._levels: list[float] = []
        self._count = self._total = self._clipped = self._run = 0
        self._peak = SILENT_DBFS

    def feed(self, samples: Samples) -> None:
        if not len(samples):
            return
        self._count += len(samples)
        self._total += int(samples.sum(dtype=np.int64))
        self._peak = max(self._peak, peak_dbfs(samples))
        self._count_clipped(samples)
        for block in self._cutter.feed(samples):
            self._levels.append(level_dbfs((block - round(float(block.mean()))).astype(np.int16)))

    @property
    def now_dbfs(self) -> float:
        """Level of the latest whole block, for a display that moves."""
        return self._levels[-1] if self._levels else SILENT_DBFS

    def levels(self) -> Levels:
        ordered = sorted(self._levels) or [SILENT_DBFS]
        tenth = max(1, len(ordered) // 10)
        loudest = ordered[-tenth:]
        return Levels(
            milliseconds=self._count * 1000 // self._rate,
            peak_dbfs=self._peak,
            speech_dbfs=_mean([level for level in loudest if level >= _MUTED_DBFS] or loudest),
            room_dbfs=_mean(ordered[:tenth]),
            offset=self._total / self._count / 32768 if self._count else 0.0,
            clipped=self._clipped / self._count if self._count else 0.0,
        )

    def _count_clipped(self, samples: Samples) -> None:
        """Count runs of full-scale samples, also those that a chunk's edge cuts in two."""
        full = (samples >= 32767) | (samples <= -32767)
        if not full.any():
            self._run = 0
            return
        edges = np.flatnonzero(np.diff(np.concatenate(([False], full, [False])).astype(np.int8))).reshape(-1, 2)
        for start, end in edges.tolist():
            before = self._run if start == 0 else 0
            run = before + end - start
            if run >= _CLIPPED_IN_A_ROW:
                self._clipped += run if before < _CLIPPED_IN_A_ROW else end - start
        self._run = (len(full) - edges[-1][0]) + (self._run if edges[-1][0] == 0 else 0) if full[-1] else 0


def _mean(levels: list[float]) -> float:
    return sum(levels) / len(levels)
