"""Guards: every kind of test on facts, combinations, and the opening hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.callflow.document import Hours
from ivr.callflow.guards import Guards, as_text
from ivr.callflow.opening_hours import OpeningHours
from tests.sessions import BYE, hotline


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Circumstances:
    def __init__(self, facts: Mapping[str, object], now: str = "2026-03-02T09:30") -> None:
        self.facts = facts
        self._now = moment(now)

    def now(self) -> datetime:
        return self._now


def guards(**definitions: Any) -> Guards:
    desk = {"open": [{"days": "mon-fri", "from": "08:30", "to": "12:00"}]}
    named = {name.replace("_", "-"): definition for name, definition in definitions.items()}
    return Guards(hotline({"bye": BYE}, guards=named, hours={"desk": desk}).flow)


@pytest.mark.parametrize(
    ("test", "value", "holds"),
    [
        ({"is": "yes"}, True, True),
        ({"is": "yes"}, False, False),
        ({"is": "no"}, False, True),
        ({"is": "yes"}, "yes", True),
        ({"is": "12"}, 12, True),
        ({"is": ""}, "", True),
        ({"is": ""}, None, False),
        ({"in": ["a", "b"]}, "b", True),
        ({"in": "a"}, "a", True),
        ({"in": ["a", "b"]}, "c", False),
        ({"in": ["a", "b"]}, None, False),
        ({"at-least": 5}, 5, True),
        ({"at-least": 5}, 4, False),
        ({"at-least": 5}, "5", False),
        ({"at-least": 5}, None, False),
        ({"at-most": -1}, -1, True),
        ({"at-most": -1}, 0, False),
        ({"known": "yes"}, "", True),
        ({"known": "yes"}, None, False),
        ({"known": "no"}, None, True),
        ({"known": "no"}, 0, False),
        ({"same-as": "g.g"}, "x", True),
        ({"same-as": "g.g"}, "y", False),
        ({"same-as": "g.g"}, None, False),
    ],
)
def test_a_fact_is_tested(test: dict[str, Any], value: object, holds: bool) -> None:
    facts = {"g.g": "x"} | ({} if value is None else {"f.f": value})
    one = guards(it={"fact": "f.f", **test})
    assert one.holds("it", Circumstances(facts)) is holds
    assert one.holds("not it", Circumstances(facts)) is not holds


def test_two_unknown_facts_are_not_the_same() -> None:
    assert not guards(it={"fact": "f.f", "same-as": "g.g"}).holds("it", Circumstances({}))


def test_no_guard_always_holds() -> None:
    assert guards().holds(None, Circumstances({}))


def test_guards_combine_in_any_order_of_definition() -> None:
    a, b = {"fact": "f.a", "is": "yes"}, {"fact": "f.b", "is": "yes"}
    one = guards(both={"all": ["a", "b"]}, either={"any": ["a", "not b"]}, a=a, b=b)
    for facts in ({}, {"f.a": True}, {"f.b": True}, {"f.a": True, "f.b": True}):
        has_a, has_b = bool(facts.get("f.a")), bool(facts.get("f.b"))
        assert one.holds("both", Circumstances(facts)) is (has_a and has_b)
        assert one.holds("either", Circumstances(facts)) is (has_a or not has_b)


def test_an_unknown_guard_is_an_authors_fault() -> None:
    with pytest.raises(KeyError):
        guards().test("nothing")


def test_opening_hours_are_a_guard() -> None:
    one = guards(open={"hours": "desk"})
    assert one.holds("open", Circumstances({}, "2026-03-02T08:30"))
    assert not one.holds("open", Circumstances({}, "2026-03-02T12:00"))


HOURS = Hours.model_validate(
    {
        "open": [
            {"days": "mon-fri", "from": "08:30", "to": "12:00"},
            {"days": "mon-fri", "from": "14:00", "to": "18:00", "since": "05-01", "until": "09-30"},
            {"days": "sat, sun", "from": "10:00", "to": "11:00", "since": "11-01", "until": "02-28"},
            {"days": "fri-sat", "from": "23:00", "to": "24:00"},
        ],
        "holidays": ["2026-05-01"],
        "workdays": ["2026-05-09"],
    }
)
IS_OPEN = OpeningHours(HOURS)


@pytest.mark.parametrize(
    ("at", "is_it"),
    [
        ("2026-03-02T08:29:59", False),
        ("2026-03-02T08:30:00", True),
        ("2026-03-02T11:59:59", True),
        ("2026-03-02T12:00:00", False),
        ("2026-03-02T15:00:00", False),  # afternoons only in summer
        ("2026-04-30T15:00:00", False),
        ("2026-09-30T15:00:00", True),
        ("2026-05-01T09:00:00", False),  # a holiday
        ("2026-05-09T09:00:00", True),  # a Saturday that is worked
        ("2026-05-09T23:30:00", False),  # like a Monday, then
        ("2026-05-16T23:59:59", True),
        ("2026-01-03T10:30:00", True),  # a season across the turn of the year
        ("2026-11-01T10:30:00", True),
        ("2026-03-01T10:30:00", False),
    ],
)
def test_hours_know_shifts_seasons_holidays_and_moved_workdays(at: str, is_it: bool) -> None:
    assert IS_OPEN(moment(at)) is is_it


@given(st.integers(0, 366 * 24 * 60))
def test_hours_change_only_at_their_ends(minute: int) -> None:
    at = moment("2026-01-01T00:00") + timedelta(minutes=minute)
    if IS_OPEN(at) != IS_OPEN(at + timedelta(minutes=1)):
        assert (at + timedelta(minutes=1)).strftime("%H:%M") in (
            "08:30", "12:00", "14:00", "18:00", "10:00", "11:00", "23:00", "00:00",
        )  # fmt: skip


def test_a_fact_is_written_as_in_a_document() -> None:
    assert [as_text(value) for value in (None, "x", True, False, 7)] == [None, "x", "yes", "no", "7"]
