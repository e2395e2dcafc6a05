"""What the caller says on a line with sound: where it begins and ends, and what it was.

Theory of operation. The endpointer cuts the caller's sound into utterances by counting samples. An utterance is given
to the recogniser with what the call offers at that moment; the sound of a moment before it began belongs to it.

Who hears their own loudspeaker must not take it for the caller. Where the line says so (half duplex), nobody is heard
while a prompt is being said, nor in its echo right after, but for a *hotword*: a phrase that is exactly on offer, was
heard well enough to be asked about at least (by the document's ``speech.reject``, if that asks for more), and is not
what the hotline itself was saying just then. It interrupts once it is understood. In full duplex whoever speaks is
heard at once, and the rules of the call decide whether that stops the prompt.

What a recogniser makes of a machine's tone does not count, however sure it is (``steady_sound``).

While a message is recorded, words are not recognised: that somebody spoke is all that the call needs to know.

A recogniser that lags far behind, or never answers, is given nothing new until it has caught up: what was being said
counts as not understood, this is told once, and the sound that waits for it stays bounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ivr.audio.pcm import Samples
from ivr.errors import SpeechError
from ivr.lines.background import Background
from ivr.lines.expecting import expectation
from ivr.session.actions import Listen
from ivr.session.events import Event, SpeechStarted, UtteranceHeard
from ivr.speech.confidence_bands import REJECT
from ivr.speech.endpointing import Endpointer, SpeechBegan
from ivr.speech.recogniser import Expectation, Hypothesis, Recogniser, Utterance
from ivr.speech.self_echo import is_own_prompt
from ivr.speech.steady_sound import is_steady

PRE_ROLL_MS: Final = 300  # a soft first consonant is below the threshold of speech
TAIL_MS: Final = 200  # of silence after it: as much as a recogniser's last sounds need to be sure of
_KEPT_MS: Final = 1_000  # more than the endpointer needs to be sure, and the pre-roll
ECHO_MS: Final = 200  # the sound card's delay and the room's reverberation
_LATE_MS: Final = 10_000  # nobody waits that long for an answer; half of the session's own limit
_NOTHING: Final = Hypothesis("", 0.0)


@dataclass(slots=True)
class _Heard:
    """An utterance on its way through the recogniser."""

    expected: Expectation
    hotword: bool
    began_at: int
    reject: float
    utterance: Utterance | None = None
    hypothesis: Hypothesis = _NOTHING
    failure: str = ""
    dropped: bool = False
    sound: list[Samples] = field(default_factory=list)


def _attempt(heard: _Heard, work: Callable[[], None]) -> None:
    """Runs in the background, and never raises: an ear that fails costs the words, not the call."""
    try:
        work()
    except SpeechError as error:
        heard.failure = str(error)
    except Exception as error:  # a recogniser of somebody else's may break its promise
        heard.failure = f"the recogniser has failed ({type(error).__name__}: {error})"


class Ear:
    """``own_words(since, until)``: what the hotline said between two positions in samples. ``warn``: told once."""

    def __init__(
        self,
        rate: int,
        recogniser: Recogniser | None,
        background: Background,
        post: Callable[[Event], None],
        own_words: Callable[[int, int], str],
        warn: Callable[[str], None] = lambda _: None,
        *,
        half_duplex: bool = False,
    ) -> None:
        self._rate = rate
        self._recogniser = recogniser
        self._background = background
        self._post = post
        self._own_words = own_words
        self._warn = warn
        self._warned = False
        self._half_duplex = half_duplex
        self._endpointer = Endpointer(rate, end_of_speech_ms=700)
        self._kept: deque[tuple[int, Samples]] = deque()  # (position, block)
        self._position = 0
        self._offer: Listen | None = None
        self._hearing: _Heard | None = None
        self._held: list[Samples] = []  # of the utterance, but a pause so far
        self._awaited: list[_Heard] = []  # finished, and not yet understood
        self._undone: deque[int] = deque()  # positions at which the recogniser was given what it has not done yet
        self._recording = False
        self._speaks_into_message = False
        self._echo_until = 0

    @property
    def busy(self) -> bool:
        """Whether somebody speaks, or what they said is not understood yet."""
        return self._hearing is not None or self._speaks_into_message or bool(self._awaited)

    @property
    def speech_since(self) -> int | None:
        """Where the utterance began that goes on, or is not understood yet."""
        heard = [one.began_at for one in (*self._awaited, self._hearing) if one is not None]
        return min(heard, default=None)

    def listen(self, offer: Listen | None) -> None:
        """What may be said from now on; None: nobody listens."""
        if offer is None or (self._offer is not None and offer.node != self._offer.node):
            self.drop()
        self._offer = offer
        if offer is not None:
            self._endpointer.end_of_speech_ms = offer.end_of_speech_ms

    def record(self, *, recording: bool) -> None:
        """A message begins, or ends. Whoever speaks already is in the middle of it."""
        self._recording = recording
        if recording and self._hearing is not None and not self._hearing.hotword:
            self._hearing.dropped, self._hearing = True, None
            self._speaks_into_message = True
        else:
            self.drop()

    def drop(self) -> None:
        """What is being said does not count: keys beat speech."""
        for heard in (*self._awaited, self._hearing):
            if heard is not None:
                heard.dropped = True
        self._awaited.clear()
        self._hearing = None
        self._speaks_into_message = False
        self._endpointer.reset()

    def hear(self, block: Samples, *, sounding: bool) -> None:
        """The next block. ``sounding``: the hotline is not silent."""
        self._kept.append((self._position, block))
        self._position += len(block)
        while self._kept[0][0] < self._position - _KEPT_MS * self._rate // 1_000:
            self._kept.popleft()
        shielded = self._shielded(sounding=sounding)
        if self._late:
            self._wait_no_longer()
        if self._hearing is not None:
            self._held.append(block)
        for boundary in self._endpointer.feed(block):
            if isinstance(boundary, SpeechBegan):
                self._begin(boundary.at, hotword=shielded)
            else:
                self._end()
        self._feed_held()

    @property
    def _late(self) -> bool:
        return bool(self._undone) and self._position - self._undone[0] > _LATE_MS * self._rate // 1_000

    def _wait_no_longer(self) -> None:
        self._warn_once("the recogniser does not answer in time: until it does words are not understood, keys are")
        heard = [one for one in (*self._awaited, self._hearing) if one is not None]
        if heard:
            self.drop()
        if any(not one.hotword for one in heard):
            self._post(UtteranceHeard("", 0.0))

    def _warn_once(self, failure: str) -> None:
        if not self._warned:
            self._warned = True
            self._warn(failure)

    def _feed_held(self) -> None:
        """Gives on what was heard, but not the rest of a pause: if it is the end, nobody needs to decode it."""
        if self._hearing is None:
            self._held.clear()
        elif self._position - self._endpointer.quiet_since <= TAIL_MS * self._rate // 1_000:
            for block in self._held:
                self._feed(self._hearing, block)
            self._held.clear()

    def _shielded(self, *, sounding: bool) -> bool:
        """Whether what is heard now may be the hotline itself."""
        if not self._half_duplex:
            return False
        if sounding:
            self._echo_until = self._position + ECHO_MS * self._rate // 1_000
        elif self._echo_until and self._position >= self._echo_until:
            self._echo_until = 0
            self._endpointer.reset()  # whoever speaks now begins to, even if the endpointer took the echo for speech
            if self._hearing is not None:
                self._hearing.dropped, self._hearing = True, None
        return bool(self._echo_until)

    def _begin(self, at: int, *, hotword: bool) -> None:
        if self._recording:
            if hotword:
                return  # the tone
            self._speaks_into_message = True
            self._post(SpeechStarted())
        elif self._offer is not None and self._recogniser is not None and not self._late:
            self._hearing = _Heard(expectation(self._offer), hotword, at, max(REJECT, self._offer.reject))
            if not hotword:
                self._post(SpeechStarted())
            self._open(self._hearing, self._recogniser)

    def _open(self, heard: _Heard, recogniser: Recogniser) -> None:
        since = heard.began_at - PRE_ROLL_MS * self._rate // 1_000
        blocks = [block for position, block in self._kept if position + len(block) > since]

        def begin() -> None:
            heard.utterance = recogniser.listen(heard.expected)
            for block in blocks:
                heard.sound.append(block)
                heard.utterance.feed(block)

        self._submit(heard, begin)

    def _submit(self, heard: _Heard, work: Callable[[], None], then: Callable[[], None] = lambda: None) -> None:
        def done(_: None) -> None:
            self._undone.popleft()  # the background keeps the order
            then()

        self._undone.append(self._position)
        self._background.submit(lambda: _attempt(heard, work), done)

    def _feed(self, heard: _Heard, block: Samples) -> None:
        def feed() -> None:
            if heard.utterance is not None and not heard.dropped and not heard.failure:
                heard.sound.append(block)
                heard.utterance.feed(block)

        self._submit(heard, feed)

    def _end(self) -> None:
        if self._speaks_into_message:
            self._speaks_into_message = False
            self._post(UtteranceHeard("", 0.0))
        heard, self._hearing = self._hearing, None
        if heard is None:
            return
        self._awaited.append(heard)

        def finish() -> None:
            if heard.utterance is not None and not heard.dropped and not heard.failure:
                hypothesis = heard.utterance.finish()
                if not (hypothesis.text and is_steady(np.concatenate(heard.sound), self._rate)):
                    heard.hypothesis = hypothesis

        self._submit(heard, finish, lambda: self._understood(heard))

    def _understood(self, heard: _Heard) -> None:
        if heard.dropped:
            return
        hypothesis = heard.hypothesis
        self._awaited.remove(heard)
        if heard.failure:
            self._warn_once(heard.failure)
        if heard.hotword:
            echo_from = heard.began_at - self._rate  # a second before, as the words of a prompt are an estimate
            on_offer = hypothesis.text in heard.expected.phrases and hypothesis.confidence >= heard.reject
            if not on_offer or is_own_prompt(hypothesis.text, self._own_words(echo_from, self._position)):
                return
            self._post(SpeechStarted())
        self._post(UtteranceHeard(hypothesis.text, hypothesis.confidence, hypothesis.alternatives))
