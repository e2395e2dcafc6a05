"""The voice of a hotline: the sound of every prompt, from recordings where there are some, else synthesised.

Theory of operation. In this order: a recording of the whole prompt; recordings of its parts; what a voice has spoken
before; the voice. A voice that speaks more slowly than people do (``by_parts``) says the words around slots and what is
in them separately, so that most of a prompt is known beforehand. Where a caller would still have to wait for longer
than ``patience_s``, the ``hurried`` voice says the prompt this time (``in_time``).

What is likely to be said soon (``likely_next``, ``prepare``) is spoken ahead by a thread of its own (``preparing``);
who begins a call with such a slow voice is told before it if its first words are still to be made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, Protocol

from ivr.audio.pcm import Samples
from ivr.audio.wav import Sound
from ivr.callflow.nodes import Prompt
from ivr.speech.in_time import PATIENCE_S, InTime
from ivr.speech.likely_next import LikelyNext
from ivr.speech.preparing import Preparing
from ivr.speech.recording_files import wanted
from ivr.speech.recordings import Recordings
from ivr.speech.spliced_prompts import RecordedParts, SpokenParts, assembled, is_fixed

_LONG_S: Final = 5.0  # for one prompt, before whoever looks on wonders whether anything happens


class Speaking(Protocol):
    """A voice that fits the line and remembers: ``CachedSynthesiser``, ``FirstThatSpeaks``."""

    @property
    def voice(self) -> str: ...

    @property
    def trouble(self) -> str: ...

    @property
    def unkept(self) -> str: ...

    def synthesise(self, text: str, pace: float = 1.0, *, private: bool = False) -> Sound: ...

    def known(self, text: str, pace: float = 1.0) -> Sound | None: ...

    def close(self) -> None: ...


class PromptVoice:
    """Safe to use from any thread. ``prompts`` says where slots are: what is in them may be about one person.

    ``warn`` is told what goes wrong although prompts are spoken, the first thing of each kind: at once, in any thread.
    """

    def __init__(
        self,
        voice: Speaking,
        recordings: Recordings | None = None,
        prompts: Mapping[str, Prompt] | None = None,
        *,
        rate: int = 16_000,
        by_parts: bool = False,
        hurried: Speaking | None = None,
        patience_s: float = PATIENCE_S,
        likely: LikelyNext | None = None,
        warn: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._voice = voice
        self._recordings = recordings
        self._prompts = prompts or {}
        self._rate = rate
        self._by_parts = by_parts
        self._hurried = hurried
        self._in_time = InTime(self._spoken, self._hurriedly, patience_s, self._surprised)
        self._likely = likely
        self._prepared: set[tuple[str, float]] = set()  # after which prompts, at which pace
        self._warn = warn
        self._clock = clock
        self._told: set[str] = set()  # kinds of trouble
        self._surprise = ""  # the first thing that failed in the background and never should
        self._preparing = Preparing(self._surprised)
        self._speak_ahead = "ivr prompts render --all"

    def expect_call(self, pace: float, speak_ahead: str) -> None:
        """A call begins soon, at this pace. ``speak_ahead``: the command that has everything ready for such calls."""
        self._speak_ahead = speak_ahead
        first = self._useful(self._likely.at_start()) if self._likely is not None else []
        if self._by_parts and not all(self._ready(prompt_id, text, pace) for prompt_id, text in first):
            self._tell(
                "slow",
                "this voice is slower than others and has not spoken the first words of this call before, so they may"
                f" be late, or said by another voice; speak everything ahead: {speak_ahead}",
            )
        self.prepare(first, pace)

    def sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        """The whole prompt at the line's rate. Blocks; raises ``SpeechError`` when no voice can say it."""
        self._look_ahead(prompt_id, pace)
        samples = self._made(prompt_id, text, pace)
        self._tell("recordings", self._unusable())
        self._tell("voice", self._voice.trouble)
        return samples

    def _made(self, prompt_id: str, text: str, pace: float) -> Samples:
        with self._preparing.paused():
            recorded = self._recorded(prompt_id, text, pace)
            if recorded is not None:
                return recorded
            known = self._voice.known(text, pace)
            if known is not None:
                return known.samples
            if self._hurried is None:
                return self._timed(lambda: self._spoken(prompt_id, text, pace))
            return self._in_time.spoken(prompt_id, text, pace)

    def words(self, text: str) -> Samples:
        """What a caller says, who may tell anything about themselves: it is not kept on the disk.

        Blocks; raises ``SpeechError`` when no voice can say it.
        """
        return self._timed(lambda: self._voice.synthesise(text, private=True).samples)

    @property
    def name(self) -> str:
        """Of the voice that speaks what was not recorded. Raises ``SpeechError`` if none can."""
        return self._voice.voice

    @property
    def trouble(self) -> str:
        """What went wrong although prompts are spoken: a voice that failed, a full disk; ``""`` for nothing."""
        return "; ".join(filter(None, [self._unusable(), self._voice.trouble, self._surprise]))

    @property
    def unkept(self) -> str:
        """Why what is spoken is not kept for the next call; ``""`` if it is."""
        return self._voice.unkept

    def part(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        """What can be said before any call: a prompt without slots, or the words before, between or after slots.

        Blocks; raises ``SpeechError`` when no voice can say it.
        """
        recorded = self._recorded_part(prompt_id, text)
        return self._said(prompt_id, text, pace) if recorded is None else recorded

    def prepare(self, prompts: Iterable[tuple[str, str]], pace: float = 1.0) -> None:
        """What is likely to be said soon, likeliest first: (prompt id, text). Comes before what was asked before.

        A text may be a part of a prompt: the words before, between or after its slots.
        """
        self._preparing.add([partial(self.part, prompt_id, text, pace) for prompt_id, text in prompts])

    def settled(self, limit_s: float) -> bool:
        """Wait until everything asked for ahead is there; False if it took too long."""
        return self._preparing.settled(limit_s)

    def close(self) -> None:
        """Stop preparing and let go of the engines."""
        self._preparing.close()
        self._voice.close()
        if self._hurried is not None:
            self._hurried.close()

    def _timed(self, speak: Callable[[], Samples]) -> Samples:
        """``speak``, while somebody waits."""
        began = self._clock()
        samples = speak()
        took_s = self._clock() - began
        if took_s > _LONG_S:
            self._tell(
                "slow",
                f"the voice took {took_s:.0f} s for {len(samples) / self._rate:.0f} s of speech, and will again for "
                f"what it has not spoken before; speak everything ahead: {self._speak_ahead}; or take a faster voice: "
                "--speaker system",
            )
        return samples

    def _private(self, prompt_id: str, text: str) -> bool:
        prompt = self._prompts.get(prompt_id)
        return prompt is not None and not is_fixed(prompt) and text not in prompt.text

    def _ready(self, prompt_id: str, text: str, pace: float) -> bool:
        return self._recorded_part(prompt_id, text) is not None or self._voice.known(text, pace) is not None

    def _recorded_part(self, prompt_id: str, text: str) -> Samples | None:
        prompt = self._prompts.get(prompt_id)
        if prompt is not None and self._recordings is not None:
            for name, words in wanted(prompt_id, prompt):
                recorded = self._recordings.named(name, words) if words == text else None
                if recorded is not None:
                    return recorded
        return None

    def _recorded(self, prompt_id: str, text: str, pace: float) -> Samples | None:
        recordings, prompt = self._recordings, self._prompts.get(prompt_id)
        if recordings is None or not recordings.files.by_name or prompt is None:
            return None
        if is_fixed(prompt):
            return recordings.named(prompt_id, text) if text == prompt.text else None
        parts = RecordedParts(recordings, lambda slot: self._said(prompt_id, slot, pace))
        return assembled(prompt_id, prompt, text, parts, recordings.rate)

    def _spoken(self, prompt_id: str, text: str, pace: float) -> Samples:
        prompt = self._prompts.get(prompt_id)
        if self._by_parts and prompt is not None and not is_fixed(prompt):
            parts = SpokenParts(lambda part: self._said(prompt_id, part, pace), self._rate)
            whole = assembled(prompt_id, prompt, text, parts, self._rate)
            if whole is not None:
                return whole
        return self._said(prompt_id, text, pace)

    def _said(self, prompt_id: str, text: str, pace: float) -> Samples:
        return self._voice.synthesise(text, pace, private=self._private(prompt_id, text)).samples

    def _hurriedly(self, prompt_id: str, text: str, pace: float) -> Samples:
        voice = self._hurried or self._voice
        return voice.synthesise(text, pace, private=self._private(prompt_id, text)).samples

    def _surprised(self, error: Exception) -> None:
        self._surprise = self._surprise or f"the voice has failed beside the call ({type(error).__name__}: {error})"
        self._tell("surprise", self._surprise)

    def _unusable(self) -> str:
        return "; ".join(self._recordings.problems) if self._recordings is not None else ""

    def _tell(self, kind: str, trouble: str) -> None:
        if trouble and kind not in self._told:
            self._told.add(kind)
            self._warn(trouble)

    def _look_ahead(self, prompt_id: str, pace: float) -> None:
        likely = self._likely
        if likely is not None and (prompt_id, pace) not in self._prepared:
            self._prepared.add((prompt_id, pace))
            self._preparing.add([lambda: self.prepare(self._useful(likely.after(prompt_id)), pace)])

    def _useful(self, texts: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """A voice that does not speak by parts has no use for parts."""
        return [
            (near, text)
            for near, text in texts
            if self._by_parts or (near in self._prompts and is_fixed(self._prompts[near]))
        ]
