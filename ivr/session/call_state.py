"""The state of one call and what a visit may do to it. The order of things is decided in ``call_session``."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ivr.callflow.document import FactDeclaration, Profile, SpeechBands
from ivr.callflow.menu_machine import Position
from ivr.session.actions import Action, Disposition, Listen, StopListening
from ivr.session.call_log import HIDDEN, Json, LogEntry, masked, masked_text
from ivr.session.call_record import RECORDED, RECORDED_PERSON, CallRecord
from ivr.session.events import Fact, Facts
from ivr.session.playback import Playback
from ivr.session.visit import Visit
from ivr.session.wording import Line

if TYPE_CHECKING:
    from ivr.session.exchange import Exchange

_CALL_LIMITS = ("call-warning", "call-end")
_TIMER_RANK = {"call-end": 0, "call-warning": 1, "head": 2, "give-up": 3, "longest": 4, "filler": 5, "comfort": 6}


@dataclass(frozen=True, slots=True)
class Status:
    """For a display: where the call is and how long it still waits."""

    node: str
    listening: bool
    timer_ends_at: int | None  # ms since the call was answered
    tries_left: int
    digits: int  # typed so far into the field
    secret: bool


class CallState:
    """What a call knows; who may change it is said in ``visit``."""

    HIDDEN_KEY = HIDDEN
    __slots__ = (
        "_limits",
        "_limits_left",
        "_log",
        "_requests",
        "_spoken",
        "actions",
        "after",
        "ahead",
        "answered",
        "at",
        "closing",
        "exchange",
        "facts",
        "failures",
        "key_gap",
        "keys_advised",
        "listening",
        "local_time",
        "over",
        "pending",
        "playback",
        "position",
        "profile",
        "profile_chosen",
        "record",
        "secrets",
        "served",
        "spoken_tries",
        "talked_to_agent",
        "timers",
        "timing",
        "told",
        "trailing",
        "trailing_until",
        "visit",
        "visited",
    )

    def __init__(self, exchange: Exchange, log: Callable[[LogEntry], None] | None = None) -> None:
        self.exchange = exchange
        self._log = log
        self.at = 0
        self.local_time = datetime(2026, 1, 1)  # noqa: DTZ001 - replaced by the naive local time of CallAnswered
        self.record = CallRecord()
        self.facts: dict[str, Fact] = {}
        self.secrets: set[str] = set()  # names of facts that never reach the log
        self.position: Position = exchange.menu.begin()
        self.profile, self.timing = next(iter(exchange.profiles.items()))
        self.profile_chosen = False  # by the caller, which no guard overrides
        self.playback = Playback()
        self.visit: Visit = Visit(self, exchange.plan(self.position.state))  # type: ignore[arg-type]  # the one subclass
        self.visited: set[str] = set()
        self.failures: dict[str, int] = {}
        self.timers: dict[str, int] = {}
        self.ahead: deque[str] = deque()
        self.actions: list[Action] = []
        self.pending: str | None = None  # edge to follow now
        self.after: str | None = None  # edge to follow once the prompts are over
        self.closing: Disposition | None = None  # hang up once the prompts are over
        self.told = False  # the visit knows that nothing plays
        self.trailing = ""  # a terminator that belongs to the entry just ended
        self.trailing_until = 0  # and the last moment at which it does
        self.key_gap = False  # the last input was a key: a short silence before the next phrase
        self.listening: Listen | None = None
        self.answered = self.over = self.served = self.talked_to_agent = False
        self.spoken_tries: dict[str, int] = {}  # field -> values spoken into it that did not end the matter
        self.keys_advised: set[str] = set()  # fields that have said that keys are better
        self._spoken: list[tuple[str, Line | None]] = []  # since the caller's last answer, for "repeat"
        self._limits: dict[str, int] = {}
        self._limits_left: dict[str, int] = {}  # ms to each limit of the call while an agent talks
        self._requests = 0

    # -- looking ---------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The wall clock of the hotline's place at this moment of the call."""
        return self.local_time + timedelta(0, 0, 0, self.at)

    @property
    def node(self) -> str:
        return self.position.state

    @property
    def bands(self) -> SpeechBands:
        return self.exchange.flow.speech

    def status(self) -> Status:
        entry = getattr(self.visit, "entry", None)
        worst = max(self.failures.values(), default=0)
        return Status(
            self.position.state,
            self.visit.takes_keys and self.playback.idle and not self.over,
            self.timers.get("input"),
            max(self.timing.tries - worst, 0),
            len(entry.typed) if entry is not None else 0,
            self.visit.secret,
        )

    @property
    def logged(self) -> bool:
        """Whether anybody reads the log; what only the log needs is not worked out otherwise."""
        return self._log is not None

    def verified(self) -> bool:
        """Whether the document's ``verified`` guard holds; without one, never."""
        guard = self.exchange.flow.verified
        return guard is not None and self.exchange.menu.guards.holds(guard, self)

    def shown(self, said: str) -> str:
        """A key or text as the log may show it at this node; nothing of it where nobody reads the log."""
        if self._log is None:
            return HIDDEN
        if not self.visit.secret:
            return said if len(said) < 2 else masked_text(said)
        return HIDDEN * min(len(said), 3)

    # -- keys, timers, facts ---------------------------------------------------------------------------------------

    def carry(self, key: str) -> None:
        """Hands a key on to the next node."""
        self.ahead.appendleft(key)

    def flush(self) -> None:
        if self.ahead:
            self.note("flush", keys=len(self.ahead))
            self.ahead.clear()

    def expect_trailing(self, terminator: str | None) -> None:
        """The next key, if it is this terminator and comes soon, belongs to the entry that ended by itself."""
        self.trailing = terminator or ""
        self.trailing_until = self.at + self.timing.inter_digit

    def set_timer(self, name: str, after_ms: int) -> None:
        self.timers[name] = self.at + after_ms

    def cancel_timer(self, name: str) -> None:
        self.timers.pop(name, None)

    def _timer_order(self, name: str) -> tuple[int, int]:
        return self.timers[name], _TIMER_RANK.get(name, 9)

    def suspend_limits(self) -> None:
        """An agent talks: how long that takes is theirs to say, and does not count."""
        self._limits_left = {name: due - self.at for name, due in self.timers.items() if name in _CALL_LIMITS}
        for name in self._limits_left:
            del self.timers[name]

    def resume_limits(self) -> None:
        for name, left_ms in self._limits_left.items():
            self.set_timer(name, left_ms)
        self._limits_left = {}

    def offer(self, listen: Listen) -> None:
        if listen is not self.listening and listen != self.listening:
            self.listening = listen
            self.actions.append(listen)

    def stop_listening(self) -> None:
        if self.listening is not None:
            self.listening = None
            self.actions.append(StopListening())

    def next_request(self) -> int:
        self._requests += 1
        return self._requests

    def do(self, action: Action) -> None:
        self.actions.append(action)

    def know(
        self, facts: Facts, *, secret: bool = False, declared: Mapping[str, FactDeclaration] | None = None
    ) -> None:
        """Learns facts; from a lookup only those that the document declares. The timing profile may follow."""
        if declared is not None:
            facts = {name: value for name, value in facts.items() if name in declared}
            if self.logged or RECORDED_PERSON in facts:
                self.note("lookup-answered", facts={name: _shown(name, facts[name], declared[name]) for name in facts})
        if secret:
            self.secrets.update(facts)
        self.facts.update(facts)
        self.adapt()

    def forget(self, names: Iterable[str]) -> None:
        """Secrets that nothing needs any more."""
        for name in names:
            self.facts.pop(name, None)

    def choose_profile(self, name: str) -> None:
        """Before the call is answered: the caller has asked for this one."""
        self.profile, self.timing, self.profile_chosen = name, self.exchange.profiles[name], True

    def adapt(self) -> None:
        """Takes the last profile whose guard holds, unless the caller asked for another."""
        if self.profile_chosen:
            return
        for name, profile in self.exchange.profiles.items():
            if profile.when is not None and self.exchange.menu.guards.holds(profile.when, self):
                self._change_profile(name, profile)

    def slow_down(self) -> None:
        """The next, more patient profile of the document."""
        names = list(self.exchange.profiles)
        name = names[min(names.index(self.profile) + 1, len(names) - 1)]
        self.profile_chosen = True
        self._change_profile(name, self.exchange.profiles[name])

    def _change_profile(self, name: str, profile: Profile) -> None:
        if name != self.profile:
            self.profile, self.timing = name, profile
            self.note("profile-changed", profile=name)
            if self.listening is not None:
                self.offer(replace(self.listening, end_of_speech_ms=profile.end_of_speech))

    def note(self, event: str, **data: Json) -> None:
        """One more entry of the event log."""
        if self._log is not None:
            entry = LogEntry(self.at, event, data)
            self.record.observe(entry)
            self._log(entry)
        elif event in RECORDED:
            self.record.observe(LogEntry(self.at, event, data))


def _shown(name: str, value: Fact, declared: FactDeclaration) -> Json:
    """A backend's fact as the log may show it. Free text may hold a name, so only closed vocabularies are shown."""
    free_text = isinstance(value, str) and declared.type == "text" and not declared.one_of and name != RECORDED_PERSON
    return HIDDEN if free_text else masked(value, declared.type)
