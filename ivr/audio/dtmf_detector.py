"""Which telephone keys are heard in audio, and when: a streaming detector for one call or for many in step.

Theory of operation. ``dtmf_bank`` cuts the audio into overlapping blocks; a block names a key when one low and one
high frequency hold a fair part of its energy. A run of blocks that name the same key, give or take one or two, is
followed. Its level is compared with its own plateau: a block is *in* when it has at least half of the plateau's
amplitude, which for a tone that starts or stops is the moment when half of the block is filled, however loud the
tone and however strong the noise. So the number of blocks that are in measures how long the tone has lasted:

    below 25.5 ms     never a key (Q.24: below 23 ms must be refused)
    longer            a key, if ``dtmf_judge`` finds that it is one (Q.24: from 40 ms on it must be taken)

A run must have an onset: the block before it is not in. A vowel that drifts over the right frequencies has none. A key
is reported once, as soon as it is sure, while it is still held; it is over when four blocks (17 ms) are not in, so
that an interruption of 10 ms does not make two keys of one, and a pause of 20 ms does.

What comes out depends on the samples alone, never on the chunks in which they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.audio.dtmf_bank import ToneBank, tone_bank
from ivr.audio.dtmf_generator import KEYS
from ivr.audio.dtmf_judge import judge

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int16]

_HISTORY: Final = 24  # blocks kept for looking back
_LEAST_POWER: Final = 1e-5  # of a full-scale sine: -50 dBFS
_LEAST_SHARE: Final = 0.36  # of the energy of the band, in both tones together
_MOST_TWIST: Final = 16.0  # as a ratio of powers: 12 dB
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


class DtmfDetectors:
    """Detectors for ``calls`` calls whose audio arrives in step, such as all calls of one 20 ms timer.

    One matrix product serves them all. ``rate`` is 8000 or 16000.
    """

    def __init__(self, calls: int, rate: int = 8000) -> None:
        self._bank = tone_bank(rate)
        self._samples: Floats = np.zeros((calls, 0))
        self._first_sample = 0  # position of the first kept sample, always the start of a block
        self._correlations: Floats = np.zeros((calls, 0, 16))
        self._powers: Floats = np.zeros((calls, 0, 9))
        self._trackers = [_KeyTracker(self._bank) for _ in range(calls)]

    def feed(self, samples: Samples) -> list[list[KeyHeard]]:
        """Take the next ``(calls, n)`` int16 samples; returns the keys found in each call, in order."""
        bank = self._bank
        heard: list[list[KeyHeard]] = [[] for _ in self._trackers]
        self._samples = np.concatenate((self._samples, samples), axis=1, dtype=np.float64)
        kept = self._correlations.shape[1]
        fresh = bank.blocks_in(self._samples.shape[1] - kept * bank.hop)
        if not fresh:
            return heard
        correlations, powers = bank.measure(self._samples[:, kept * bank.hop :])
        names = _named_keys(powers, bank.power_of_full_scale)
        self._correlations = np.concatenate((self._correlations, correlations), axis=1)
        self._powers = np.concatenate((self._powers, powers), axis=1)
        busy = names.max(axis=1) >= 0
        for call, tracker in enumerate(self._trackers):
            if busy[call] or not tracker.idle:
                window = _Window(self._samples[call], self._correlations[call], self._powers[call], self._first_sample)
                heard[call] = tracker.walk(window, names[call], kept)
        self._forget(kept + fresh - _HISTORY)
        return heard

    def suspects(self, call: int) -> bool:
        """Whether a key may be starting or is held: the first sign, upon which a prompt is worth ducking."""
        return self._trackers[call].suspects

    def held(self, call: int) -> str:
        """The key that is down now, ``""`` for none."""
        return self._trackers[call].held

    def _forget(self, blocks: int) -> None:
        if blocks <= 0:
            return
        self._correlations = self._correlations[:, blocks:]
        self._powers = self._powers[:, blocks:]
        self._samples = self._samples[:, blocks * self._bank.hop :]
        self._first_sample += blocks * self._bank.hop
        for tracker in self._trackers:
            tracker.forget(blocks)


class DtmfDetector:
    """The keys of one call. Chunks may have any length; ``rate`` is 8000 or 16000."""

    _STEP = 1 << 14  # keeps the working memory of one long recording small

    def __init__(self, rate: int = 8000) -> None:
        self._detectors = DtmfDetectors(1, rate)

    def feed(self, samples: Samples) -> list[KeyHeard]:
        """Take the next int16 mono samples; returns the keys that became sure, in order."""
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


def _named_keys(powers: Floats, full_scale: float) -> npt.NDArray[np.int64]:
    """For each block the key (0 to 15) that it names, -1 for none."""
    low, high = powers[:, :, :4].max(axis=2), powers[:, :, 4:8].max(axis=2)
    named = low + high >= np.maximum(_LEAST_SHARE * powers[:, :, 8], _LEAST_POWER * full_scale)
    if not named.any():
        return np.full(named.shape, -1)
    named &= (high <= _MOST_TWIST * low) & (low <= _MOST_TWIST * high)
    keys = 4 * powers[:, :, :4].argmax(axis=2) + powers[:, :, 4:8].argmax(axis=2)
    return np.where(named, keys, -1)


@dataclass(slots=True)
class _Window:
    """The recent audio of one call: samples, and what the bank measured of its blocks."""

    samples: Floats
    correlations: Floats
    powers: Floats
    first_sample: int

    def first_block(self, bank: ToneBank) -> int:
        return self.first_sample // bank.hop

    def amplitudes(self, key: int, first: int, last: int) -> list[float]:
        """Of both tones of a key together, for blocks ``first`` to ``last`` inclusive."""
        powers = self.powers[first : last + 1]
        amplitudes: list[float] = np.sqrt(powers[:, key // 4] + powers[:, 4 + key % 4]).tolist()
        return amplitudes


class _KeyTracker:
    """Follows one call's run of blocks. Block numbers count from the first block that is still kept."""

    def __init__(self, bank: ToneBank) -> None:
        self._bank = bank
        self._key = -1  # of the run that is followed
        self._start = 0
        self._strays = 0
        self._plateau = 0.0  # amplitude of the held key, 0.0 while none is held
        self._absent = 0
        self.suspects = False

    @property
    def idle(self) -> bool:
        return self._key < 0

    @property
    def held(self) -> str:
        return KEYS[self._key] if self._plateau else ""

    def forget(self, blocks: int) -> None:
        self._start -= blocks

    def walk(self, window: _Window, names: npt.NDArray[np.int64], first: int) -> list[KeyHeard]:
        """Take the keys that the next blocks name, the first of which is block ``first`` of the window."""
        heard = []
        naming = np.flatnonzero(names >= 0)
        at, named = 0, names.tolist()
        while at < len(named):
            if self.idle:  # most blocks of most calls name nothing: go to the next that does
                ahead = int(np.searchsorted(naming, at))
                if ahead == len(naming):
                    break
                at = int(naming[ahead])
            elif self._plateau:
                at += self._hold(window, first + at, len(named) - at)
                continue
            key = self._step(window, first + at, named[at])
            if key is not None:
                heard.append(key)
            at += 1
        return heard

    def _step(self, window: _Window, block: int, name: int) -> KeyHeard | None:
        if self._key < 0:
            if name >= 0:
                self._begin(name, block)
            return None
        self._strays = 0 if name == self._key else self._strays + 1
        key = self._follow(window, block) if block - self._start >= _SUSPICIOUS_BLOCKS - 1 else None
        if key is None and self._strays > _STRAYS:
            self._key, self.suspects = -1, False
            if name >= 0:
                self._begin(name, block - _STRAYS)
        return key

    def _begin(self, name: int, block: int) -> None:
        self._key, self._start, self._strays = name, block, 0

    def _hold(self, window: _Window, first: int, count: int) -> int:
        """Wait for the end of the held key; returns how many of the next ``count`` blocks that took."""
        edge = _IN * self._plateau
        for taken, amplitude in enumerate(window.amplitudes(self._key, first, first + count - 1), 1):
            self._absent = 0 if amplitude >= edge else self._absent + 1
            if self._absent >= _RELEASE_BLOCKS:
                self._key, self._plateau, self.suspects = -1, 0.0, False
                return taken
        return count

    def _follow(self, window: _Window, block: int) -> KeyHeard | None:
        """Judge the run that ends with ``block``."""
        self.suspects = False
        earliest = max(0, self._start - _ONSET_BLOCKS, block - _MOST_BLOCKS)
        amplitudes = window.amplitudes(self._key, earliest, block)
        edge = _IN * sum(sorted(amplitudes[max(0, self._start - earliest) :])[-3:]) / 3
        over = amplitudes[-1] < edge
        last = len(amplitudes) - 1 - over
        before = last
        while before >= 0 and amplitudes[before] >= edge:
            before -= 1
        if before == last or (before < 0 and window.first_block(self._bank) + earliest > 0):
            return None  # it is over, or it has been there for so long that it never began
        began = before + _crossing(amplitudes[before : before + 2], edge) if before >= 0 else 0.0
        ended = last + _crossing(amplitudes[last:], edge) if over else float(last)
        self.suspects = not over and last - before >= _SUSPICIOUS_BLOCKS
        if ended - began < _SHORTEST_HOPS or not self._is_key(window, earliest + before + 1, earliest + last):
            return None
        self._plateau, self._absent, self.suspects = 2 * edge, int(over), True
        at = window.first_sample + self._bank.block // 2 + round((earliest + began) * self._bank.hop)
        return KeyHeard(KEYS[self._key], at, window.first_sample + block * self._bank.hop + self._bank.block)

    def _is_key(self, window: _Window, first: int, last: int) -> bool:
        bank, middle = self._bank, self._bank.block // 2
        samples = window.samples[first * bank.hop + middle : last * bank.hop + middle + 1]
        tones = window.correlations[first : last + 1].view(np.complex128)[:, (self._key // 4, 4 + self._key % 4)]
        stretch = judge(samples, tones, self._key, bank)
        return stretch is not None and stretch.is_key()


def _crossing(amplitudes: list[float], edge: float) -> float:
    """Where between two neighbouring blocks the amplitude passes ``edge``, 0 to 1."""
    first, second = amplitudes
    return (edge - first) / (second - first)
