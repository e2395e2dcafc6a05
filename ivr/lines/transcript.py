"""A call as lines of text, one per prompt or run of keys: what a pipe prints and ``--plain`` shows.

0:00.0  您好……            the hotline
0:14.2  > 1               the caller's keys; those of a secret entry, or that nobody waits for yet, as dots
0:20.0  > “查一下余额”     what the caller said; “…” was not understood
0:51.7  -- completed
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.lines.discretion import Discretion
from ivr.lines.printable import neutralise
from ivr.session.actions import Action, HangUp, Listen, PlayPrompt, StopPrompt
from ivr.session.call_log import masked_text
from ivr.session.events import Event, KeyPressed, UtteranceHeard


def clock(at: int) -> str:
    """``65_432`` -> ``1:05.4``."""
    minutes, ms = divmod(at, 60_000)
    return f"{minutes}:{ms // 1_000:02}.{ms % 1_000 // 100}"


class Transcript:
    """Give it every event and action with its time; it calls ``write`` with whole lines, without line ends."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._discretion = Discretion()
        self._node = ""
        self._keys = ""
        self._keys_at = 0
        self._unsaid: tuple[int, str] | None = None  # a prompt that has not begun yet, and when it will

    def watch(self, at: int, thing: Event | Action) -> None:
        if self._unsaid is not None and at >= self._unsaid[0]:
            self._begin_prompt()
        match thing:
            case KeyPressed():
                self._key(at, thing.key)
            case UtteranceHeard():
                self._line(at, f"> “{masked_text(self._discretion.shown(at, thing.text)) or '…'}”")
            case PlayPrompt():
                self._unsaid = (at + thing.delay_ms, thing.text)
            case StopPrompt():
                self._unsaid = None
            case Listen():
                if self._node != thing.node:
                    self.flush()
                self._node = thing.node
            case HangUp():
                self._line(at, f"-- {thing.disposition}")
        self._discretion.watch(at, thing)

    def flush(self) -> None:
        """Write the keys that are still being collected."""
        if self._keys:
            keys, self._keys = self._keys, ""
            self._write(f"{clock(self._keys_at)}  > {keys}")

    def _key(self, at: int, key: str) -> None:
        if not self._keys:
            self._keys_at = at
        self._keys += neutralise(self._discretion.shown(at, key))[:1]

    def _begin_prompt(self) -> None:
        if self._unsaid is not None:
            begins_at, text = self._unsaid
            self._unsaid = None
            self._line(begins_at, text)

    def _line(self, at: int, text: str) -> None:
        self.flush()
        self._write(f"{clock(at)}  {neutralise(text)}")
