"""From blocks of audio to keys: when a tone began, how long it lasted, whether it is a key, when it is over.

Theory of operation. A block names a key when one low and one high frequency hold a fair part of its energy. A run of
blocks that name the same key, give or take one or two, is followed. Its level is compared with its own plateau: a block
is *in* when it has at least half of the plateau's amplitude, which for a tone that starts or stops is the moment when
half of the block is filled, however loud the tone and however strong the noise. So the number of blocks that are in
measures how long the tone has lasted:

    below 25.5 ms     never a key (Q.24: below 23 ms must be refused)
    longer            a key, if ``dtmf_judge`` finds that it is one (Q.24: from 40 ms on it must be taken)

A run must have an onset: the block before it is not in. A vowel that drifts over the right frequencies has none. A key
is reported once, as soon as it is sure, while it is still held; it is over when four blocks (17 ms) are not in, so
that an interruption of 10 ms does not make two keys of one, and a pause of 20 ms does.

A run may only begin near a promising tile: up to six blocks before or two after. Blocks are taken strictly in order,
each when it is known whether a run may begin there, so that it does not matter how many arrive at once.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.audio.dtmf_bank import ToneBank
from ivr.audio.dtmf_generator import KEYS
from ivr.audio.dtmf_judge import judge

Floats = npt.NDArray[np.float64]

LOOK_BACK_BLOCKS: Final = 24  # how much of the past a tracker may want to see again

_BEFORE_TILE: Final = 6
_AFTER_TILE: Final = 2
_CLOSE: Final = 16  # blocks that cost less to measure along than to leave out
_IN: Final = 0.5
_SUSPICIOUS_BLOCKS: Final = 4  # 17 ms
_MOST_BLOCKS: Final = 12
_SHORTEST_HOPS: Final = 6.0  # 25.5 ms
_ONSET_BLOCKS: Final = 4
_STRAYS: Final = 2  # blocks of a run that may name another key, in a row
_RELEASE_BLOCKS: Final = 4


@dataclass(frozen=True, slots=True)
class KeyHeard:
    """One key, reported while it is held. Both moments are sample positions from the start of the stream."""

    key: str
    started_at: int  # where the tone began, to within about a millisecond
    heard_at: int  # how much audio it took to be sure


@dataclass(frozen=True, slots=True)
class Audio:
    """The recent samples of one call, from position ``first`` on."""

    samples: Floats
    first: int


class KeyTracker:
    """Follows one call. Blocks are counted from the start of the stream."""

    def __init__(self, bank: ToneBank) -> None:
        self._bank = bank
        self._tiles: deque[int] = deque()  # promising ones around which a run may still begin
        self._next = 0  # the first block that is not taken yet
        self._names: list[int] = []  # of the measured blocks, and so on
        self._powers: list[list[float]] = []
        self._correlations: list[Floats] = []
        self._measured = 0  # the first of these
        self._key = -1  # of the run that is followed
        self._start = 0
        self._woken_by = 0
        self._strays = 0
        self._amplitudes: list[float] = []  # of the run's blocks and those before its start
        self._plateau = 0.0  # amplitude of the held key, 0.0 while none is held
        self._absent = 0
        self.suspects = False

    @property
    def awake(self) -> bool:
        """Whether it has something to do even if no tile is promising."""
        return self._key >= 0 or bool(self._tiles)

    @property
    def held(self) -> str:
        return KEYS[self._key] if self._plateau else ""

    def walk(self, audio: Audio, promising: list[int], end: int) -> list[KeyHeard]:
        """Take the blocks up to ``end``. ``promising`` are those new ones among them that are promising tiles."""
        heard = []
        self._tiles.extend(promising)
        while self._next < end:
            if self._key < 0:
                if not self._search(audio, end):
                    break
            elif self._plateau:
                self._hold(audio, end)
            else:
                key = self._pursue(audio, end)
                if key is not None:
                    heard.append(key)
        self._forget()
        return heard

    def _search(self, audio: Audio, end: int) -> bool:
        """Go to the next block at which a run begins; whether there is one."""
        tiles = self._tiles
        while tiles:
            tile = tiles[0]
            self._next = max(self._next, tile - _BEFORE_TILE)
            stop = min(tile + _AFTER_TILE + 1, end)
            if self._next < stop:
                self._measure(audio, self._next - _ONSET_BLOCKS, stop, end)
            for block in range(self._next, stop):
                name = self._names[block - self._measured]
                if name >= 0:
                    self._next, self._woken_by = block + 1, tile
                    self._begin(name, block, block)
                    return True
            self._next = max(self._next, stop)
            if stop == end:
                return False
            tiles.popleft()
        return False

    def _measure(self, audio: Audio, first: int, end: int, whole_end: int) -> None:
        """See to it that blocks ``first`` to ``end`` are measured, and a few more where that is cheaper."""
        known = self._measured + len(self._names)
        if first > known or not self._names:
            self._names, self._powers, self._correlations = [], [], []
            self._measured = known = max(first, 0)
        if end <= known:
            return
        end = max(end, known + _MOST_BLOCKS)
        for tile in self._tiles:
            if tile - _BEFORE_TILE > end + _CLOSE:
                break
            end = max(end, tile + _AFTER_TILE)
        end = min(end, whole_end)
        hop = self._bank.hop
        blocks = self._bank.measure(
            audio.samples[known * hop - audio.first : (end - 1) * hop + self._bank.block - audio.first]
        )
        self._names += blocks.names
        self._powers += blocks.powers
        self._correlations += blocks.correlations

    def _forget(self) -> None:
        past = self._next - LOOK_BACK_BLOCKS - self._measured
        if past > LOOK_BACK_BLOCKS:
            del self._names[:past], self._powers[:past], self._correlations[:past]
            self._measured += past
        while self._tiles and self._tiles[0] + _AFTER_TILE < self._next:
            self._tiles.popleft()

    def _amplitudes_of(self, first: int, end: int) -> list[float]:
        """Of both tones of the key together, for the measured blocks ``first`` to ``end``, or as far as there are."""
        low, high = self._key // 4, 4 + self._key % 4
        rows = self._powers[first - self._measured : end - self._measured]
        return [math.sqrt(powers[low] + powers[high]) for powers in rows]

    def _begin(self, name: int, start: int, block: int) -> None:
        self._key, self._start, self._strays = name, start, 0
        self._amplitudes = self._amplitudes_of(max(0, start - _ONSET_BLOCKS), block + 1)

    def _pursue(self, audio: Audio, end: int) -> KeyHeard | None:
        """Go on with the run until it is found to be a key, or is over, or there are no more blocks."""
        first = self._next
        self._measure(audio, first, first + 1, end)
        end = self._measured + len(self._names)
        names = self._names[first - self._measured :]
        for block, name, amplitude in zip(range(first, end), names, self._amplitudes_of(first, end), strict=True):
            self._next = block + 1
            self._amplitudes.append(amplitude)
            self._strays = 0 if name == self._key else self._strays + 1
            key = self._follow(audio, block) if block - self._start >= _SUSPICIOUS_BLOCKS - 1 else None
            if key is not None:
                return key
            if self._strays > _STRAYS:
                self._key, self.suspects = -1, False
                if name >= 0:
                    self._begin(name, block - _STRAYS, block)
                return None
        return None

    def _hold(self, audio: Audio, end: int) -> None:
        """Wait for the end of the held key."""
        first = self._next
        self._measure(audio, first, first + 1, end)
        edge = _IN * self._plateau
        for block, amplitude in enumerate(self._amplitudes_of(first, self._measured + len(self._names)), first):
            self._absent = 0 if amplitude >= edge else self._absent + 1
            if self._absent >= _RELEASE_BLOCKS:
                self._next = block + 1
                self._key, self._plateau, self.suspects = -1, 0.0, False
                return
        self._next = self._measured + len(self._names)

    def _follow(self, audio: Audio, block: int) -> KeyHeard | None:
        """Judge the run that ends with ``block``."""
        self.suspects = False
        earliest = max(0, self._start - _ONSET_BLOCKS, block - _MOST_BLOCKS)
        self._amplitudes = amplitudes = self._amplitudes[earliest - block - 1 :]
        edge = _IN * sum(sorted(amplitudes[max(0, self._start - earliest) :])[-3:]) / 3
        over = amplitudes[-1] < edge
        last = len(amplitudes) - 1 - over
        before = last
        while before >= 0 and amplitudes[before] >= edge:
            before -= 1
        if before == last or (before < 0 and earliest > 0):
            return None  # it is over, or it has been there for so long that it never began
        began = before + _crossing(amplitudes[before : before + 2], edge) if before >= 0 else 0.0
        ended = last + _crossing(amplitudes[last:], edge) if over else float(last)
        self.suspects = not over and last - before >= _SUSPICIOUS_BLOCKS
        if ended - began < _SHORTEST_HOPS or not self._is_key(audio, earliest + before + 1, earliest + last):
            return None
        self._plateau, self._absent, self.suspects = 2 * edge, int(over), True
        hop, whole = self._bank.hop, self._bank.block
        sure = max(block, self._woken_by)
        return KeyHeard(KEYS[self._key], whole // 2 + round((earliest + began) * hop), sure * hop + whole)

    def _is_key(self, audio: Audio, first: int, last: int) -> bool:
        bank, start = self._bank, self._bank.block // 2 - audio.first
        low, high = 2 * (self._key // 4), 2 * (4 + self._key % 4)
        rows = [row.tolist() for row in self._correlations[first - self._measured : last + 1 - self._measured]]
        stretch = judge(
            audio.samples[first * bank.hop + start : last * bank.hop + start + 1],
            [complex(row[low], row[low + 1]) for row in rows],
            [complex(row[high], row[high + 1]) for row in rows],
            self._key,
            bank,
        )
        return stretch is not None and stretch.is_key()


def _crossing(amplitudes: list[float], edge: float) -> float:
    """Where between two neighbouring blocks the amplitude passes ``edge``, 0 to 1."""
    first, second = amplitudes
    return (edge - first) / (second - first)
