"""A call in virtual time whose line carries sound: faster than real time, and the same sound gives the same call.

Every 20 ms the caller's next block goes in and the hotline's comes out; between two blocks happens what is due then.
Prompts last as long as their sound. The verbs are those of a call without sound: keys are dialled as tones, words are
spoken by ``caller_voice``, and each verb returns when the hotline has had the time to hear it. So whatever drives a
virtual call, a script for one, drives this too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeGuard

from ivr.accounts.repository import Accounts
from ivr.agent_desk import Desk
from ivr.audio.dtmf_generator import dialled
from ivr.audio.pcm import BLOCK_MS, Samples
from ivr.audio.player import Player
from ivr.lines.call_audio import CallAudio, Parts
from ivr.lines.call_recording import CallRecording
from ivr.lines.caller_file import read_caller
from ivr.lines.message_file import MessageFiles
from ivr.session.actions import Action, PlayPrompt
from ivr.session.events import Event, PromptFinished
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME, Heard, VirtualCall, Watch

if TYPE_CHECKING:
    from ivr.session.call_session import CallSession

_TONE_MS: Final = 80
_PAUSE_MS: Final = 80
_HEARD_AFTER_MS: Final = 40  # the detector's look-back, and the block that it ends in

CallerVoice = Callable[[str], Samples]  # what a caller says -> its sound at the line's rate


class SoundCall(VirtualCall):
    """``caller`` plays the caller's side; what it plays is heard from the next block on.

    ``reaction_ms``: how long the caller takes to press or say anything once it is their turn.
    """

    __slots__ = ("_audio", "_caller_voice", "_reaction_ms", "_warn", "caller")

    def __init__(
        self,
        session: CallSession,
        accounts: Accounts,
        desk: Desk | None = None,
        *,
        parts: Parts,
        caller_voice: CallerVoice | None = None,
        recording: CallRecording | None = None,
        messages: MessageFiles | None = None,
        local_time: datetime = DEFAULT_LOCAL_TIME,
        caller_number: str = "",
        watch: Watch | None = None,
        warn: Callable[[str], None] = lambda _: None,
        reaction_ms: int = 0,
    ) -> None:
        super().__init__(session, accounts, desk, local_time=local_time, caller_number=caller_number, watch=watch)
        self._audio = CallAudio(parts, self._report, recording=recording, messages=messages, warn=warn)
        self._caller_voice = caller_voice
        self._reaction_ms = reaction_ms
        self._warn = warn
        self.caller = Player(self._audio.rate)

    @property
    def quiet(self) -> bool:
        return super().quiet and self._audio.callers_turn

    def answer(self) -> None:
        self._foresee(BLOCK_MS, None)
        super().answer()

    def press(self, keys: str, pace_ms: int = 250) -> None:
        self._react()
        for number, key in enumerate(keys):
            if number:
                self.wait(max(pace_ms, _TONE_MS + _PAUSE_MS) - _TONE_MS - _HEARD_AFTER_MS)
            self.caller.play(dialled(key, _TONE_MS, 0, rate=self._audio.rate))
            self.wait(_TONE_MS + _HEARD_AFTER_MS)

    def say(
        self,
        text: str,
        confidence: float = 1.0,
        *,
        alternatives: tuple[tuple[str, float], ...] = (),
        lasts_ms: int = -1,
        recorded: Path | None = None,
    ) -> None:
        """Confidence and alternatives are the recogniser's to tell, and the voice knows how long it takes.

        Words that cannot be spoken or recognised are events, as on a line without sound.
        Raises AudioError and SpeechError.
        """
        self._react()
        if self._audio.recognises and recorded is not None:
            self.play(read_caller(recorded, self._audio.rate, channel="left", note=self._warn))
        elif self._audio.recognises and self._caller_voice is not None and text:
            self.play(self._caller_voice(text))
        else:
            super().say(text, confidence, alternatives=alternatives, lasts_ms=lasts_ms)

    def play(self, samples: Samples) -> None:
        """The caller's side sounds like this from now on; returns when it is over and was understood."""
        self.caller.play(samples)
        self.wait(BLOCK_MS)
        while not self.over and (self.caller.playing or self._audio.ear.busy):
            self.step()

    def close(self) -> None:
        """Let go of the line, and of the recording's files. Called once."""
        self._audio.close()

    def step(self) -> bool:
        return not self._stuck and super().step()

    def _react(self) -> None:
        """Nobody answers at the very moment at which a prompt ends."""
        if self.quiet:
            self.wait(self._reaction_ms)

    @property
    def _stuck(self) -> bool:
        """Nothing but silence is to come, and nobody waits for its end."""
        return self._session.deadline is None and len(self._due) == 1 and self._audio.idle and not self.caller.playing

    def _next_moment(self) -> int | None:
        return None if self._stuck else super()._next_moment()

    def _comes_true(self, event: Event | None) -> TypeGuard[Event]:
        if event is None:
            self._foresee(BLOCK_MS, None)
            self._audio.exchange(self.caller.read(self._audio.block))
            return False
        return super()._comes_true(event)

    def _report(self, event: Event) -> None:
        """What the line heard, or has said."""
        if isinstance(event, PromptFinished):
            super()._comes_true(event)
        self.post(event)

    def _speak(self, prompt: PlayPrompt) -> None:
        """Its sound says when it ends."""

    def _end_prompt(self, heard: Heard) -> None:
        super()._end_prompt(heard)
        share = self._audio.mouth.share_of(heard.prompt.play_id)
        heard.heard_ms = round(share * heard.prompt.speaking_ms)

    def _perform(self, actions: list[Action]) -> None:
        super()._perform(actions)
        for action in actions:
            self._audio.perform(action)
