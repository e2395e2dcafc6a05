"""Which guards hold together."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulty_hotlines import changed_base
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.callflow.check_situations import describe, holds, situations
from ivr.callflow.check_subject import Subject


def subject(folder: Path, **guards: dict[str, object]) -> Subject:
    changes = [{"at": ["guards", name], "set": guard} for name, guard in guards.items()]
    return Subject(changed_base(folder, changes))


def together(subject: Subject, *names: str, known: bool = False) -> set[tuple[bool, ...]]:
    found = situations(subject, names, lambda _fact: known)
    return {tuple(situation[name] for name in names) for situation in found}


def test_no_guards_make_one_situation(tmp_path: Path) -> None:
    assert situations(subject(tmp_path), [None]) == [{}]
    assert holds({}, None)
    assert describe({}, [None]) == ""


def test_a_fact_has_one_value_at_a_time(tmp_path: Path) -> None:
    assert together(subject(tmp_path), "accepted", "locked") == {(True, False), (False, True), (False, False)}


def test_hours_are_independent_of_facts(tmp_path: Path) -> None:
    assert len(together(subject(tmp_path), "on-duty", "frozen")) == 4


def test_a_domain_is_exhausted_when_the_fact_is_known(tmp_path: Path) -> None:
    guards = {"normal": {"fact": "account.state", "is": "normal"}}
    assert (False, False) in together(subject(tmp_path, **guards), "normal", "frozen")
    assert (False, False) not in together(subject(tmp_path, **guards), "normal", "frozen", known=True)


def test_an_unknown_fact_passes_no_test_in_either_direction(tmp_path: Path) -> None:
    guards = {"poor": {"fact": "account.balance", "at-most": "99999"}}
    made = subject(tmp_path, **guards)
    assert together(made, "poor", "rich") == {(True, False), (False, True), (False, False)}
    assert together(made, "poor", "rich", known=True) >= {(True, False), (False, True)}


def test_bounds_of_numbers_nest(tmp_path: Path) -> None:
    guards = {"very-rich": {"fact": "account.balance", "at-least": "500000"}}
    assert (False, True) not in together(subject(tmp_path, **guards), "rich", "very-rich")


@pytest.mark.parametrize(("form", "expected"), [("all", {True: 1, False: 3}), ("any", {True: 3, False: 1})])
def test_combinations_follow_their_parts(tmp_path: Path, form: str, expected: dict[bool, int]) -> None:
    made = subject(tmp_path, mixed={form: ["on-duty", "not rich"]})
    found = together(made, "mixed", "on-duty", "rich")
    assert {answer: sum(row[0] is answer for row in found) for answer in (True, False)} == expected


def test_being_the_same_needs_both_to_be_known(tmp_path: Path) -> None:
    guards = {
        "same": {"fact": "account.state", "same-as": "person.id"},
        "paid": {"fact": "account.state", "known": "yes"},
    }
    made = subject(tmp_path, **guards)
    assert together(made, "same", "paid") == {(True, True), (False, True), (False, False)}


def test_opposites_are_opposite(tmp_path: Path) -> None:
    for situation in situations(subject(tmp_path), ["not frozen"]):
        assert situation["frozen"] != situation["not frozen"]
    [one] = [s for s in situations(subject(tmp_path), ["not frozen"]) if s["frozen"]]
    assert describe(one, ["not frozen"]) == " when frozen"


def test_nothing_is_claimed_of_unknown_or_cyclic_guards(tmp_path: Path) -> None:
    made = subject(tmp_path, ring={"all": ["ring-too"]}, **{"ring-too": {"any": ["ring"]}})
    assert situations(made, ["ring"]) == []
    assert situations(made, ["no-such-guard"]) == []


def test_too_many_situations_are_not_looked_at(tmp_path: Path) -> None:
    many = {f"g{number}": {"fact": "person.id", "is": str(number)} for number in range(40)}
    wide = {f"h{number}": {"fact": "account.balance", "at-least": str(10 * number)} for number in range(40)}
    made = subject(tmp_path, **many, **wide)
    assert situations(made, [*many, *wide]) == []
    assert situations(made, [*many]) != []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bounds=st.lists(st.integers(0, 30), min_size=1, max_size=3), value=st.none() | st.integers(-1, 31))
def test_every_value_of_a_fact_is_in_some_situation(tmp_path: Path, bounds: list[int], value: int | None) -> None:
    guards = {f"from-{n}": {"fact": "account.balance", "at-least": str(bound)} for n, bound in enumerate(bounds)}
    expected = tuple(value is not None and value >= bound for bound in bounds)
    assert expected in together(subject(tmp_path, **guards), *guards)
