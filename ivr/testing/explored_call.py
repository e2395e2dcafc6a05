"""One call of an exploration: a session, the caller's next moves, and a world that does what it is told.

Theory of operation. Time is virtual and the world has no will of its own: a lookup is answered, an agent picks up, when
an act says so. A *step* is one input of the caller or the world, followed by all prompts that it sets off; after it the
call is over, or waits for a caller, an answer or an agent. The acts are few, so that every step can be written down
as steps of a call script (``counter_example``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ivr.session.actions import (
    Action,
    CancelTransfer,
    Disposition,
    HangUp,
    LookUp,
    PlayPrompt,
    StopPrompt,
    TransferCall,
)
from ivr.session.call_log import LogEntry
from ivr.session.call_session import CallSession
from ivr.session.events import (
    AgentAnswered,
    CallAnswered,
    CallerHungUp,
    Event,
    Facts,
    KeyPressed,
    LookupAnswered,
    LookupFailed,
    PromptFinished,
    SpeechStarted,
    TransferEnded,
    UtteranceHeard,
)
from ivr.session.exchange import Exchange
from ivr.testing.fork import fork

MOST_PROMPTS = 400  # in one step; a document that says more without asking anything never ends
PACE_MS = 250
SPEECH_MS_PER_CHARACTER = 250
RING_MS, TALK_MS, BUSY_MS, UNANSWERED_MS = 2_000, 60_000, 1_000, 120_000


@dataclass(frozen=True, slots=True)
class Press:
    keys: str
    pace_ms: int = PACE_MS


@dataclass(frozen=True, slots=True)
class Speak:
    text: str  # "" for speech that the recogniser rejects
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Mumble:
    """Speech begins and never ends in words."""


@dataclass(frozen=True, slots=True)
class StaySilent:
    """Until the hotline's patience with the caller is over; or exactly ``ms``."""

    ms: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    query: str
    name: str  # the class of the answer
    facts: Facts | None  # None: the lookup fails
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class AgentDoes:
    what: Literal["talked", "busy", "no-answer"]


@dataclass(frozen=True, slots=True)
class HangsUp:
    pass


Act = Press | Speak | Mumble | StaySilent | Answer | AgentDoes | HangsUp


class Endless(Exception):  # noqa: N818 - a finding, not a fault of this program
    """Prompts follow each other without an end."""


Monitor = Callable[["ExploredCall", LogEntry], None]


