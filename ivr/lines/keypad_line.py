"""The keypad line: the caller types the keys of a telephone, and reads what the hotline says at the pace of speech.

Speaking takes the time that the call gives to each prompt, so timers, barge-in and silence are those of a telephone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ivr.lines.keyboard import Keyboard
from ivr.lines.line import Post
from ivr.lines.screen import Screen
from ivr.lines.status_line import StatusLine
from ivr.lines.typist import Typist
from ivr.session.actions import Action, HangUp, PlayPrompt, StartRecording, StopPrompt, TransferCall
from ivr.session.events import PromptFinished

_FRAME_S = 0.05


class KeypadLine:
    """``instant``: prompts are spoken in no time. ``status``: what the status line says now; None: no such line."""

    def __init__(
        self, keyboard: Keyboard, screen: Screen, *, instant: bool = False, status: Callable[[], str] | None = None
    ) -> None:
        self._screen = screen
        self.typist = Typist(keyboard, screen)
        self._status = StatusLine(screen, status)
        self._instant = instant
        self._playing: PlayPrompt | None = None
        self._spoken_from = 0.0
        self._voice: asyncio.Handle | None = None

    def open(self, post: Post) -> None:
        self._post = post
        self._loop = asyncio.get_running_loop()
        self.typist.open(post)
        self._status.open()

    def perform(self, action: Action) -> None:
        self.typist.watch(action)
        match action:
            case PlayPrompt():
                self._play(action)
            case StopPrompt():
                self._stop()
            case StartRecording():
                self._screen.notice("recording: type t, your words and Enter; # ends it")
            case TransferCall():
                self._screen.notice("being put through to an agent")
            case HangUp():
                self._stop()
                self.typist.notice(f"call over: {action.disposition}")
        self._status.refresh_soon()

    def notice(self, text: str) -> None:
        """Show something that is no part of the call's words, such as that an agent has answered."""
        self.typist.notice(text)

    async def close(self) -> None:
        self.typist.close()
        self._status.close()
        if self._voice is not None:
            self._voice.cancel()
        self._screen.close()

    def _play(self, prompt: PlayPrompt) -> None:
        self._stop()
        self._playing = prompt
        self.typist.end_keys()
        if self._instant:
            self._screen.begin_prompt(prompt.text)
            self._screen.reveal(1.0)
            self._voice = self._loop.call_later(0, self._finish)
        else:
            self._spoken_from = self._loop.time() + prompt.delay_ms / 1_000
            self._voice = self._loop.call_at(self._spoken_from, self._begin)

    def _begin(self) -> None:
        if self._playing is not None:
            self.typist.end_keys()
            self._screen.begin_prompt(self._playing.text)
            self._speak()

    def _speak(self) -> None:
        prompt = self._playing
        if prompt is None:
            return
        lasts = prompt.speaking_ms / 1_000
        spoken = self._loop.time() - self._spoken_from
        if spoken >= lasts:
            self._finish()
            return
        self._screen.reveal(spoken / lasts)
        self._voice = self._loop.call_later(min(_FRAME_S, lasts - spoken), self._speak)

    def _finish(self) -> None:
        if self._playing is not None:
            play_id, self._playing = self._playing.play_id, None
            self._screen.reveal(1.0)
            self._screen.end_prompt()
            finished = PromptFinished(play_id)
            self.typist.watch(finished)
            self._post(finished)
            self._status.refresh_soon()

    def _stop(self) -> None:
        if self._playing is not None:
            self._playing = None
            if self._voice is not None:
                self._voice.cancel()
            self._screen.end_prompt()
