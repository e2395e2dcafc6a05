"""A call as lines of text, one per prompt or run of keys: what a pipe prints and ``--plain`` shows.

0:00.0  您好……            the hotline
0:14.2  > 1               the caller's keys; those of a secret entry, or that nobody waits for yet, as dots
0:20.0  > “查一下余额”     what the caller said
0:51.7  -- completed
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.lines.printable import neutralise
from ivr.session.actions import Action, HangUp, Listen, PlayPrompt, StopListening
from ivr.session.events import Event, KeyPressed, UtteranceHeard

DOT = "•"


def clock(at: int) -> str:
    """``65_432`` -> ``1:05.4``."""
    minutes, ms = divmod(at, 60_000)
    return f"{minutes}:{ms // 1_000:02}.{ms % 1_000 // 100}"


class Transcript:
    """Give it every event and action with its time; it calls ``write`` with whole lines, without line ends."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._listening: Listen | None = None
        self._keys = ""
        self._keys_at = 0

    def watch(self, at: int, thing: Event | Action) -> None:
        match thing:
            case KeyPressed():
                self._key(at, thing.key)
            case UtteranceHeard():
                secret = self._listening is None or self._listening.secret
                self._line(at, f"> “{DOT * len(thing.text) if secret else thing.text}”")
            case PlayPrompt():
                self._line(at + thing.delay_ms, thing.text)
            case Listen():
                if self._listening is None or self._listening.node != thing.node:
                    self.flush()
                self._listening = thing
            case StopListening():
                self._listening = None
            case HangUp():
                self._line(at, f"-- {thing.disposition}")

    def flush(self) -> None:
        """Write the keys that are still being collected."""
        if self._keys:
            keys, self._keys = self._keys, ""
            self._write(f"{clock(self._keys_at)}  > {keys}")

    def _key(self, at: int, key: str) -> None:
        if not self._keys:
            self._keys_at = at
        shown = self._listening is not None and not self._listening.secret
        self._keys += neutralise(key)[:1] if shown else DOT

    def _line(self, at: int, text: str) -> None:
        self.flush()
        self._write(f"{clock(at)}  {neutralise(text)}")
