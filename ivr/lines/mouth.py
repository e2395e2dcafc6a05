"""What the hotline says on a line with sound: prompts, hold music, tones; one thing at a time.

A prompt begins when its delay is over and its sound is there, and has been said when its last sample went out. One
that has no sound (no voice is installed, or it failed on this text) lasts as long as its wording takes to speak, in
silence: subtitles show it, and the call goes on. So does a call whose voice never answers: it is given up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

import numpy as np

from ivr.audio.heard_words import heard_words
from ivr.audio.pcm import Samples
from ivr.audio.player import Player, Sounding
from ivr.audio.tones import tone
from ivr.callflow.durations import USUAL_PACE
from ivr.errors import AudioError, SpeechError
from ivr.lines.background import Background
from ivr.lines.recording_notice import RecordingNotice
from ivr.session.actions import PlayPrompt

DUCKED_DB: Final = -20.0
_GAP_MS: Final = 300  # silence between two prompts in which no music begins
_BEEP_HZ: Final = 1_000
_BEEP_MS: Final = 200
_PATIENCE_MS: Final = 15_000  # with a voice, which may have to be started first


class Voice(Protocol):
    """Turns prompts into sound at the line's rate; may block, and is called by one thread at a time."""

    def sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        """``pace`` times as fast as usual. Raises SpeechError or AudioError when there is none for this text."""
        ...


