"""The keypad line: the caller types the keys of a telephone, and reads what the hotline says at the pace of speech.

Speaking takes the time that the call gives to each prompt, so timers, barge-in and silence are those of a telephone.
What is typed shows as dots where an entry is secret, and also while nobody listens, because then it is typed ahead
and may well be a password.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from ivr.lines.discretion import Discretion
from ivr.lines.keyboard import Keyboard
from ivr.lines.keystrokes import AskedForHelp, HungUp, Keystrokes, Pressed, Said, Stroke, Typing
from ivr.lines.line import Post
from ivr.lines.screen import Screen
from ivr.session.actions import (
    Action,
    HangUp,
    Listen,
    PlayPrompt,
    StartRecording,
    StopPrompt,
    TransferCall,
)
from ivr.session.events import CallerHungUp, KeyPressed, PromptFinished, SpeechStarted, UtteranceHeard

HINT = "keys 0-9 * #; t and words; Ctrl-C: hang up"
HELP = "keys 0-9 * #; t and words and Enter: say something; Ctrl-C: hang up"
_FRAME_S = 0.05
_STATUS_S = 0.5
_STILL_TALKING_S = 5.0  # how often a caller who is typing words is reported to be speaking


class KeypadLine:
    """``instant``: prompts are spoken in no time. ``status``: what the status line says now; None: no such line."""

    def __init__(
        self, keyboard: Keyboard, screen: Screen, *, instant: bool = False, status: Callable[[], str] | None = None
    ) -> None:
        self._keyboard = keyboard
        self._screen = screen
        self._instant = instant
        self._status = status
        self._keystrokes = Keystrokes()
        self._discretion = Discretion()
        self._node = ""
        self._playing: PlayPrompt | None = None
        self._spoken_from = 0.0
        self._timers: dict[str, asyncio.Handle] = {}
        self._keys = ""
        self._speaking_since: float | None = None
        self._closed = False

    def open(self, post: Post) -> None:
        self._post = post
        self._loop = asyncio.get_running_loop()
        Thread(target=self._read, name="keyboard", daemon=True).start()
        self._screen.notice(HINT)
        if self._status is not None:
            self._show_status()

    def perform(self, action: Action) -> None:
        self._discretion.watch(self._now(), action)
        match action:
            case PlayPrompt():
                self._play(action)
            case StopPrompt():
                self._stop()
            case Listen():
                if self._node != action.node:
                    self._end_keys()
                self._node = action.node
            case StartRecording():
                self._screen.notice("recording: type t, your words and Enter; # ends it")
            case TransferCall():
                self._screen.notice("being put through to an agent")
            case HangUp():
                self._stop()
                self._end_keys()
                self._screen.notice(f"call over: {action.disposition}")
        self._refresh_soon()

    def notice(self, text: str) -> None:
        """Show something that is no part of the call's words, such as that an agent has answered."""
        self._end_keys()
        self._screen.notice(text)

    async def close(self) -> None:
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        self._screen.close()

    # -- speaking --------------------------------------------------------------------------------------------------

    def _play(self, prompt: PlayPrompt) -> None:
        self._stop()
        self._playing = prompt
        self._end_keys()
        if self._instant:
            self._screen.begin_prompt(prompt.text)
            self._screen.reveal(1.0)
            self._timers["voice"] = self._loop.call_later(0, self._finish)
        else:
            self._spoken_from = self._loop.time() + prompt.delay_ms / 1_000
            self._timers["voice"] = self._loop.call_at(self._spoken_from, self._begin)

    def _begin(self) -> None:
        if self._playing is not None:
            self._end_keys()
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
        self._timers["voice"] = self._loop.call_later(min(_FRAME_S, lasts - spoken), self._speak)

    def _finish(self) -> None:
        if self._playing is not None:
            play_id, self._playing = self._playing.play_id, None
            self._screen.reveal(1.0)
            self._screen.end_prompt()
            finished = PromptFinished(play_id)
            self._discretion.watch(self._now(), finished)
            self._post(finished)
            self._refresh_soon()

    def _stop(self) -> None:
        if self._playing is not None:
            self._playing = None
            self._timers.pop("voice").cancel()
            self._screen.end_prompt()

    # -- listening -------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        """The thread of the keyboard: knows nothing but how to hand on what was typed."""
        with suppress(RuntimeError):  # the loop is closed: the call is over
            while typed := self._keyboard.read():
                self._loop.call_soon_threadsafe(self._typed, typed)
            self._loop.call_soon_threadsafe(self._post, CallerHungUp())

    def _typed(self, text: str) -> None:
        for stroke in self._keystrokes.feed(text):
            if not self._closed:
                self._take(stroke)

    def _take(self, stroke: Stroke) -> None:
        match stroke:
            case Pressed():
                self._keys += self._shown(stroke.key)
                self._screen.caller(self._keys)
                self._post(KeyPressed(stroke.key))
            case Typing():
                self._screen.caller(f"“{self._shown(stroke.words)}")
                self._report_speech(bool(stroke.words))
            case Said():
                self._say(stroke.words)
            case AskedForHelp():
                self.notice(HELP)
            case HungUp():
                self._post(CallerHungUp())

    def _say(self, words: str) -> None:
        self._screen.caller(f"“{self._shown(words)}”")
        self._end_keys()
        if words and self._speaking_since is None:
            self._post(SpeechStarted())
        if words or self._speaking_since is not None:
            self._post(UtteranceHeard(words))
        self._speaking_since = None

    def _report_speech(self, started: bool) -> None:
        now = self._loop.time()
        if started and (self._speaking_since is None or now - self._speaking_since > _STILL_TALKING_S):
            self._speaking_since = now
            self._post(SpeechStarted())

    def _shown(self, typed: str) -> str:
        return self._discretion.shown(self._now(), typed)

    def _now(self) -> int:
        return int(self._loop.time() * 1_000)

    def _end_keys(self) -> None:
        self._keys = ""
        self._screen.end_caller()

    # -- status ----------------------------------------------------------------------------------------------------

    def _show_status(self) -> None:
        if self._status is not None and not self._closed:
            self._screen.status(self._status())
            self._timers["status"] = self._loop.call_later(_STATUS_S, self._show_status)

    def _refresh_soon(self) -> None:
        """Once the actions of this step are all carried out."""
        if "status" in self._timers:
            self._timers.pop("status").cancel()
            self._timers["status"] = self._loop.call_soon(self._show_status)
