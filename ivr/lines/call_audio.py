"""The sound of one call on the hotline's side: 20 ms of the caller in, 20 ms of the hotline out.

Theory of operation. Every line with sound (a recording, a microphone, later a browser and a telephone) drives one of
these with ``exchange``, one block after the other. Time is counted in samples: there is no clock here, so the same
blocks with the same actions in between give the same events and the same sound.

In each block, in this order:

* what was done in the background since the last one is collected, and the actions that came are carried out;
* the block is listened to: keys first (a heard key is a pressed key, and drops what was being said), then speech;
  at the first sign of a key the prompt is ducked, so that its echo cannot hide the key;
* actions that the events of this block led to at once are carried out, so a key stops a prompt in the same block;
* the next block is spoken; the prompt that ended with it has finished.

Who waits for the first words hears the line ring. After the call its line gives the busy tone, as a telephone exchange
does when the other side has hung up; that is no part of the call, and not recorded.

It carries out actions and reports events: the rules of the call are the session's. ``perform`` may be called from
another thread than ``exchange``; ``post`` is called in the thread of ``exchange``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ivr.audio.dtmf_detector import DtmfDetector
from ivr.audio.pcm import Samples, block_length
from ivr.audio.tones import hold_music, tone
from ivr.callflow.values import KEYS
from ivr.lines.background import Background, Inline
from ivr.lines.call_recording import CallRecording
from ivr.lines.ear import Ear
from ivr.lines.message_file import MessageFiles
from ivr.lines.mouth import Mouth, Voice
from ivr.session.actions import (
    Action,
    CancelTransfer,
    HangUp,
    Listen,
    PlayPrompt,
    StartRecording,
    StopListening,
    StopPrompt,
    StopRecording,
    TransferCall,
)
from ivr.session.events import Event, KeyPressed, PromptFinished
from ivr.speech.recogniser import Recogniser

RATE: Final = 16_000  # samples a second, where no recogniser wants another


@dataclass(frozen=True, slots=True)
class Parts:
    """What speaks and listens on a line; every part may be missing, and then the call goes on without it."""

    voice: Voice | None = None
    recogniser: Recogniser | None = None
    half_duplex: bool = False  # the caller hears the hotline by a loudspeaker that their microphone hears too
    speaking: Background = field(default_factory=Inline)
    decoding: Background = field(default_factory=Inline)
    announcement: str = ""  # spoken before the first prompt

    @property
    def rate(self) -> int:
        return RATE if self.recogniser is None else self.recogniser.rate


class CallAudio:
    """``warn`` is told what fails, once for each part; the call goes on without it."""

    def __init__(
        self,
        parts: Parts,
        post: Callable[[Event], None],
        *,
        recording: CallRecording | None = None,
        messages: MessageFiles | None = None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.rate = parts.rate
        self.block = block_length(self.rate)
        self.position = 0  # samples exchanged
        self._parts = parts
        self._post = post
        self._recording = recording
        self._messages = messages
        self._warn = warn
        self._waiting: deque[Action | Event] = deque()
        self._listening = False
        self._over = False
        self._keys = DtmfDetector(self.rate)
        self.mouth = Mouth(self.rate, parts.voice, parts.speaking, warn, parts.announcement)
        self.ear = Ear(
            self.rate,
            parts.recogniser,
            parts.decoding,
            self._report,
            self.mouth.words_between,
            warn,
            half_duplex=parts.half_duplex,
        )

    @property
    def recognises(self) -> bool:
        """Whether words can be heard at all."""
        return self._parts.recogniser is not None

    @property
    def idle(self) -> bool:
        """Nothing is being said, and nothing that was heard is still to be understood."""
        return self.mouth.silent and not self.ear.busy and not self._waiting

    @property
    def callers_turn(self) -> bool:
        """Whether the hotline is silent and waits for the caller."""
        return self._listening and self.idle

    def perform(self, action: Action) -> None:
        """From the next block on; callable from any thread."""
        if isinstance(action, PlayPrompt):
            self.mouth.render(action)  # at once: a block later the sound may be there
        self._waiting.append(action)

    def happened(self, event: Event) -> None:
        """The caller did this elsewhere than in the sound: at a keyboard, say. Callable from any thread."""
        self._waiting.append(event)

    def exchange(self, block: Samples) -> Samples:
        """``block`` and the result hold ``self.block`` samples."""
        self._parts.speaking.collect()
        self._parts.decoding.collect()
        self._carry_out()
        for key in self._keys.feed(block):
            if key.key in KEYS:  # a telephone has no keys A to D
                self.ear.drop()
                self._report(KeyPressed(key.key))
        self.mouth.duck(ducked=self._keys.suspects)
        self.ear.hear(block, sounding=not self.mouth.silent)
        if self._messages is not None:
            self._messages.add(block, speech=self.ear.busy)
        self._carry_out()
        spoken, ended = self.mouth.speak(len(block))
        self.position += len(block)
        if self.mouth.notice.failed:
            self._give_up_recording("the voice failed on the announcement of the recording")
        if self._recording is not None and not self._over:
            key_down = self._keys.suspects
            self._recording.add(block, spoken, key_down=key_down, speech_since=self.ear.speech_since)
        if ended is not None:
            self._report(PromptFinished(ended.play_id))
        return spoken

    def close(self) -> None:
        """The call is over. Called once, in the thread of ``exchange``."""
        if self._messages is not None:
            self._messages.end()
        if not self.mouth.notice.heard:
            self._give_up_recording("it ended before the announcement of the recording")
        if self._recording is not None:
            self._recording.close()
        self._parts.speaking.close()
        self._parts.decoding.close()

    def _give_up_recording(self, reason: str) -> None:
        """Nobody may be recorded who was not told."""
        if self._recording is not None:
            self._recording.discard()
            self._recording = None
            self._warn(f"this call is not recorded: {reason}")

    def _record(self) -> None:
        if not self.ear.busy:  # whoever does not wait for the tone is not interrupted by it
            self.mouth.beep()
        self.ear.record(recording=True)
        if self._messages is not None:
            self._messages.begin()

    def _report(self, event: Event) -> None:
        if self._recording is not None:
            self._recording.watch(event)
        self._post(event)

    def _carry_out(self) -> None:
        while self._waiting:
            self._do(self._waiting.popleft())

    def _do(self, action: Action | Event) -> None:
        if self._recording is not None:
            self._recording.watch(action)
        match action:
            case KeyPressed():
                self.ear.drop()
            case PlayPrompt():
                self.mouth.say(action)
            case StopPrompt():
                self.mouth.hush()
            case Listen() | StopListening():
                self._listening = isinstance(action, Listen)
                self.ear.listen(action if isinstance(action, Listen) else None)
                self.mouth.fill()
            case StartRecording():
                self._record()
            case StopRecording():
                self.ear.record(recording=False)
                if self._messages is not None:
                    self._messages.end()
            case TransferCall():
                self.mouth.fill(tone("ring-back", self.rate), hold_music(self.rate))
            case CancelTransfer():
                self.mouth.fill()
            case HangUp():
                self._over = True
                self.mouth.fill(*(() if action.by_caller else (tone("busy", self.rate),)))