@dataclass(frozen=True, slots=True)
class _Said:
    """A prompt that has begun, or is over."""

    play_id: int
    text: str
    began_at: int  # position in samples
    sounding: Sounding
    notice: int  # samples before it that are not its own

    @property
    def share(self) -> float:
        return max(self.sounding.heard - self.notice, 0) / self._length

    def words_before(self, position: int, rate: int) -> str:
        heard = min(position - self.began_at, self.sounding.heard) - self.notice
        return heard_words(self.text, max(heard, 0) * 1_000 // rate, self._length * 1_000 // rate)

    @property
    def _length(self) -> int:
        return len(self.sounding.samples) - self.notice


class Mouth:
    """Positions are in samples since the first that was spoken. ``warn`` is told once when the voice fails.

    ``notice``: said before the first prompt, as a part of it.
    """

    def __init__(
        self,
        rate: int,
        voice: Voice | None,
        background: Background,
        warn: Callable[[str], None] = lambda _: None,
        notice: str = "",
    ) -> None:
        self._rate = rate
        self._voice = voice
        self._background = background
        self._warn = warn
        self._warned = False
        self.notice = RecordingNotice(notice)
        self._noticed = False  # a prompt has it before it
        self._patience = _PATIENCE_MS * rate // 1_000
        self._player = Player(rate)
        self._position = 0
        self._prompt: PlayPrompt | None = None
        self._asked_at = 0
        self._early: dict[int, Samples] = {}  # by play_id: sounds that were there before their prompts were to be said
        self._sounding: Sounding | None = None  # of the prompt, once its sound is there
        self._said: deque[_Said] = deque(maxlen=4)
        self._filling: list[Samples] = []  # what is still to be played while no prompt is; the last for ever
        self._silent_since = 0
        self.interrupted = False  # a prompt was broken off since the latest block

    @property
    def prompt(self) -> PlayPrompt | None:
        """What is being said, the silence before it included."""
        return self._prompt

    @property
    def silent(self) -> bool:
        """Nothing at all goes out, not even music."""
        return self._prompt is None and not self._player.playing

    def share_of(self, play_id: int) -> float:
        """How much of a prompt is out, 0 to 1; 0 also for one whose sound is not there, or that was long ago.

        Callable from any thread.
        """
        for said in tuple(self._said):  # in one go, as ``say`` may add to it meanwhile
            if said.play_id == play_id:
                return said.share
        return 0.0

    def words_between(self, since: int, until: int) -> str:
        """What was said between two positions, to about a character."""
        words = []
        for said in self._said:
            before = said.words_before(since, self._rate)
            words.append(said.words_before(until, self._rate)[len(before) :])
        return "".join(words)

    def render(self, prompt: PlayPrompt) -> None:
        """This will be said soon: have its sound made. Callable from any thread, once and before ``say``."""
        if self._voice is None:
            self.notice.failed = not self.notice.heard
            return
        first, self._noticed = not self._noticed, True
        self._background.submit(lambda: self._rendered(prompt, first), lambda samples: self._begin(prompt, samples))

    def say(self, prompt: PlayPrompt) -> None:
        """Instead of what is being said now. It begins when its sound is there, or at once."""
        self.hush()
        self._prompt = prompt
        self._asked_at = self._position
        early = self._early.get(prompt.play_id)
        self._early = {play_id: samples for play_id, samples in self._early.items() if play_id > prompt.play_id}
        if early is not None:
            self._begin(prompt, early)
        elif self._voice is None:
            self._begin(prompt, self._silence(prompt))

    def hush(self) -> None:
        """Stop the prompt, if one is being said."""
        if self._prompt is not None:
            self._prompt = self._sounding = None
            if not self.notice.sounding:
                self._player.stop()
                self.interrupted = True

    def fill(self, *sounds: Samples) -> None:
        """While no prompt is being said, play these, the last of them for ever; none: stop that."""
        if self._filling and self._prompt is None:
            self._player.stop()
        self._filling = list(sounds)

    def beep(self) -> None:
        """The tone after which callers leave their message."""
        self._play(_beep(self._rate))

    def duck(self, *, ducked: bool) -> None:
        """Speak softly while a key may be on its way."""
        self._player.duck(DUCKED_DB if ducked else 0.0)

    def speak(self, count: int) -> tuple[Samples, PlayPrompt | None]:
        """The next samples, and the prompt that ended with them."""
        if self._rings():
            self._player.play(tone("ring-back", self._rate), loop=True)
        if not self.silent:
            self._silent_since = self._position
        elif self._filling and self._position - self._silent_since >= _GAP_MS * self._rate // 1_000:
            sound = self._filling.pop(0) if len(self._filling) > 1 else self._filling[0]
            self._player.play(sound, loop=not len(self._filling) > 1 and sound is self._filling[0])
        noticing = self.notice.sounding
        out = self._player.read(count)
        self._position += count
        if self._prompt is None and noticing and not self.notice.sounding:
            self._player.stop()  # of what the notice was a part of, nobody wants the rest
        ended = None
        if self._prompt is not None and self._sounding is not None and self._sounding.finished:
            ended, self._prompt, self._sounding = self._prompt, None, None
        elif self._prompt is not None and self._sounding is None and self._position - self._asked_at > self._patience:
            self._voice = None
            self.notice.failed = self.notice.failed or not self.notice.heard
            self._complain("the voice does not answer, so prompts are shown and not heard")
            self._begin(self._prompt, self._silence(self._prompt))
        return out, ended

    def _rings(self) -> bool:
        """Nothing was said in this call yet, and the voice takes its time: there is no silence before an answer."""
        if self._prompt is None or self._sounding is not None or self._said or self._player.playing:
            return False
        return self._position - self._asked_at >= _GAP_MS * self._rate // 1_000

    def _complain(self, text: str) -> None:
        if not self._warned:
            self._warned = True
            self._warn(text)

    def _silence(self, prompt: PlayPrompt) -> Samples:
        return np.zeros(max(prompt.speaking_ms * self._rate // 1_000, 1), np.int16)

    def _begin(self, prompt: PlayPrompt, samples: Samples) -> None:
        if prompt is not self._prompt:
            self._early[prompt.play_id] = samples
        elif self._sounding is None:
            waited = self._position - self._asked_at
            delay = max(prompt.delay_ms * self._rate // 1_000 - waited, 0)
            self._sounding = self._play(samples, delay)
            notice = len(self._sounding.samples) - len(samples)
            self._said.append(_Said(prompt.play_id, prompt.text, self._position + delay, self._sounding, notice))

    def _play(self, samples: Samples, delay: int = 0) -> Sounding:
        if self.notice.sounding:
            delay = 0
        sounding = self._player.play(self.notice.before(samples), delay=delay)
        self.notice.begun(sounding)
        return sounding

    def _rendered(self, prompt: PlayPrompt, first: bool) -> Samples:
        """The sound of a prompt, and of the notice with the first one. Runs in the background."""
        samples = self._sound(prompt.prompt_id, prompt.text, prompt.characters_a_minute / USUAL_PACE)
        if first and self.notice.text:
            notice = self._sound("", self.notice.text)
            if notice is None:
                self.notice.failed = True
            else:
                self.notice.spoken(notice, _GAP_MS * self._rate // 1_000)
        return self._silence(prompt) if samples is None else samples

    def _sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples | None:
        """None where the voice has none for this text."""
        if self._voice is not None:
            try:
                samples = self._voice.sound(prompt_id, text, pace)
                if len(samples):
                    return samples
            except (SpeechError, AudioError) as error:
                self._complain(str(error))
            except Exception as error:  # a voice of somebody else's may break its promise; the call goes on
                self._complain(f"the voice has failed ({type(error).__name__}: {error})")
        return None


@cache
def _beep(rate: int) -> Samples:
    moments = np.arange(rate * _BEEP_MS // 1_000) / rate
    return (np.sin(2 * np.pi * _BEEP_HZ * moments) * 6_000).astype(np.int16)
