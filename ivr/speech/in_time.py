"""Two voices for one prompt: the better one, and a quick one for whoever would wait too long for it.

Theory of operation. Both are set to work at once. When the patience of the caller is over, the quick one's sound is
taken, and the slow one finishes in a thread of its own for the next time. It is waited for only if it had nothing else
to do: behind other prompts it would be late anyway, and behind too many it does not even begin.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ivr.audio.pcm import Samples
from ivr.errors import AudioError, SpeechError

PATIENCE_S: Final = 2.0  # of a caller, with silence on the line
_MOST_UNFINISHED: Final = 4  # slow prompts at a time that nobody waits for any more

Speak = Callable[[str, str, float], Samples]  # prompt id, text, pace


@dataclass(frozen=True, slots=True)
class _Slow:
    thread: threading.Thread
    result: list[Samples]  # filled when the thread ends well
    waited_for: bool


class InTime:
    """Safe to use from any thread. ``surprised`` is told what ``slow`` raises that is no want of a voice."""

    def __init__(self, slow: Speak, quick: Speak, patience_s: float, surprised: Callable[[Exception], None]) -> None:
        self._slow = slow
        self._quick = quick
        self._patience_s = patience_s
        self._surprised = surprised
        self._unfinished: set[tuple[str, float]] = set()  # what the slow voice is about to say, text and pace
        self._counting = threading.Lock()

    def spoken(self, prompt_id: str, text: str, pace: float) -> Samples:
        """By the slow voice if it is done in time. Raises ``SpeechError`` if neither can say it."""
        slow = self._begun(prompt_id, text, pace)
        until = time.monotonic() + self._patience_s
        try:
            said = self._quick(prompt_id, text, pace)
        except SpeechError:
            if slow is not None:  # then there is nothing better than to wait
                slow.thread.join()
                if slow.result:
                    return slow.result[0]
            raise
        if slow is not None and slow.waited_for:
            slow.thread.join(max(until - time.monotonic(), 0))
        return slow.result[0] if slow is not None and slow.result else said

    def _begun(self, prompt_id: str, text: str, pace: float) -> _Slow | None:
        """The slow voice at work on this text; None if it is already, or too far behind."""
        with self._counting:
            behind = len(self._unfinished)
            if (text, pace) in self._unfinished or behind >= _MOST_UNFINISHED:
                return None
            self._unfinished.add((text, pace))
        result: list[Samples] = []

        def speak() -> None:
            try:
                result.append(self._slow(prompt_id, text, pace))
            except (SpeechError, AudioError):
                pass  # the quick voice speaks, and tells if it cannot
            except Exception as error:  # a bug in one prompt must not end the others'
                self._surprised(error)
            finally:
                with self._counting:
                    self._unfinished.discard((text, pace))

        thread = threading.Thread(target=speak, name="ivr-slow-voice", daemon=True)
        thread.start()
        return _Slow(thread, result, waited_for=not behind)
