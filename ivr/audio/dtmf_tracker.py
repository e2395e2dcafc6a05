"""From tiles that promise a key to keys: when a tone began, how long it lasted, whether it is a key, when it is over.

Theory of operation. A promising tile names a key. How loud both its tones are together is measured block by block: a
little into the past of the tile, and nine blocks beyond. At these blocks the same question is asked, of nothing but the
thirteen blocks up to it: is a tone heard here, or was it heard one block before, that has lasted long enough? (Not just
after what was hardly the key's tones: more of that is none either.) The level is compared with its own plateau, the
mean of the three loudest of the latest blocks: a block is *in* when it has at least half of the plateau's amplitude,
which for a tone that starts or stops is the moment when half of the block is filled, however loud the tone and however
strong the noise. So the number of blocks that are in measures how long the tone has lasted:

    below 25.5 ms     never a key (Q.24: below 23 ms must be refused)
    longer            a key, if ``dtmf_judge`` finds that it is one (Q.24: from 40 ms on it must be taken)

A tone must have an onset: the block before it is not in. A vowel that drifts over the right frequencies has none, and
nobody asks again about a tone that stands. A key is reported once, as soon as it is sure, while it is still held; it is
over when four blocks (17 ms) are not in, or are far louder than the key was, so that an interruption of 10 ms does not
make two keys of one, and a pause of 20 ms does.

Tiles are taken up strictly in order, each until its key is found, its tone is over or its blocks are used up, so that
it does not matter how many arrive at once. Which tiles are promising is asked only where that matters: not while one
is taken up or a key is held.

Whenever the sound is used up, the tracker tells how much more there must be before it can know more (``due``): a new
tile, after which nothing could be sure for another 20 ms; as many blocks as the tone lacks to be suspected, or to be
sure; for a held key, about as many as the shortest pause that telephones make and another key would take (Q.24: 40 ms,
and 34 until it is sure).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from ivr.audio.dtmf_bank import SEGMENTS, Promise, ToneBank, are_alike
from ivr.audio.dtmf_generator import KEYS
from ivr.audio.dtmf_judge import is_key
from ivr.audio.dtmf_steady_tones import are_steady
from ivr.audio.recent_sound import RecentSound

# How much of the past a tracker may want to see again: of a held key, whose sound is put by for 22 blocks, the end may
# be the first of them, and the onset of the next key is looked for 12 blocks before. In whole tiles.
LOOK_BACK_BLOCKS: Final = 36
OLD_TILES: Final = 10  # before the new ones, of which it may want to know whether they are promising: these 22 blocks

_PATIENCE_MS: Final = 20
_WINDOW: Final = 9  # blocks after a promising tile, in which its key may become sure
_RIPE: Final = 2  # blocks after a promising tile, before which it is not taken up: few keys are sure earlier
_ONSET: Final = 12  # blocks before, among which the onset must be
_LATEST: Final = 9  # blocks of which the loudest make the plateau
_IN: Final = 0.25  # of power
_SUSPICIOUS_BLOCKS: Final = 4  # 17 ms
_SHORTEST_HOPS: Final = 6.0  # 25.5 ms
_FEWEST_BLOCKS: Final = 7  # that are in, of a tone that has lasted so long
_RELEASE_BLOCKS: Final = 4
_MOST_RISE: Final = 5.0  # of power, above the plateau: 7 dB; then it is another sound
_HOPELESS: Final = 3  # blocks until more of what is hardly the key's tones may be a key
_HELD_AT_ONCE: Final = 25  # blocks
_HELD_PATIENCE: Final = 20  # blocks: 85 ms


class KeyHeard(NamedTuple):
    """One key, reported while it is held. Both moments are sample positions from the start of the stream."""

    key: str
    started_at: int  # where the tone began, to within about a millisecond; at the start of the stream 6 ms late
    heard_at: int  # how much audio it took to be sure


class Extent(NamedTuple):
    """Which blocks of a tone are in, counted like the powers, and where between them it begins."""

    first: int  # block that is in
    last: int
    began: float
    hops: float  # how long it has lasted
    edge: float  # power at which a block is in


class KeyTracker:
    """Follows one ``call`` of the ``sound``. Blocks are counted from the start of the stream, and so are tiles.

    ``glance(first, end)``: which of these tiles are promising, in order.
    """

    def __init__(
        self, bank: ToneBank, sound: RecentSound, call: int, glance: Callable[[int, int], list[Promise]]
    ) -> None:
        self._bank = bank
        self._hop = bank.hop
        self._sound = sound
        self._call = call
        self._glance = glance
        self._patience = bank.block + _PATIENCE_MS * bank.rate // 1000
        self.due = 0  # samples: the end of the sound that may tell something new
        self._glanced = 0  # tiles
        self._promises: deque[Promise] = deque()  # that are not taken up yet
        self._key = -1  # that is looked for or held
        self._next = 0  # the first block that is not taken yet
        self._stop = 0  # the block before which the key must become sure
        self._least = 0.0  # power of a tone that is not over
        self._powers: list[float] = []  # of the key, block by block
        self._first = 0  # the block of the first of these powers
        self._asked = (-1, 0)  # the key looked for last, and the first block that was not asked for it
        self._again = 0  # the block from which it is worth to ask again
        self._free = 0  # the first block since the last key was over
        self._plateau = 0.0  # power of the held key, 0.0 while none is held
        self._absent = 0

    @property
    def awake(self) -> bool:
        """Whether it has something to do even if no tile is promising."""
        return self._key >= 0 or bool(self._promises)

    @property
    def suspects(self) -> bool:
        """Whether a key is held, or what is looked at has looked like one for long enough."""
        if self._plateau or self._key < 0:
            return self._plateau > 0
        at = self._next - 1 - self._first
        extent = self._extent(at, _SUSPICIOUS_BLOCKS)
        return extent is not None and extent.last == at

    @property
    def held(self) -> str:
        return KEYS[self._key] if self._plateau else ""

    def walk(self, end: int) -> list[KeyHeard]:
        """Take all blocks of the sound, which goes to sample ``end``."""
        heard = []
        end = end // self._hop - SEGMENTS + 1
        while self._key >= 0 or self._take_up(end):
            if not self._plateau:
                extent = self._look_for(end)
                if extent is None:
                    if self._key >= 0:
                        break
                    continue
                heard.append(self._heard(extent))
            if not self._hold(end):
                break
        return heard

    def _take_up(self, end: int) -> bool:
        """Go to the next promising tile; whether there is one."""
        promises, tiles = self._promises, (end + SEGMENTS - 1) // SEGMENTS
        if self._glanced < tiles:
            promises += self._glance(self._glanced, tiles)
            self._glanced = tiles
        while promises:
            tile, key, _ = promises[0]
            block = SEGMENTS * tile
            asked, start = self._asked
            if key != asked or start < block:
                start = block
            if start < self._free:
                start = self._free
            if start >= block + _WINDOW or not are_alike(promises[0]):
                promises.popleft()
                continue
            ripe = max(start, block + _RIPE)
            if ripe >= end:
                self.due = (ripe + SEGMENTS) * self._hop
                return False
            promises.popleft()
            self._key, self._next, self._first, self._again = key, start, max(0, start - _ONSET), 0
            self._stop = stop = block + _WINDOW + 1
            self._powers = self._measured(self._first, min(stop, end))
            self._least = _IN * self._powers[block - self._first]
            return True
        self.due = tiles * self._bank.block + self._patience
        return False

    def _measured(self, first: int, end: int) -> list[float]:
        before = self._sound.first_tile * SEGMENTS
        return self._bank.powers_of_key(self._key, self._sound.blocks[self._call][first - before : end - before])

    def _look_for(self, end: int) -> Extent | None:
        """Ask at each block whether the key is sure there, until it is, or its tone is over, or there are no more."""
        first, powers, least = self._first, self._powers, self._least
        start, end = self._next - first, min(self._stop, end) - first
        if len(powers) < end:
            powers += self._measured(first + len(powers), first + end)
        for at in range(max(start, _FEWEST_BLOCKS - 1), end):
            latest = powers[at]
            if latest < least and powers[at - 1] < least:
                end = at + 1
                break
            if powers[at - _FEWEST_BLOCKS + 1] >= least:
                if at >= _ONSET and min(powers[at - _ONSET : at - _FEWEST_BLOCKS + 1]) >= 2 * least:
                    end = self._stop - first
                    break
                if first + at < self._again:
                    continue
                extent = self._extent(at, _FEWEST_BLOCKS)
                if extent is not None and extent.hops >= _SHORTEST_HOPS and self._is_key(extent):
                    self._next = first + at + 1
                    return extent
        else:
            if first + end < self._stop:
                self._next = first + end
                self.due = (self._next + self._blocks_to_come() + SEGMENTS - 1) * self._hop
                return None
        self._asked = self._key, first + end
        self._key = -1
        return None

    def _blocks_to_come(self) -> int:
        """How many it takes at least until the key is suspected or sure."""
        count = 0
        for power in reversed(self._powers):
            if power < self._least:
                break
            count += 1
        return _SUSPICIOUS_BLOCKS - count if count < _SUSPICIOUS_BLOCKS else max(1, _FEWEST_BLOCKS - count)

    def _extent(self, at: int, fewest: int) -> Extent | None:
        """Of the tone by the block ``at`` or the one before: None when fewer are in, or it has been there for ever."""
        powers = self._powers
        edge = _IN / 3 * sum(sorted(powers[max(0, at - _LATEST + 1) : at + 1])[-3:])
        before = at - fewest
        if before < -1 or min(powers[before + 1 : at]) < edge:
            return None
        earliest = max(0, at - _ONSET)
        while before >= earliest and powers[before] >= edge:
            before -= 1
        if before >= earliest:
            began = before + _crossing(powers[before], powers[before + 1], edge)
        elif self._first + earliest == 0:
            began = 0.0
        else:
            return None
        if powers[at] >= edge:
            return Extent(before + 1, at, began, at - began, edge)
        ended = at - 1 + _crossing(powers[at - 1], powers[at], edge)
        return Extent(before + 1, at - 1, began, ended - began, edge)

    def _is_key(self, extent: Extent) -> bool:
        bank, sound = self._bank, self._sound
        before = self._first - sound.first_tile * SEGMENTS
        first, last, middle = extent.first + before, extent.last + before, bank.block // 2
        samples = sound.samples[self._call, first * self._hop + middle : last * self._hop + middle]
        verdict = are_steady(samples, bank.turns_of_key[self._key])
        if verdict is False:
            self._again = self._first + extent.last + _HOPELESS
        if verdict is None:
            return is_key(samples, sound.blocks[self._call][first : last + 1], self._key, bank)
        return verdict

    def _heard(self, extent: Extent) -> KeyHeard:
        self._plateau = extent.edge / _IN
        self._absent = self._next - 1 - self._first - extent.last
        hop, whole = self._hop, self._bank.block
        return KeyHeard(
            KEYS[self._key], whole // 2 + round((self._first + extent.began) * hop), (self._next - 1) * hop + whole
        )

    def _hold(self, end: int) -> bool:
        """Wait for the end of the held key; whether it is over."""
        edge, most, absent = _IN * self._plateau, _MOST_RISE * self._plateau, self._absent
        block = self._next
        while block < end:
            stop = min(end, block + _HELD_AT_ONCE)
            for power in self._powers[block - self._first :] or self._measured(block, stop):
                block += 1
                if edge <= power <= most:
                    absent = 0
                    continue
                absent += 1
                if absent == _RELEASE_BLOCKS:
                    self._release(block)
                    return True
        self._next, self._absent = block, absent
        self.due = (block + _HELD_PATIENCE + SEGMENTS - 1) * self._hop
        return False

    def _release(self, free: int) -> None:
        self._free, self._key, self._plateau = free, -1, 0.0
        tile = (free + SEGMENTS - 1) // SEGMENTS
        self._glanced = max(self._glanced, tile)
        while self._promises and self._promises[0][0] < tile:
            self._promises.popleft()


def _crossing(one: float, other: float, edge: float) -> float:
    """Where between two neighbouring blocks of these powers the amplitude is that of the ``edge``, 0 to 1."""
    one, other, edge = math.sqrt(one), math.sqrt(other), math.sqrt(edge)
    return (edge - one) / (other - one)
