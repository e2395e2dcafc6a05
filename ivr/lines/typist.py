"""A caller at a keyboard: what they type becomes keys and words of the call, and is shown where that is allowed.

What is typed shows as dots where an entry is secret, and also while nobody listens, because then it is typed ahead
and may well be a password. Lines with sound show here, too, what they heard.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Thread

from ivr.lines.discretion import Discretion
from ivr.lines.keyboard import Keyboard
from ivr.lines.keystrokes import AskedForHelp, HungUp, Keystrokes, Pressed, Said, Stroke, Typing
from ivr.lines.line import Post
from ivr.lines.screen import Screen
from ivr.session.actions import Action, Listen
from ivr.session.events import CallerHungUp, Event, KeyPressed, SpeechStarted, UtteranceHeard

HINT = "keys 0-9 * #; t and words; Ctrl-C: hang up"
HELP = "keys 0-9 * #; t and words and Enter: say something; Ctrl-C: hang up"
_STILL_TALKING_S = 5.0  # how often a caller who is typing words is reported to be speaking


class Typist:
    """All methods are called in the thread of the event loop. ``keyboard``: None for a caller who cannot type."""

    def __init__(self, keyboard: Keyboard | None, screen: Screen) -> None:
        self._keyboard = keyboard
        self._screen = screen
        self._keystrokes = Keystrokes()
        self._discretion = Discretion()
        self._node = ""
        self._keys = ""
        self._speaking_since: float | None = None
        self._closed = False

    def open(self, post: Post) -> None:
        self._post = post
        self._loop = asyncio.get_running_loop()
        if self._keyboard is not None:
            Thread(target=self._read, name="keyboard", args=(self._keyboard,), daemon=True).start()
            self._screen.notice(HINT)

    def close(self) -> None:
        """Deaf from now on."""
        self._closed = True

    def watch(self, thing: Event | Action) -> None:
        """Every action, and the end of every prompt."""
        self._discretion.watch(self._now(), thing)
        if isinstance(thing, Listen):
            if self._node != thing.node:
                self.end_keys()
            self._node = thing.node

    def notice(self, text: str) -> None:
        """Show something that is no part of the call's words."""
        self.end_keys()
        self._screen.notice(text)

    def end_keys(self) -> None:
        """What is typed next is a new line."""
        self._keys = ""
        self._screen.end_caller()

    def show(self, event: Event) -> None:
        """Something that the caller did elsewhere than at the keyboard."""
        match event:
            case KeyPressed():
                self._show_key(event.key)
            case UtteranceHeard():
                self.end_keys()
                self._screen.caller(f"“{self._shown(event.text) or '…'}”")
                self.end_keys()

    def _read(self, keyboard: Keyboard) -> None:
        """The thread of the keyboard: knows nothing but how to hand on what was typed."""
        with suppress(RuntimeError):  # the loop is closed: the call is over
            while typed := keyboard.read():
                self._loop.call_soon_threadsafe(self.typed, typed)
            self._loop.call_soon_threadsafe(self._post, CallerHungUp())

    def typed(self, text: str) -> None:
        """These characters came from the keyboard."""
        for stroke in self._keystrokes.feed(text):
            if not self._closed:
                self._take(stroke)

    def _take(self, stroke: Stroke) -> None:
        match stroke:
            case Pressed():
                self._show_key(stroke.key)
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

    def _show_key(self, key: str) -> None:
        self._keys += self._shown(key)
        self._screen.caller(self._keys)

    def _say(self, words: str) -> None:
        self._screen.caller(f"“{self._shown(words)}”")
        self.end_keys()
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
