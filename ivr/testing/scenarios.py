"""The circumstances in which calls begin: every combination that guards on the clock and on the caller tell apart.

The hours of a week around a working Monday and every holiday and worked weekend of the document are looked at each half
hour; of moments that all guards judge alike the first in the middle of a quiet stretch is taken, so that no call of an
exploration crosses a boundary. A caller shows a number, and hides it where a guard asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.callflow.document import FlowDocument
from ivr.callflow.guards import Guards
from ivr.session.events import Fact

USUAL_MOMENT = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - a call's wall clock is naive
USUAL_NUMBER = "13800000000"
_STEP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Scenario:
    caller_number: str = USUAL_NUMBER
    local_time: datetime = USUAL_MOMENT


@dataclass(frozen=True, slots=True)
class _Moment:
    """Just enough of a call for guards on the clock."""

    facts: dict[str, Fact]
    time: datetime

    def now(self) -> datetime:
        return self.time


def scenarios(flow: FlowDocument, guards: Guards) -> list[Scenario]:
    """The usual one first: a weekday morning, a caller with a number."""
    timed = [name for name, guard in flow.guards.items() if guard.hours is not None or guard.fact == "call.weekday"]
    hidden = any(guard.fact in ("caller.number", "caller.number-tail") for guard in flow.guards.values())

    def judged(moment: datetime) -> tuple[bool, ...]:
        call = _Moment({"call.weekday": "一二三四五六日"[moment.weekday()]}, moment)
        return tuple(guards.holds(name, call) for name in timed)

    found: dict[tuple[bool, ...], datetime] = {}
    for moment in _moments(flow):
        verdict = judged(moment)
        if verdict == judged(moment - _STEP) == judged(moment + _STEP):
            found.setdefault(verdict, moment)
    numbers = [USUAL_NUMBER, ""] if hidden else [USUAL_NUMBER]
    return [Scenario(number, moment) for moment in found.values() for number in numbers]


def _moments(flow: FlowDocument) -> Iterator[datetime]:
    yield USUAL_MOMENT
    midnight = USUAL_MOMENT.replace(hour=0, minute=0)
    days = [midnight + timedelta(days=number) for number in range(7)]
    for hours in flow.hours.values():
        days += [datetime.fromisoformat(day) for day in (*hours.holidays, *hours.workdays)]
        for shift in hours.open:
            if shift.since is not None:
                days += [datetime.fromisoformat(f"2026-{shift.since}") + timedelta(days=number) for number in range(7)]
    for day in days:
        for number in range(48):
            yield day + number * _STEP
