"""Runs a call in real time on a line.

Everything happens in one thread, one event after the other: events are posted into the loop, and one timer is armed
anew from the session's ``deadline`` after each of them. A lookup may block, so each has a daemon thread that does
nothing but ask and post the answer; an answer that comes when the call is over falls on deaf ears, and a backend that
never answers delays neither the call nor the program's end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING

from ivr.agent_desk import AgentDesk
from ivr.lookups import Lookups
from ivr.session.actions import Action, CancelTransfer, Disposition, HangUp, LookUp, TransferCall
from ivr.session.events import CallAnswered, CallerHungUp, Event, LineFailed

if TYPE_CHECKING:
    from ivr.accounts.repository import Accounts
    from ivr.lines.line import Line
    from ivr.session.call_session import CallSession

_LAST_WORDS_S = 5.0  # how long a lookup of a call that is over may still take


class CallRunner:
    """One call on one line: ``await run()`` once.

    ``watch(at, thing)`` sees every event just before the session and every action just after it, in milliseconds
    since the call was answered.
    """

    def __init__(
        self,
        session: CallSession,
        line: Line,
        accounts: Accounts,
        desk: AgentDesk | None = None,
        *,
        local_time: datetime,
        caller_number: str = "",
        watch: Callable[[int, Event | Action], None] | None = None,
    ) -> None:
        self._session = session
        self._line = line
        self._desk = desk or AgentDesk()
        self._lookups = Lookups(accounts, self._desk, local_time)
        self._answered = CallAnswered(caller_number, local_time)
        self._watch = watch
        self._transfers: dict[int, list[asyncio.TimerHandle]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._disposition: Disposition | None = None
        self._crashed = False
        self._last_words: list[Thread] = []

    async def run(self) -> Disposition:
        """Answer the call and see it through; returns how it ended.

        Cancelled, it hangs up as if the caller had, closes the line and lets the cancellation go on.
        """
        self._loop = asyncio.get_running_loop()
        self._started_at = self._loop.time()
        self._over = self._loop.create_future()
        try:
            try:
                self._line.open(self.post)
            except OSError as error:
                self._handle(self._answered)
                self._handle(LineFailed(f"line-{type(error).__name__.lower()}"))
                raise
            self._handle(self._answered)
            await self._over
        finally:
            if self._disposition is None and not self._crashed:
                self._handle(CallerHungUp())
            self._cancel_timers()
            await self._line.close()
            for thread in self._last_words:
                await self._loop.run_in_executor(None, thread.join, _LAST_WORDS_S)
        assert self._disposition is not None  # noqa: S101 - the future is only fulfilled with a disposition
        return self._disposition

    @property
    def now(self) -> int:
        """Milliseconds since the call was answered."""
        return int((self._loop.time() - self._started_at) * 1_000)

    def post(self, event: Event) -> None:
        """Let an event happen, from any thread; ignored once the call is over."""
        with suppress(RuntimeError):  # the loop is closed: the program is about to end
            self._loop.call_soon_threadsafe(self._take, event)

    def hang_up(self) -> None:
        """The caller hangs up, from any thread or signal handler."""
        self.post(CallerHungUp())

    def _take(self, event: Event) -> None:
        try:
            self._handle(event)
        except Exception as error:
            self._crash(error)

    def _crash(self, error: Exception) -> None:
        """A bug ends this call, loudly, and leaves other calls of the same loop alone."""
        self._crashed = True
        if not self._over.done():
            self._over.set_exception(error)

    def _handle(self, event: Event) -> None:
        now = self.now
        self._advance(now)  # silence that was over before this event
        if self._disposition is not None:
            return
        if self._watch is not None:
            self._watch(now, event)
        self._perform(self._session.handle(event, now))
        self._arm()

    def _deadline_reached(self) -> None:
        self._timer = None
        try:
            self._advance(self.now)
            self._arm()
        except Exception as error:
            self._crash(error)

    def _advance(self, now: int) -> None:
        while self._disposition is None and self._session.deadline is not None and self._session.deadline <= now:
            self._perform(self._session.advance(now))

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._session.deadline
        if deadline is not None and self._disposition is None:
            self._timer = self._loop.call_at(self._started_at + (deadline + 0.5) / 1_000, self._deadline_reached)

    def _perform(self, actions: list[Action]) -> None:
        ends = any(isinstance(action, HangUp) for action in actions)
        for action in actions:
            if self._watch is not None:
                self._watch(self.now, action)
            match action:
                case LookUp():
                    self._look_up(action, must_finish=ends)
                case TransferCall():
                    self._transfers[action.request_id] = [
                        self._loop.call_later(delay_ms / 1_000, self._take, event)
                        for delay_ms, event in self._desk.transfer(action.request_id)
                    ]
                case CancelTransfer():
                    for timer in self._transfers.pop(action.request_id, ()):
                        timer.cancel()
                case HangUp():
                    self._disposition = action.disposition
            self._line.perform(action)
        if self._disposition is not None and not self._over.done():
            self._over.set_result(None)

    def _look_up(self, lookup: LookUp, *, must_finish: bool) -> None:
        at = self.now
        delay_ms, failure = self._lookups.plan(lookup, at)
        if failure is not None:
            self._loop.call_later(delay_ms / 1_000, self._take, failure)
            return

        def ask() -> None:
            self.post(self._lookups.answer(lookup, at))

        thread = Thread(target=ask, name=f"lookup-{lookup.request_id}", daemon=True)
        if must_finish:  # what a caller left before hanging up is still saved
            self._last_words.append(thread)
            thread.start()
        elif delay_ms:
            self._loop.call_later(delay_ms / 1_000, thread.start)
        else:
            thread.start()

    def _cancel_timers(self) -> None:
        for timers in self._transfers.values():
            for timer in timers:
                timer.cancel()
        if self._timer is not None:
            self._timer.cancel()
