"""What the caller hears: one prompt plays, the others wait in a queue.

A prompt is queued as (prompt id, line of a list or None) and worded only when it starts, so that it speaks of the
facts of that moment and prompts that are skipped cost nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from ivr.callflow.values import BargeIn
from ivr.session.actions import PlayPrompt, StopPrompt
from ivr.session.wording import Line

Item = tuple[str, Line | None]


class Playback:
    __slots__ = ("_next_id", "playing", "protected_until", "queue", "started_at")

    def __init__(self) -> None:
        self.playing: PlayPrompt | None = None
        self.queue: deque[Item] = deque()
        self.started_at = 0
        self.protected_until = 0
        self._next_id = 1

    @property
    def idle(self) -> bool:
        return self.playing is None and not self.queue

    def start(
        self, prompt_id: str, text: str, barge_in: BargeIn, delay_ms: int, speaking_ms: int, pace: int, at: int
    ) -> PlayPrompt:
        """Makes this prompt the one that plays."""
        self.playing = PlayPrompt(self._next_id, prompt_id, text, barge_in, delay_ms, speaking_ms, pace)
        self._next_id += 1
        self.started_at = at
        self.protected_until = at + delay_ms + barge_in.protected_ms if barge_in.protected_ms else at
        return self.playing

    def finish(self, play_id: int) -> bool:
        """Whether this was the prompt that plays; it no longer does."""
        if self.playing is None or self.playing.play_id != play_id:
            return False
        self.playing = None
        return True

    def interruptible(self, at: int) -> bool:
        """Whether a key may stop what plays now (nothing playing counts as yes)."""
        return self.playing is None or (self.playing.barge_in.mode != "off" and at >= self.protected_until)

    def silence(self) -> StopPrompt | None:
        """Drops the queue and stops the prompt that plays, if any."""
        self.queue.clear()
        if self.playing is None:
            return None
        stopped = StopPrompt(self.playing.play_id)
        self.playing = None
        return stopped

    def extend(self, items: Iterable[Item]) -> None:
        self.queue.extend(items)
