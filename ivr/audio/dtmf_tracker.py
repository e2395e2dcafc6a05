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
each when it is known whether a run may begin there, so that it does not matter how many arrive at once. Which tiles
are promising is asked only where that matters: not while a run is followed or a key is held, and of a held key no more
is measured than its own two tones.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from ivr.audio.dtmf_bank import SEGMENTS, Complexes, Powers, Singles, ToneBank
from ivr.audio.dtmf_generator import KEYS
from ivr.audio.dtmf_judge import is_key
from ivr.audio.recent_sound import RecentSound

LOOK_BACK_BLOCKS: Final = 24  # how much of the past a tracker may want to see again
OLD_TILES: Final = 6  # before the new ones, of which it may want to know again whether they are promising

_BEFORE_TILE: Final = 6
_AFTER_TILE: Final = 2
_CLOSE: Final = 16  # blocks that cost less to measure along than to leave out
_IN: Final = 0.5
_SUSPICIOUS_BLOCKS: Final = 4  # 17 ms
_MOST_BLOCKS: Final = 12
_SHORTEST_HOPS: Final = 6.0  # 25.5 ms
_FEWEST_BLOCKS: Final = 7  # of which a run that has lasted so long holds one beside the other
_ONSET_BLOCKS: Final = 4
_STRAYS: Final = 2  # blocks of a run that may name another key, in a row
_RELEASE_BLOCKS: Final = 4
_MOST_KEPT: Final = 2 * LOOK_BACK_BLOCKS


@dataclass(frozen=True, slots=True)
class KeyHeard:
    """One key, reported while it is held. Both moments are sample positions from the start of the stream."""

    key: str
    started_at: int  # where the tone began, to within about a millisecond
    heard_at: int  # how much audio it took to be sure


class Extent(NamedTuple):
    """Which blocks of a run are in, and where between them it begins."""

    first: int  # block that is in
    last: int
    began: float  # in blocks from the start of the stream
    hops: float  # how long it has lasted
    edge: float  # amplitude at which a block is in
    over: bool  # whether the latest block is not in


