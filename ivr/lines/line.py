"""What every front door of the hotline is to a call: it carries out actions and reports events.

A line owns no rules. It does not decide what a key means or when silence counts; it only plays, listens and tells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ivr.session.actions import Action
from ivr.session.events import Event

Post = Callable[[Event], None]


class Line(Protocol):
    """One caller's line, from ``open`` to ``close``; all methods are called in the thread of the event loop.

    A line posts ``KeyPressed``, ``SpeechStarted``, ``UtteranceHeard``, ``CallerHungUp``, ``LineFailed`` when they
    happen, and exactly one ``PromptFinished`` for every ``PlayPrompt`` that was not stopped or replaced.
    """

    def open(self, post: Post) -> None:
        """The call begins. ``post`` may be called from any thread, never waits, and is deaf once the call is over."""
        ...

    def perform(self, action: Action) -> None:
        """Carry out an action without waiting for it; what a line cannot do it passes over. Never raises."""
        ...

    async def close(self) -> None:
        """The call is over: let go of everything. Called once, also when ``open`` failed."""
        ...
