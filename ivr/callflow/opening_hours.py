"""Opening hours: whether somebody is there at a moment of the local clock. Ends of shifts are exclusive.

Guards ask this at almost every step of a call, so the shifts of a day are worked out once and kept.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from ivr.callflow.document import Hours, Shift

_DAYS_KEPT = 32  # a call knows one day, or two around midnight


class OpeningHours:
    """The hours of one name in a document."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._spans = lru_cache(maxsize=_DAYS_KEPT)(self._spans_on)

    def __call__(self, now: datetime) -> bool:
        """Whether ``now``, naive local time, falls into one of the shifts."""
        minute = now.hour * 60 + now.minute
        for since, until in self._spans(now.date()):  # noqa: SIM110 - ``any`` would take twice as long
            if since <= minute < until:
                return True
        return False

    def _spans_on(self, day: date) -> tuple[tuple[int, int], ...]:
        """The shifts of that day in minutes since midnight."""
        written = day.isoformat()
        if written in self._hours.holidays:
            return ()
        weekday = 0 if written in self._hours.workdays else day.weekday()
        shifts = (shift for shift in self._hours.open if weekday in shift.days and _in_season(shift, day))
        return tuple((_minutes(shift.from_), _minutes(shift.to)) for shift in shifts)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _in_season(shift: Shift, day: date) -> bool:
    since, until = shift.since or "01-01", shift.until or "12-31"
    month_day = f"{day.month:02}-{day.day:02}"
    return since <= month_day <= until if since <= until else month_day >= since or month_day <= until
