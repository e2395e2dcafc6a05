"""Decides whether what the caller types may be shown where they type it.

Not in a secret entry; and not while what is typed may be meant for a later one: during a prompt that cannot be
interrupted, or while the hotline is busy with something else.
"""

from __future__ import annotations

from ivr.session.actions import Action, Listen, LookUp, PlayPrompt, StopPrompt, TransferCall
from ivr.session.events import Event, PromptFinished

DOT = "•"


class Discretion:
    """Give it every action, and every event too where they can be had; ``at`` is any clock in milliseconds."""

    def __init__(self) -> None:
        self._offer: Listen | None = None
        self._protected_until: float = 0.0

    def watch(self, at: int, thing: Event | Action) -> None:
        match thing:
            case Listen():
                self._offer = thing
            case LookUp() | TransferCall():
                self._offer = None
            case PlayPrompt():
                barge_in = thing.barge_in
                protected_ms = float("inf") if barge_in.mode == "off" else barge_in.protected_ms
                self._protected_until = at + thing.delay_ms + protected_ms if protected_ms else 0.0
            case StopPrompt() | PromptFinished():
                self._protected_until = 0.0

    def shown(self, at: int, typed: str) -> str:
        """What was typed, or as many dots."""
        hidden = self._offer is None or self._offer.secret or at < self._protected_until
        return DOT * len(typed) if hidden else typed
