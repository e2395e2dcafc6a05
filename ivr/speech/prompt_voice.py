"""The voice of a hotline: the sound of every prompt, from a recording where there is one, else synthesised.

Synthesis takes time, so whoever knows what may be said soon asks for it ahead (``prepare``): a thread of this voice
then fills the cache, one prompt after the other, and a prompt that is wanted now comes first.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Protocol

from ivr.audio.pcm import Samples
from ivr.audio.wav import Sound
from ivr.callflow.nodes import Prompt
from ivr.errors import AudioError, SpeechError


class Speaking(Protocol):
    """A voice that fits the line and remembers: ``CachedSynthesiser``, ``FirstThatSpeaks``."""

    def synthesise(self, text: str, pace: float = 1.0, *, private: bool = False) -> Sound: ...

    def known(self, text: str, pace: float = 1.0) -> Sound | None: ...

    def close(self) -> None: ...


class Recorded(Protocol):
    """Sounds that people recorded: ``SplicedRecordings``."""

    def sound(self, prompt_id: str, text: str) -> Samples | None:
        """At the line's rate; None where not everything that is needed was recorded."""
        ...


class PromptVoice:
    """Safe to use from any thread. ``prompts`` says which sentences are about one person."""

    def __init__(
        self, voice: Speaking, recordings: Recorded | None = None, prompts: Mapping[str, Prompt] | None = None
    ) -> None:
        self._voice = voice
        self._recordings = recordings
        self._prompts = prompts or {}
        self._ahead: deque[tuple[str, str, float]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._waiting = 0  # how many want a prompt now: preparing steps aside

    def sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        """The whole prompt at the line's rate. Blocks; raises ``SpeechError`` when no voice can say it."""
        if self._recordings is not None:
            recorded = self._recordings.sound(prompt_id, text)
            if recorded is not None:
                return recorded
        known = self._voice.known(text, pace)
        if known is not None:
            return known.samples
        with self._changed:
            self._waiting += 1
        try:
            return self._voice.synthesise(text, pace, private=self._private(prompt_id)).samples
        finally:
            with self._changed:
                self._waiting -= 1
                self._changed.notify_all()

    def prepare(self, prompts: Iterable[tuple[str, str]], pace: float = 1.0) -> None:
        """What is likely to be said soon, likeliest first: (prompt id, wording). Comes before what was asked before."""
        with self._changed:
            self._ahead.extendleft(reversed([(prompt_id, text, pace) for prompt_id, text in prompts]))
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._prepare, name="ivr-voice", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def settled(self, limit_s: float) -> bool:
        """Wait until everything asked for ahead is there; False if it took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._ahead, limit_s)

    def close(self) -> None:
        """Stop preparing and let go of the engines."""
        with self._changed:
            self._closed = True
            self._ahead.clear()
            self._changed.notify_all()
        self._voice.close()

    def _private(self, prompt_id: str) -> bool:
        prompt = self._prompts.get(prompt_id)
        return prompt is not None and prompt.heard_by == "verified"

    def _prepare(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or (self._ahead and not self._waiting))
                if self._closed:
                    return
                job = self._ahead[0]
            self._prepare_one(*job)
            with self._changed:
                if job in self._ahead:
                    self._ahead.remove(job)
                self._changed.notify_all()

    def _prepare_one(self, prompt_id: str, text: str, pace: float) -> None:
        try:
            recorded = self._recordings is not None and self._recordings.sound(prompt_id, text) is not None
            if not recorded and self._voice.known(text, pace) is None:
                self._voice.synthesise(text, pace, private=self._private(prompt_id))
        except (SpeechError, AudioError):
            pass  # whoever wants to hear it will be told
