"""A call in virtual time: no thread, no clock, no sleep; a five-minute call takes a millisecond.

Two things move time: the heap of what is bound to happen (a prompt ends, a lookup answers, an agent picks up) and the
session's deadline. What happens at the very millisecond of a deadline comes before it, as in the session: the caller
is given the benefit. Prompts last as long as the session says they take to speak; ``sound_call`` is the call on which
they are really spoken.

The caller's side is a handful of verbs (``press``, ``say``, ``wait``, ``hang_up``), so that call scripts, pipes, the
explorer and crowds of callers all drive the same thing. Verbs on a call that is over do nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from ivr.accounts.repository import Accounts
from ivr.agent_desk import AgentDesk, Desk
from ivr.errors import SessionError
from ivr.lookups import Lookups
from ivr.session.actions import (
    Action,
    CancelTransfer,
    Disposition,
    HangUp,
    Listen,
    LookUp,
    PlayPrompt,
    StopListening,
    StopPrompt,
    TransferCall,
)
from ivr.session.events import (
    AgentAnswered,
    CallAnswered,
    CallerHungUp,
    Event,
    KeyPressed,
    PromptFinished,
    SpeechStarted,
    TransferEnded,
    UtteranceHeard,
)

if TYPE_CHECKING:
    from ivr.session.call_session import CallSession

DEFAULT_LOCAL_TIME = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - a call's wall clock is naive; a Monday with agents on duty
SPEECH_MS_PER_CHARACTER = 250
Watch = Callable[[int, Event | Action], None]


@dataclass(slots=True)
class Heard:
    """A prompt that the caller heard: when it began, and how much of its wording was out when it ended."""

    at: int
    prompt: PlayPrompt
    heard_ms: int = 0
    ended_at: int | None = None  # None: it still plays

    @property
    def whole(self) -> bool:
        return self.heard_ms >= self.prompt.speaking_ms


class VirtualCall:
    """One call from ``answer()`` to its end. ``now`` is in milliseconds since the call was answered.

    ``watch(at, thing)`` sees every event just before the session and every action just after it.
    """

    __slots__ = (
        "_caller_number",
        "_cancelled",
        "_desk",
        "_due",
        "_local_time",
        "_lookups",
        "_number",
        "_session",
        "_talking",
        "_transfers_open",
        "_watch",
        "disposition",
        "heard",
        "listening",
        "now",
        "playing",
    )

    def __init__(
        self,
        session: CallSession,
        accounts: Accounts,
        desk: Desk | None = None,
        *,
        local_time: datetime = DEFAULT_LOCAL_TIME,
        caller_number: str = "",
        watch: Watch | None = None,
    ) -> None:
        self._session = session
        self._desk: Desk = desk or AgentDesk()
        self._lookups = Lookups(accounts, self._desk, local_time)
        self._local_time = local_time
        self._caller_number = caller_number
        self._watch = watch
        self._due: list[tuple[int, int, Event | None]] = []  # None: a moment that only a subclass minds
        self._number = 0
        self._transfers_open: set[int] = set()
        self._talking = False
        self.now = 0
        self.heard: list[Heard] = []
        self.playing: Heard | None = None
        self.listening: Listen | None = None
        self.disposition: Disposition | None = None

    @property
    def over(self) -> bool:
        return self.disposition is not None

    @property
    def quiet(self) -> bool:
        """Nothing plays, and the hotline waits for the caller."""
        return self.playing is None and not self._talking and self._session.status().listening

    @property
    def transferring(self) -> bool:
        """In a queue or talking to an agent."""
        return bool(self._transfers_open)

    def answer(self) -> None:
        """The hotline picks up: the first thing to do with a call."""
        self.post(CallAnswered(self._caller_number, self._local_time))

    def press(self, keys: str, pace_ms: int = 250) -> None:
        """Press each key in turn, the first one now; time moves on by ``pace_ms`` between two keys."""
        for number, key in enumerate(keys):
            if number:
                self.wait(pace_ms)
            if self.over:
                return
            self.post(KeyPressed(key))

    def say(
        self,
        text: str,
        confidence: float = 1.0,
        *,
        alternatives: tuple[tuple[str, float], ...] = (),
        lasts_ms: int = -1,
        recorded: Path | None = None,  # noqa: ARG002 - the sound of these words, for a line that has any
    ) -> None:
        """Say something, from now on; it is understood once it was spoken and the end of speech was noticed."""
        if lasts_ms < 0:
            lasts_ms = len(text) * SPEECH_MS_PER_CHARACTER
        self.post(SpeechStarted())
        self.wait(lasts_ms + (self.listening.end_of_speech_ms if self.listening else 0))
        self.post(UtteranceHeard(text, confidence, alternatives))

    def wait(self, ms: int) -> None:
        """Stay silent. What is due at the last millisecond has happened then, but for a deadline: see above."""
        until = self.now + ms
        due = self._due
        while not self.over:
            deadline = self._session.deadline
            if not (due and due[0][0] <= until) and (deadline is None or deadline >= until):
                break
            self.step()
        if not self.over:
            self.now = until

    def hang_up(self) -> None:
        self.post(CallerHungUp())

    def close(self) -> None:
        """Whatever the line holds is let go of. Called once."""

    def run_until_quiet(self, *, longest_ms: int | None = None, through_transfers: bool = False) -> bool:
        """Listen until the hotline waits for the caller or the call is over; False when ``longest_ms`` passed first.

        ``through_transfers``: stay in queues and talk to agents too, although the caller could choose something else.
        """
        until = None if longest_ms is None else self.now + longest_ms
        while not (self.over or (self.quiet and not (through_transfers and self._transfers_open))):
            moment = self._next_moment()
            if moment is None:
                raise SessionError(f"the call is stuck in {self._session.node!r} at {self.now} ms")
            if until is not None and moment > until:
                self.now = until
                return False
            self.step()
        return True

    def run_to_the_end(self) -> None:
        """Stay on the line in silence until the hotline ends the call."""
        while not self.over:
            if self._next_moment() is None:
                raise SessionError(f"the call is stuck in {self._session.node!r} at {self.now} ms")
            self.step()

    def post(self, event: Event) -> None:
        """Let an event happen now, after all that is due by now."""
        self.wait(0)
        if not self.over:
            self._handle(event)

    def step(self) -> bool:
        """Go to the next moment at which anything happens, and let one thing happen; False when nothing will."""
        due, deadline = self._due, self._session.deadline
        if deadline is not None and (not due or deadline < due[0][0]):
            self.now = max(self.now, deadline)
            self._perform(self._session.advance(self.now))
            return True
        if not due:
            return False
        self.now, _, event = heappop(due)
        if self._comes_true(event):
            self._handle(event)
        return True

    def _next_moment(self) -> int | None:
        deadline = self._session.deadline
        if self._due and (deadline is None or self._due[0][0] <= deadline):
            return self._due[0][0]
        return deadline

    def _comes_true(self, event: Event | None) -> TypeGuard[Event]:
        """Whether what was foreseen still takes place; a stopped prompt, for one, never finishes."""
        if isinstance(event, PromptFinished):
            playing = self.playing
            if playing is None or playing.prompt.play_id != event.play_id:
                return False
            self._end_prompt(playing)
        elif isinstance(event, AgentAnswered):
            self._talking = event.request_id in self._transfers_open
            return self._talking
        elif isinstance(event, TransferEnded):
            if event.request_id not in self._transfers_open:
                return False
            self._transfers_open.discard(event.request_id)
            self._talking = False
        return event is not None

    def _end_prompt(self, heard: Heard) -> None:
        heard.ended_at = self.now
        heard.heard_ms = min(max(self.now - heard.at - heard.prompt.delay_ms, 0), heard.prompt.speaking_ms)
        self.playing = None

    def _handle(self, event: Event) -> None:
        if self._watch is not None:
            self._watch(self.now, event)
        self._perform(self._session.handle(event, self.now))

    def _perform(self, actions: list[Action]) -> None:
        for action in actions:
            if self._watch is not None:
                self._watch(self.now, action)
            if isinstance(action, PlayPrompt):
                if self.playing is not None:
                    self._end_prompt(self.playing)
                self.playing = Heard(self.now, action)
                self.heard.append(self.playing)
                self._speak(action)
            elif isinstance(action, Listen):
                self.listening = action
            elif isinstance(action, StopListening):
                self.listening = None
            elif isinstance(action, StopPrompt):
                if self.playing is not None:
                    self._end_prompt(self.playing)
            elif isinstance(action, LookUp):
                delay_ms, failure = self._lookups.plan(action, self.now)
                self._foresee(delay_ms, failure or self._lookups.answer(action, self.now))
            elif isinstance(action, TransferCall):
                self._transfers_open.add(action.request_id)
                for delay_ms, event in self._desk.transfer(action.request_id):
                    self._foresee(delay_ms, event)
            elif isinstance(action, CancelTransfer):
                self._transfers_open.discard(action.request_id)
            elif isinstance(action, HangUp):
                self.disposition = action.disposition

    def _speak(self, prompt: PlayPrompt) -> None:
        self._foresee(prompt.delay_ms + prompt.speaking_ms, PromptFinished(prompt.play_id))

    def _foresee(self, delay_ms: int, event: Event | None) -> None:
        self._number += 1
        heappush(self._due, (self.now + delay_ms, self._number, event))
