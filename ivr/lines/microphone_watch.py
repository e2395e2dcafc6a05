"""Notices during a call that something is wrong with the microphone, and says so once for each thing."""

from __future__ import annotations

from typing import Final

from ivr.audio.level_meter import LevelMeter
from ivr.audio.pcm import Samples

_SPAN_S: Final = 10  # long enough that somebody has said something, or at least the room has


class MicrophoneWatch:
    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._told: set[str] = set()
        self._begin()

    def feed(self, block: Samples) -> list[str]:
        """What became clear with this block: what is wrong, what to do, and that keys work."""
        self._meter.feed(block)
        self._left -= len(block)
        if self._left > 0:
            return []
        news = [fault for fault in self._meter.levels().faults() if fault not in self._told]
        self._begin()
        self._told.update(news)
        return [f"{trouble}; keys work meanwhile" for trouble in news]

    def _begin(self) -> None:
        self._meter = LevelMeter(self._rate)
        self._left = _SPAN_S * self._rate
