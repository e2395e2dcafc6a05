"""The phone of one virtual caller: a lean loop around the real core, in virtual time.

Theory of operation. Five things can happen next: what plays ends, somebody answers (backend, agent), the caller acts,
the caller has had enough, or the session's deadline comes. The loop takes the earliest; at the same millisecond what
happens comes before the deadline, as in ``virtual_call``. No log is written and no record kept: the session tells its
notes to the caller's ``Journey``. A call is a *defect* when the core raises, when nothing can happen any more, when it
notes an ``error`` with a reason, or when it takes longer than any call can.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.agent_desk import AgentDesk, Desk
from ivr.lookups import Lookups
from ivr.session.actions import (
    Action,
    CancelTransfer,
    HangUp,
    Listen,
    LookUp,
    PlayPrompt,
    StopListening,
    StopPrompt,
    TransferCall,
)
from ivr.session.call_session import CallSession
from ivr.session.events import (
    AgentAnswered,
    CallAnswered,
    CallerHungUp,
    Event,
    KeyPressed,
    PromptFinished,
    TransferEnded,
)
from ivr.session.exchange import Exchange
from ivr.testing.crowd_caller import Acts, Caller

MOST_STEPS = 20_000
_NEVER = 1 << 60


@dataclass(slots=True)
class Journey:
    """What became of one caller. Moments in ms since the call was answered."""

    outcome: str = ""  # served, agent, abandoned, turned-away, defect
    nodes: list[str] = field(default_factory=list)
    served_at: int | None = None
    ended_at: int = 0
    failures: int = 0  # no-inputs and no-matches
    defect: str = ""  # what is wrong, in a line
    acts: Acts = field(default_factory=list)  # all that the caller did
    typed: bool = False  # came by a field


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a call begins with."""

    local_time: datetime
    number: str = "13800000000"
    desk: Desk = field(default_factory=AgentDesk)


class _WatchedSession(CallSession):
    """Tells what it notes at once, instead of logging it."""

    __slots__ = ("phone",)
    phone: CrowdCall

    def note(self, event: str, **data: Any) -> None:
        noted = _NOTED.get(event)
        if noted is not None:
            noted(self.phone, data)


