"""One call: events in, actions out, plus the next moment at which silence means something.

Theory of operation. ``handle`` takes one event at an integer millisecond since the call was answered, ``advance`` lets
time pass; both first fire every timer that was due *before* that moment, each at its own time, so that a late runner
gets the same call. An event at the very millisecond of a deadline wins over the deadline: the caller is given the
benefit. Both then *settle*: follow the edges that are due, feed keys typed ahead to whoever takes them, start the next
prompt, or tell the visit that nothing plays any more, until nothing is left to do.

Keys typed ahead. A key that cannot be used yet (a protected prompt, a lookup) is kept and used in order, across
nodes, until something flushes: a failure, a confirmation, a protected prompt that starts, or a node that says so.
A prompt that a kept key would interrupt is not started at all.

Late events (a prompt that no longer plays, an answer nobody waits for, anything after the end) are ignored by rule.
Do not add here: what a kind of node does (``*_visit.py``), wording, rules of an entry, failures (``recovery.py``).
"""

from __future__ import annotations

from ivr.errors import SessionError
from ivr.session import events
from ivr.session.actions import Action
from ivr.session.call_events import REACTIONS, CallEvents
from ivr.session.events import Event

SETTLE_LIMIT = 2_000  # steps after one event; only a document with an endless loop that was not checked reaches it


class CallSession(CallEvents):
    """One call of an exchange; the classes above it hold what each event does and what visits may ask of a call."""

    __slots__ = ()

    # -- the runner's side -----------------------------------------------------------------------------------------

    @property
    def deadline(self) -> int | None:
        """When ``advance`` must be called if nothing happens before; None when only an event can move the call."""
        return min(self.timers.values()) if self.timers else None

    def handle(self, event: Event, at: int) -> list[Action]:
        """Something happened ``at`` milliseconds after the call was answered. Raises SessionError if time ran back."""
        timers = self.timers
        if at < self.at or (timers and min(timers.values()) < at):
            self._come_to(at, inclusive=False)
        else:
            self.at = at  # nothing was due: the usual case, for keys follow one another closely
        if not self.over:
            react = REACTIONS.get(type(event))
            if react is None:
                raise SessionError(f"{event!r} is not an event of a call")
            if self.answered or type(event) is events.CallAnswered:
                react(self, event)
                if not self.told or self.pending is not None or self.ahead:  # else nothing is left to do
                    self._settle()
        actions, self.actions = self.actions, []
        return actions

    def advance(self, at: int) -> list[Action]:
        """The clock reached ``at``. Raises SessionError if time ran back."""
        self._come_to(at, inclusive=True)
        actions, self.actions = self.actions, []
        return actions

    def _come_to(self, at: int, inclusive: bool) -> None:
        if at < self.at:
            raise SessionError(f"time ran backwards: {at} ms after {self.at} ms")
        while self.timers and min(self.timers.values()) <= at:
            name = min(self.timers, key=self._timer_order)
            due = self.timers[name]
            if due > at or (due == at and not inclusive):
                break
            del self.timers[name]
            self.at = due
            self._timer(name)
            self._settle()
        self.at = at

    # -- settling --------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        playback = self.playback
        for _ in range(SETTLE_LIMIT):
            if self.over:
                return
            if self.pending is not None:
                self.move_on()
            elif self.ahead and self.takes_key_now():
                self.take_key(self.ahead.popleft(), fresh=False)
            elif playback.playing is not None:
                return
            elif playback.queue:
                self._start_next()
            elif not self.told:
                self.told = True
                self._prompts_done()
            else:
                return
        self.note("error", reason="endless-loop", node=self.visit.plan.id)
        self.hang_up("failed")

    def _prompts_done(self) -> None:
        if self.closing is not None:
            self.hang_up(self.closing)
        elif self.after is not None:
            self.pending, self.after = self.after, None
        else:
            self.visit.prompts_done()

    # -- time ------------------------------------------------------------------------------------------------------

    def _timer(self, name: str) -> None:
        limit = self.exchange.flow.call_limit
        if name == "call-end":
            self.note("call-limit")
            self.flush()
            self.hush()
            self.visit.caller_gone("cancelled")  # a message that is being left is kept
            self.visit.leave()
            self.say(limit.goodbye)
            self.give_up()
        elif name == "call-warning":
            if self.closing is None and self.visit.parting is None:
                if not self.visit.hearing:
                    self.timers.pop("input", None)  # starts again when the warning has been heard
                self.say(limit.warning)
        elif name != "head":  # at the end of a protected head, settling feeds the kept keys
            self.visit.timer(name)