class ExploredCall:
    """A call that can be forked. ``notes`` are the log entries of the current step."""

    __slots__ = ("at", "heard", "lookup", "monitor", "notes", "over", "play", "play_ends_at", "session", "transfer")

    def __init__(self, exchange: Exchange, monitor: Monitor | None = None) -> None:
        self.monitor = monitor
        self.notes: list[LogEntry] = []
        self.session: CallSession = exchange.new_call(self._note)
        self.at = 0
        self.play: PlayPrompt | None = None
        self.play_ends_at = 0
        self.lookup: LookUp | None = None
        self.transfer: TransferCall | None = None
        self.over: Disposition | None = None
        self.heard: list[tuple[int, PlayPrompt]] = []  # prompts that began in this step, and when

    def fork(self) -> ExploredCall:
        """A call in the same state, at the beginning of a new step."""
        twin = object.__new__(ExploredCall)
        twin.monitor = self.monitor
        twin.notes = []
        twin.session = fork(self.session, twin._note)
        twin.at = self.at
        twin.play, twin.play_ends_at = self.play, self.play_ends_at
        twin.lookup, twin.transfer, twin.over = self.lookup, self.transfer, self.over
        twin.heard = []
        return twin

    def _note(self, entry: LogEntry) -> None:
        self.notes.append(entry)
        if self.monitor is not None:
            self.monitor(self, entry)

    # -- what happens ----------------------------------------------------------------------------------------------

    def answered(self, caller_number: str, local_time: datetime) -> None:
        self.post(CallAnswered(caller_number, local_time))

    def act(self, act: Act) -> None:
        match act:
            case Press():
                for number, key in enumerate(act.keys):
                    if number:
                        self.wait(act.pace_ms)
                    self.post(KeyPressed(key))
            case StaySilent():
                self._stay_silent(act.ms)
            case Speak():
                self.post(SpeechStarted())
                self.wait(len(act.text) * SPEECH_MS_PER_CHARACTER + self.session.timing.end_of_speech)
                self.post(UtteranceHeard(act.text, act.confidence))
            case Mumble():
                self.post(SpeechStarted())
                self._stay_silent(None)
            case Answer():
                self._answer(act)
            case AgentDoes():
                self._agent_does(act.what)
            case HangsUp():
                self.post(CallerHungUp())

    def hear(self, until: Callable[[ExploredCall], bool] | None = None) -> None:
        """Listen to all that is said, or until ``until`` (asked as each prompt begins) says that this is enough."""
        while self.play is not None and self.over is None:
            if until is not None and until(self):
                return
            if len(self.heard) > MOST_PROMPTS:
                raise Endless
            self._next(self.play_ends_at)

    def post(self, event: Event) -> None:
        if self.over is None:
            self._perform(self.session.handle(event, self.at))

    def wait(self, ms: int) -> None:
        until = self.at + ms
        while self.over is None:
            deadline = self.session.deadline
            prompt_ends = self.play is not None and self.play_ends_at <= until
            if not prompt_ends and (deadline is None or deadline >= until):
                break
            self._next(until)
        self.at = max(self.at, until)

    @property
    def stuck(self) -> bool:
        """Nothing plays, nothing is waited for, and no time will ever pass."""
        return self.over is None and self.play is None and self.session.deadline is None

    def _next(self, until: int) -> None:
        """The next thing that happens by itself, not after ``until``."""
        deadline = self.session.deadline
        if self.play is not None and (deadline is None or self.play_ends_at <= deadline):
            self.at = max(self.at, self.play_ends_at)
            finished, self.play = PromptFinished(self.play.play_id), None
            self._perform(self.session.handle(finished, self.at))
        elif deadline is not None:
            self.at = min(max(self.at, deadline), max(self.at, until))
            self._perform(self.session.advance(self.at))

    def _stay_silent(self, ms: int | None) -> None:
        if ms is not None:
            self.wait(ms)
            return
        # Fillers and comfort are not answers of the hotline to the caller's silence: they are waited through.
        node, failures = self.session.node, sum(self.session.failures.values())
        for _ in range(MOST_PROMPTS):
            self.hear(lambda call: call.session.node != node)
            moved = self.session.node != node or sum(self.session.failures.values()) != failures
            if moved or self.over is not None or self.session.deadline is None:
                return
            self._next(self.session.deadline)
        raise Endless

    def _answer(self, act: Answer) -> None:
        lookup = self.lookup
        if lookup is None:
            return
        self.wait(act.after_ms)
        if self.lookup is lookup:
            self.lookup = None
            request = lookup.request_id
            self.post(
                LookupFailed(request, "backend-down") if act.facts is None else LookupAnswered(request, act.facts)
            )

    def _agent_does(self, what: Literal["talked", "busy", "no-answer"]) -> None:
        transfer = self.transfer
        if transfer is None:
            return
        self.wait({"talked": RING_MS, "busy": BUSY_MS, "no-answer": UNANSWERED_MS}[what])
        if what == "talked" and self.transfer is transfer:
            self.post(AgentAnswered(transfer.request_id))
            self.wait(TALK_MS)
        if self.transfer is transfer:
            self.transfer = None
            self.post(TransferEnded(transfer.request_id, what))

    def _perform(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case PlayPrompt():
                    self.play = action
                    self.play_ends_at = self.at + action.delay_ms + action.speaking_ms
                    self.heard.append((self.at, action))
                case StopPrompt():
                    self.play = None
                case LookUp():
                    self.lookup = action
                case TransferCall():
                    self.transfer = action
                case CancelTransfer():
                    self.transfer = None
                case HangUp():
                    self.over = action.disposition
                    self.play = None
                case _:
                    pass
        if self.lookup is not None and self.session.visit.plan.node.kind != "lookup":
            self.lookup = None  # nobody waits for this answer any more
