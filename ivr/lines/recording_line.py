"""The recording line: the caller is a recording, and the call takes as long as it would on a telephone.

(In virtual time, ``testing.sound_call`` does the same at once.) Every 20 ms by the loop's clock a block of the caller
goes in. At the end of the recording the caller hears the hotline out and hangs up when it is their turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from ivr.audio.pcm import BLOCK_MS, Samples
from ivr.audio.player import Player
from ivr.lines.call_audio import CallAudio, Parts
from ivr.lines.call_recording import CallRecording
from ivr.lines.line import Post
from ivr.lines.message_file import MessageFiles
from ivr.session.actions import Action
from ivr.session.events import CallerHungUp, Event

_TURN_MS: Final = 300  # of the hotline's silence, before it is the caller's turn: its next prompt may be on the way


class RecordingLine:
    """``caller``: samples at the rate of the parts; ``recording`` gets both sides.

    The player ``caller`` is their side of the line.
    """

    def __init__(
        self,
        parts: Parts,
        caller: Samples,
        *,
        recording: CallRecording | None = None,
        messages: MessageFiles | None = None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._audio = CallAudio(parts, self._report, recording=recording, messages=messages, warn=warn)
        self.caller = Player(parts.rate)
        self.caller.play(caller)
        self._turn_ms = 0
        self._hung_up = False
        self._timer: asyncio.TimerHandle | None = None

    def open(self, post: Post) -> None:
        self._post = post
        self._loop = asyncio.get_running_loop()
        self._next_at = self._loop.time()
        self._exchange()

    def perform(self, action: Action) -> None:
        self._audio.perform(action)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._audio.close()

    def _exchange(self) -> None:
        while self._next_at <= self._loop.time():
            self._next_at += BLOCK_MS / 1_000
            self._audio.exchange(self.caller.read(self._audio.block))
            self._turn_ms = self._turn_ms + BLOCK_MS if self._audio.callers_turn else 0
        if self._turn_ms >= _TURN_MS and not self.caller.playing and not self._hung_up:
            self._hung_up = True
            self._post(CallerHungUp())
        self._timer = self._loop.call_at(self._next_at, self._exchange)

    def _report(self, event: Event) -> None:
        self._post(event)
