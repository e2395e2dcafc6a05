"""Answers the lookups of one call: the queue from the agent desk, everything else from the accounts.

Asking and waiting are kept apart so that both clocks can use it: ``plan`` says how long a lookup will take and whether
a fault ends it, without blocking; ``answer`` blocks and never raises, so it may run in any thread.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr import errors
from ivr.accounts.repository import Accounts, Question
from ivr.agent_desk import DESK_QUERIES, Desk
from ivr.session.actions import LookUp
from ivr.session.events import Event, LookupAnswered, LookupFailed


class Lookups:
    """``local_time`` is the wall clock at which the call was answered; lookups see it move on with the call."""

    __slots__ = ("_accounts", "_desk", "_local_time", "_may_fail")

    def __init__(self, accounts: Accounts, desk: Desk, local_time: datetime) -> None:
        self._accounts = accounts
        self._may_fail = hasattr(accounts, "plan")  # faults are rare, and this keeps them out of every other call
        self._desk = desk
        self._local_time = local_time

    def plan(self, lookup: LookUp, at: int) -> tuple[int, Event | None]:
        """(milliseconds until the answer, the failure that comes instead of asking or None). Ask once per lookup."""
        if lookup.query in DESK_QUERIES:
            return 0, None
        if not self._may_fail:
            return 0, None
        from ivr.accounts.faults import plan_for

        plan = plan_for(self._accounts, self._question(lookup, at))
        return plan.delay_ms, LookupFailed(lookup.request_id, plan.failure) if plan.failure else None

    def answer(self, lookup: LookUp, at: int) -> Event:
        try:
            if lookup.query in DESK_QUERIES:
                return LookupAnswered(lookup.request_id, self._desk.queue_status())
            return LookupAnswered(lookup.request_id, self._accounts.answer(self._question(lookup, at)))
        except errors.LookupFailed as failure:
            return LookupFailed(lookup.request_id, failure.reason)
        except (
            Exception
        ) as error:  # a backend of somebody else's may break its promise; the caller still gets an answer
            return LookupFailed(lookup.request_id, f"backend-broke-{type(error).__name__.lower()}")

    def _question(self, lookup: LookUp, at: int) -> Question:
        return Question(lookup.query, lookup.params, self._local_time + timedelta(milliseconds=at))
