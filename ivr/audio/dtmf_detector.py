"""Which telephone keys are heard in audio, and when: a streaming detector for one call or for many in step.

Most audio holds no key. So the detector first only glances: every third of the overlapping blocks that ``dtmf_bank``
knows is a tile, tiles lie side by side, and a tone that lasts long enough to count fills at least one. Only around a
tile that promises a key is the audio measured block by block, a little into the past too, for that one key, by
``dtmf_tracker``, which decides. While it is at that nobody needs to glance. Glancing at one 20 ms block of many calls
is one matrix product for all.

Most of the price of a look is the calls into the array library, however many tiles are looked at (only the product of
a single row is cheaper: a third of that of two to four). So the detector of one call is lazy: chunks are put by until
its tracker may learn something new, which of blocks of 20 ms is every second or third one, or every fifth while a key
is held. A key is noticed that much
later, and hardly ever told later: before it is sure there has been sound enough. Four tiles are looked at rather than
three, because the linear algebra is made for fours. Of many calls, those whose tracker is at a key are as lazy.

What is heard depends on the samples alone, never on the chunks in which they came. Whether what began in the last 40 ms
has been told already does depend on them; in the last 75 ms, if it came quicker upon another key than telephones dial.
So a key may count as held for 100 ms after its end.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from ivr.audio.dtmf_bank import SEGMENTS, Promise, tone_bank
from ivr.audio.dtmf_tracker import LOOK_BACK_BLOCKS, OLD_TILES, KeyHeard, KeyTracker
from ivr.audio.pcm import Samples
from ivr.audio.recent_sound import RecentSound

__all__ = ["DtmfDetector", "DtmfDetectors", "KeyHeard"]

_ROWS: Final = 4
_PAST: Final = LOOK_BACK_BLOCKS // SEGMENTS + _ROWS  # tiles: what trackers look back to, and what is looked at


class DtmfDetector:
    """The keys of one call. Chunks may have any length; ``rate`` is 8000 or 16000."""

    _STEP = 1 << 14  # keeps the working memory of one long recording small

    def __init__(self, rate: int = 8000) -> None:
        self._bank = tone_bank(rate)
        self._sound = RecentSound(1, self._bank.block, self._bank.hop, _PAST)
        self._tracker = KeyTracker(self._bank, self._sound, 0, self._glance)

    def feed(self, samples: Samples) -> list[KeyHeard]:
        """Take the next int16 mono samples; returns the keys that became sure, in order."""
        if len(samples) > self._STEP:
            return self._feed_long(samples)
        end, tracker = self._sound.append(samples), self._tracker
        return tracker.walk(end) if end >= tracker.due else []

    def _feed_long(self, samples: Samples) -> list[KeyHeard]:
        heard: list[KeyHeard] = []
        for start in range(0, len(samples), self._STEP):
            heard += self.feed(samples[start : start + self._STEP])
        return heard + self._tracker.walk(self._sound.end)

    @property
    def suspects(self) -> bool:
        """Whether a key may be starting or is held: the first sign, upon which a prompt is worth ducking."""
        return self._tracker.suspects

    @property
    def held(self) -> str:
        """The key that is down now, ``""`` for none."""
        return self._tracker.held

    def _glance(self, first: int, end: int) -> list[Promise]:
        before = self._sound.first_tile
        start = max(end - (end - first + _ROWS - 1) // _ROWS * _ROWS, before)
        return self._bank.glance(self._sound.tiles_of_first[start - before : end - before], start, first)


class DtmfDetectors:
    """Detectors for ``calls`` calls whose audio arrives in step, such as all calls of one 20 ms timer.

    ``rate`` is 8000 or 16000.
    """

    def __init__(self, calls: int, rate: int = 8000) -> None:
        self._bank = tone_bank(rate)
        self._sound = RecentSound(calls, self._bank.block, self._bank.hop, _PAST)
        self._glanced = 0  # tiles
        self._promising: list[list[Promise]] = [[] for _ in range(calls)]  # the latest tiles that do, of each call
        self._trackers = [
            KeyTracker(self._bank, self._sound, call, partial(self._known, call)) for call in range(calls)
        ]
        self._due: dict[int, int] = {}  # of calls whose tracker has something to do: the end of sound that is for it

    def feed(self, samples: Samples) -> list[list[KeyHeard]]:
        """Take the next ``(calls, n)`` int16 samples; returns the keys found in each call, in order."""
        end = self._sound.append(samples.T if len(samples) > 1 else samples[0])
        heard: list[list[KeyHeard]] = [[] for _ in self._trackers]
        lit = self._glance()
        for call in lit.union(self._due):
            if self._due.get(call, end) > end:
                continue
            tracker = self._trackers[call]
            heard[call] = tracker.walk(end)
            if tracker.awake:
                self._due[call] = tracker.due
            else:
                self._due.pop(call, None)
        return heard

    def suspects(self, call: int) -> bool:
        """Whether a key may be starting or is held: the first sign, upon which a prompt is worth ducking."""
        return self._trackers[call].suspects

    def held(self, call: int) -> str:
        """The key that is down now, ``""`` for none."""
        return self._trackers[call].held

    def _glance(self) -> set[int]:
        """The calls that have a promising tile among the new ones."""
        block, first = self._bank.block, self._glanced
        end = self._sound.end // block
        lit: set[int] = set()
        if end == first:
            return lit
        self._glanced = end
        before = self._sound.first_tile
        tiles = self._sound.tiles[:, first - before : end - before].reshape(-1, block)
        for at, key, squares in self._bank.glance(tiles):
            call, tile = divmod(at, end - first)
            if call not in lit:
                lit.add(call)
                self._promising[call] = [old for old in self._promising[call] if old[0] >= first - OLD_TILES]
            # a copy, lest a call keep what was measured of all calls until it is lit again
            self._promising[call].append((first + tile, key, squares.copy()))
        return lit

    def _known(self, call: int, first: int, end: int) -> list[Promise]:
        return [tile for tile in self._promising[call] if first <= tile[0] < end]