class KeyTracker:
    """Follows one ``call`` of the ``sound``. Blocks are counted from the start of the stream, and so are tiles.

    ``glance(first, end)``: which of these tiles are promising.
    """

    def __init__(self, bank: ToneBank, sound: RecentSound, call: int, glance: Callable[[int, int], list[int]]) -> None:
        self._bank = bank
        self._sound = sound
        self._call = call
        self._glance = glance
        self._glanced = 0  # tiles
        self._tiles: deque[int] = deque()  # first blocks of promising ones around which a run may still begin
        self._next = 0  # the first block that is not taken yet
        self._powers: list[Powers] = []  # of the measured blocks
        self._correlations: Complexes = np.empty((0, 0), np.complex128)
        self._measured = 0  # the first of these
        self._key = -1  # of the run that is followed
        self._start = 0
        self._woken_by = 0
        self._strays = 0
        self._amplitudes: list[float] = []  # of the run's blocks and those before its start
        self._plateau = 0.0  # amplitude of the held key, 0.0 while none is held
        self._absent = 0

    @property
    def awake(self) -> bool:
        """Whether it has something to do even if no tile is promising."""
        return self._key >= 0 or bool(self._tiles)

    @property
    def doubts(self) -> bool:
        """Whether it follows a run of which it does not know yet whether it is a key."""
        return self._key >= 0 and not self._plateau

    @property
    def suspects(self) -> bool:
        """Whether a key is held, or what is followed has looked like one for long enough."""
        if self._plateau or self._key < 0:
            return self._plateau > 0
        extent = self._extent()
        return extent is not None and not extent.over and extent.last - extent.first + 1 >= _SUSPICIOUS_BLOCKS

    @property
    def held(self) -> str:
        return KEYS[self._key] if self._plateau else ""

    def walk(self) -> list[KeyHeard]:
        """Take all blocks that there are by now."""
        heard = []
        end = self._sound.end // self._bank.hop - SEGMENTS + 1
        while self._next < end:
            if self._key < 0:
                if not self._search(end):
                    break
            elif self._plateau:
                self._hold(end)
            else:
                key = self._pursue(end)
                if key is not None:
                    heard.append(key)
        if len(self._powers) > _MOST_KEPT:
            self._forget()
        return heard

    def _search(self, end: int) -> bool:
        """Go to the next block at which a run begins; whether there is one."""
        tiles = self._tiles
        first, glanced = self._glanced, (end + SEGMENTS - 1) // SEGMENTS
        if first < glanced:
            self._glanced = glanced
            first = max(first, (self._next - _AFTER_TILE + SEGMENTS - 1) // SEGMENTS)
            for tile in self._glance(first, glanced):
                tiles.append(SEGMENTS * tile)
        while tiles:
            tile = tiles[0]
            self._next = max(self._next, tile - _BEFORE_TILE)
            stop = min(tile + _AFTER_TILE + 1, end)
            if self._next < stop:
                self._measure(self._next - _ONSET_BLOCKS, stop, end)
            for block in range(self._next, stop):
                name = self._bank.named(self._powers[block - self._measured])
                if name >= 0:
                    self._next, self._woken_by = block + 1, tile
                    self._begin(name, block, block)
                    return True
            self._next = max(self._next, stop)
            if stop == end:
                return False
            tiles.popleft()
        return False

    def _measure(self, first: int, end: int, whole_end: int) -> None:
        """See to it that blocks ``first`` to ``end`` are measured, and a few more where that is cheaper."""
        known = self._measured + len(self._powers)
        if first > known or not self._powers:
            self._powers = []
            self._measured = known = max(first, 0)
        if end <= known:
            return
        end = max(end, known + _MOST_BLOCKS)
        for tile in self._tiles:
            if tile - _BEFORE_TILE > end + _CLOSE:
                break
            end = max(end, tile + _AFTER_TILE)
        powers, correlations = self._bank.measure(self._blocks(known, min(end, whole_end)))
        if self._powers:
            correlations = np.concatenate((self._correlations, correlations))
        self._powers += powers
        self._correlations = correlations

    def _blocks(self, first: int, end: int) -> Singles:
        before = self._sound.first // self._bank.hop
        return self._sound.blocks[self._call, first - before : end - before]

    def _forget(self) -> None:
        past = max(0, self._next - LOOK_BACK_BLOCKS - self._measured)
        del self._powers[:past]
        self._correlations = self._correlations[past:]
        self._measured += past

    def _amplitudes_of(self, first: int, end: int) -> list[float]:
        """Of both tones of the key together, for the measured blocks ``first`` to ``end``, or as far as there are."""
        low, high = self._key // 4, 4 + self._key % 4
        rows = self._powers[first - self._measured : end - self._measured]
        return [math.sqrt(powers[low] + powers[high]) for powers in rows]

    def _begin(self, name: int, start: int, block: int) -> None:
        self._key, self._start, self._strays = name, start, 0
        self._amplitudes = self._amplitudes_of(max(0, start - _ONSET_BLOCKS), block + 1)

    def _pursue(self, end: int) -> KeyHeard | None:
        """Go on with the run until it is found to be a key, or is over, or there are no more blocks."""
        first = self._next
        self._measure(first, first + 1, end)
        end = min(self._measured + len(self._powers), first + _MOST_BLOCKS)
        amplitudes = self._amplitudes
        ripe = max(self._start + _SUSPICIOUS_BLOCKS, _FEWEST_BLOCKS) - 1
        for block, amplitude in enumerate(self._amplitudes_of(first, end), first):
            self._next = block + 1
            amplitudes.append(amplitude)
            name = self._bank.named(self._powers[block - self._measured])
            self._strays = 0 if name == self._key else self._strays + 1
            # the first block that is in has at least half of the mean of any three
            if block >= ripe and 6 * amplitudes[-_FEWEST_BLOCKS] >= amplitudes[-1] + amplitudes[-2] + amplitudes[-3]:
                extent = self._extent()
                if extent is not None and extent.hops >= _SHORTEST_HOPS and self._is_key(extent.first, extent.last):
                    return self._heard(extent)
            if self._strays > _STRAYS:
                self._key = -1
                if name >= 0:
                    self._begin(name, block - _STRAYS, block)
                return None
        return None

    def _hold(self, end: int) -> None:
        """Wait for the end of the held key."""
        first = self._next
        end = min(end, first + _MOST_BLOCKS)
        if self._measured + len(self._powers) > first:
            amplitudes = self._amplitudes_of(first, end)
        else:
            blocks = self._blocks(first, end)
            amplitudes = [math.sqrt(power) for power in self._bank.powers_of_key(self._key, blocks)]
        edge = _IN * self._plateau
        for block, amplitude in enumerate(amplitudes, first):
            self._absent = 0 if amplitude >= edge else self._absent + 1
            if self._absent >= _RELEASE_BLOCKS:
                self._next = block + 1
                self._key, self._plateau = -1, 0.0
                return
        self._next = first + len(amplitudes)

    def _extent(self) -> Extent | None:
        """Of the run by now: None when it is over for longer than a block, or has been there for ever."""
        block = self._next - 1
        if block - self._start < _SUSPICIOUS_BLOCKS - 1:
            return None
        earliest = max(0, self._start - _ONSET_BLOCKS, block - _MOST_BLOCKS)
        amplitudes = self._amplitudes
        del amplitudes[: earliest - block - 1]
        edge = _IN * sum(sorted(amplitudes[max(0, self._start - earliest) :])[-3:]) / 3
        over = amplitudes[-1] < edge
        last = len(amplitudes) - 1 - over
        before = last
        while before >= 0 and amplitudes[before] >= edge:
            before -= 1
        if before == last or (before < 0 and earliest > 0):
            return None
        began = before + _crossing(amplitudes[before : before + 2], edge) if before >= 0 else 0.0
        ended = last + _crossing(amplitudes[last:], edge) if over else float(last)
        return Extent(earliest + before + 1, earliest + last, earliest + began, ended - began, edge, over)

    def _heard(self, extent: Extent) -> KeyHeard:
        self._plateau, self._absent = extent.edge / _IN, int(extent.over)
        hop, whole = self._bank.hop, self._bank.block
        sure = max(self._next - 1, self._woken_by)
        return KeyHeard(KEYS[self._key], whole // 2 + round(extent.began * hop), sure * hop + whole)

    def _is_key(self, first: int, last: int) -> bool:
        bank, start = self._bank, self._bank.block // 2 - self._sound.first
        return is_key(
            self._sound.samples[self._call, first * bank.hop + start : last * bank.hop + start + 1],
            self._correlations[first - self._measured : last + 1 - self._measured],
            self._key,
            bank,
        )


def _crossing(amplitudes: list[float], edge: float) -> float:
    """Where between two neighbouring blocks the amplitude passes ``edge``, 0 to 1."""
    first, second = amplitudes
    return (edge - first) / (second - first)