class CrowdCall:
    __slots__ = (
        "_caller", "_desk", "_due", "_hangs_up_at", "_lookups", "_node", "_open", "_passes", "_planned",
        "_play_ends_at", "_playing", "_queue_until", "_session", "_talking", "_where", "journey", "now",
    )  # fmt: skip

    def __init__(self, exchange: Exchange, caller: Caller, where: Circumstances) -> None:
        self._session = _WatchedSession(exchange)
        self._session.phone = self
        self._caller = caller
        self._where = where
        self._desk = where.desk
        self._lookups = Lookups(MemoryAccounts([caller.person]), where.desk, where.local_time)
        self._due: list[tuple[int, Event]] = []
        self._planned: Acts = []
        self._playing: PlayPrompt | None = None
        self._play_ends_at = self._queue_until = _NEVER
        self._hangs_up_at = caller.about(caller.persona.patience_ms)
        self._open: set[int] = set()  # transfers
        self._talking = self._passes = False
        self._node = ""
        self.now = 0
        self.journey = Journey()

    def run(self) -> Journey:
        """The whole call, once. Never raises for what the hotline does."""
        journey = self.journey
        try:
            self._live()
        except Exception as error:
            journey.defect = journey.defect or f"{type(error).__name__}: {error}"
        journey.ended_at = self.now
        if journey.defect:
            journey.outcome = "defect"
        elif journey.served_at is not None:
            journey.outcome = "served"
        elif self._session.talked_to_agent:
            journey.outcome = "agent"
        elif not journey.outcome:
            journey.outcome = "turned-away"
        # What refers to each other in a circle would wait for a garbage collection, which costs a tenth of a call.
        del self._session.phone, self._session.visit
        return journey

    def _live(self) -> None:
        session = self._session
        self._happens(CallAnswered(self._where.number, self._where.local_time))
        for _ in range(MOST_STEPS):
            if session.over:
                return
            planned, due = self._planned, self._due
            at = self._play_ends_at
            what = 0
            if due and due[0][0] < at:
                at, what = due[0][0], 1
            if planned and planned[0][0] < at:
                at, what = planned[0][0], 2
            if not self._talking:
                leaves_at = min(self._hangs_up_at, self._queue_until) if self.journey.served_at is None else _NEVER
                if leaves_at < at:
                    at, what = leaves_at, 3
            deadline = session.deadline
            if deadline is not None and deadline < at:
                self.now = deadline
                self._perform(session.advance(deadline))
                continue
            if at >= _NEVER or (what == 3 and deadline is None):
                self.journey.defect = f"stuck in {session.node} at {self.now} ms"
                return
            self.now = max(at, self.now)
            if what == 0:
                self._prompt_ends()
            elif what == 1:
                self._comes_true(due.pop(0)[1])
            elif what == 2:
                self._acts(planned.pop(0)[1])
                if planned:
                    self._type_on()
            else:
                self._acts(_HANGS_UP)
        self.journey.defect = f"endless: {MOST_STEPS} steps, last in {session.node}"

    def _type_on(self) -> None:
        """The next keys of a number, for as long as nothing answers them and nothing else comes before them."""
        session, planned, due, acts = self._session, self._planned, self._due, self.journey.acts
        until = min(self._play_ends_at, due[0][0] if due else _NEVER, self._hangs_up_at, self._queue_until)
        while planned and planned[0][0] < until:
            at, event = planned[0]
            deadline = session.deadline
            if type(event) is not KeyPressed or (deadline is not None and deadline < at):
                return
            del planned[0]
            self.now = at
            acts.append((at, event))
            actions = session.handle(event, at)
            if actions or not planned or session.position.state != self._node:
                self._perform(actions)
                return

    def _prompt_ends(self) -> None:
        playing, self._playing, self._play_ends_at = self._playing, None, _NEVER
        if playing is not None:
            self._happens(PromptFinished(playing.play_id))

    def _acts(self, event: Event) -> None:
        journey = self.journey
        journey.acts.append((self.now, event))
        if type(event) is CallerHungUp and journey.served_at is None:
            journey.outcome = "abandoned"
        self._happens(event)

    def _comes_true(self, event: Event) -> None:
        if isinstance(event, AgentAnswered | TransferEnded):
            if event.request_id not in self._open:
                return
            self._talking = isinstance(event, AgentAnswered)
            if not self._talking:
                self._open.discard(event.request_id)
        self._happens(event)
        if self._talking and self._caller.goal in self._session.visited and self.journey.served_at is None:
            self.served()

    def _happens(self, event: Event) -> None:
        self._perform(self._session.handle(event, self.now))

    def _perform(self, actions: list[Action]) -> None:
        for action in actions:
            kind = type(action)
            if kind is Listen or kind is StopListening:
                continue  # a caller hears what they may do
            if kind is PlayPrompt:
                self._playing = action  # type: ignore[assignment]  # mypy does not narrow by ``type()`` kept in a name
                self._play_ends_at = self.now + action.delay_ms + action.speaking_ms  # type: ignore[union-attr]  # as above
                self._passes = False
            elif kind is StopPrompt:
                self._playing, self._play_ends_at = None, _NEVER
            elif isinstance(action, LookUp):
                delay_ms, failure = self._lookups.plan(action, self.now)
                self._foresee(delay_ms, failure or self._lookups.answer(action, self.now))
            elif isinstance(action, TransferCall):
                self._open.add(action.request_id)
                self._queue_until = self.now + self._caller.about(self._caller.persona.queue_patience_ms)
                for delay_ms, event in self._desk.transfer(action.request_id):
                    self._foresee(delay_ms, event)
            elif isinstance(action, CancelTransfer):
                self._open.discard(action.request_id)
            elif isinstance(action, HangUp):
                return
        if not self._open:
            self._queue_until = _NEVER
        self._consider()

    def _foresee(self, delay_ms: int, event: Event) -> None:
        self._due.append((self.now + delay_ms, event))
        self._due.sort(key=_moment)

    def _consider(self) -> None:
        """Lets the caller make up their mind, whenever the hotline takes input and they have no plan yet."""
        session = self._session
        if session.over or self._talking:
            return
        node = session.position.state
        if node != self._node:
            self._node, self._passes = node, False
            self._planned.clear()
        if self._planned or self._passes or self._due or session.closing is not None:
            return
        if not session.visit.takes_keys or session.visit.plan.node.kind == "say":
            return
        acts = self._caller.turn(session, self._playing)
        if acts is not None:
            self._planned[:] = acts
            self._passes = not acts

    # -- what the session tells ------------------------------------------------------------------------------------

    def served(self) -> None:
        self.journey.served_at = self._session.at
        self._caller.served = True

    def entered(self, data: dict[str, Any]) -> None:
        node = data["node"]
        self.journey.nodes.append(node)
        kind = self._session.visit.plan.node.kind
        if kind == "field":
            self.journey.typed = True
        if node == self._caller.goal and self.journey.served_at is None and kind != "transfer":
            self.served()

    def failed(self, _data: dict[str, Any]) -> None:
        self.journey.failures += 1
        self._planned.clear()  # "please try again": whatever they were about to do, they think again
        caller = self._caller
        if caller.rng.random() < caller.persona.quits_after_failure:
            self._hangs_up_at = min(self._hangs_up_at, self._session.at + 1_500)

    def erred(self, data: dict[str, Any]) -> None:
        if "reason" in data and not self.journey.defect:
            where = data.get("node") or data.get("prompt")
            self.journey.defect = f"error in {where}: {data['reason']}"


_HANGS_UP = CallerHungUp()
_NOTED = {
    "node-entered": CrowdCall.entered,
    "no-input": CrowdCall.failed,
    "no-match": CrowdCall.failed,
    "error": CrowdCall.erred,
}


def _moment(due: tuple[int, Event]) -> int:
    return due[0]
