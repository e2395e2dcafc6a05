"""Classes of input and answers, live facts, limits and scenarios: what keeps an exploration small and complete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ivr.callflow.guards import Guards
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Entry
from ivr.session.digit_entry import DigitEntry
from ivr.testing.answer_classes import answer_classes, lines
from ivr.testing.example_answers import example_answers
from ivr.testing.explored_call import Press
from ivr.testing.input_classes import complete_entry, wrong_entry
from ivr.testing.limit_regions import LimitRegions
from ivr.testing.live_facts import LiveFacts
from ivr.testing.scenarios import scenarios
from tests.explored_hotlines import SECTIONS, spoiled
from tests.sessions import builtin, hotline

SAY = {"kind": "say", "prompt": "bye", "to": "bye"}
BYE = {"kind": "hangup", "prompt": "bye"}


def asking(gives: dict[str, Any], guards: dict[str, Any]) -> Hotline:
    return hotline({"main": SAY, "bye": BYE}, queries={"ask": {"gives": gives}}, guards=guards)


@pytest.mark.parametrize(
    ("declared", "guard", "number"),
    [
        ({"type": "text", "one-of": ["a", "b", "c"]}, {"is": "a"}, 2),  # b and c are the same to the document
        ({"type": "text", "one-of": ["a", "b", "c"]}, {"in": ["a", "b", "c"]}, 1),
        ("text", {"is": "a"}, 2),  # a, and any other text
        ("yes-no", {"is": "yes"}, 2),
        ("money", {"at-least": "1"}, 2),
        ("money", {"at-most": "-1"}, 2),
        ("count", {"known": "yes"}, 1),
        ("money", {"same-as": "f.other"}, 2),
    ],
)
def test_one_answer_for_each_verdict_of_the_guards(declared: Any, guard: dict[str, str], number: int) -> None:
    subject = asking({"f.fact": declared}, {"test": {"fact": "f.fact", **guard}})
    assert len(answer_classes(subject.flow, "ask")) == number


def test_answers_are_all_combinations_of_facts() -> None:
    gives = {"f.one": "yes-no", "f.two": "yes-no", "f.three": "count", "f.four": "text"}
    guards = {"one": {"fact": "f.one", "is": "yes"}, "two": {"fact": "f.two", "is": "yes"}}
    guards |= {"low": {"fact": "f.three", "at-least": "5"}, "high": {"fact": "f.three", "at-least": "9"}}
    classes = answer_classes(asking(gives, guards).flow, "ask")
    assert len(classes) == len({answer.name for answer in classes}) == 2 * 2 * 3
    assert all(answer.facts.keys() == gives.keys() for answer in classes)


def test_too_many_combinations_still_use_every_value() -> None:
    gives = {f"f.n{number}": "yes-no" for number in range(12)}
    guards = {f"g{number}": {"fact": f"f.n{number}", "is": "yes"} for number in range(12)}
    classes = answer_classes(asking(gives, guards).flow, "ask")
    assert len(classes) == 13
    assert all({answer.facts[fact] for answer in classes} == {True, False} for fact in gives)


def test_a_list_has_a_line_for_each_verdict_on_lines() -> None:
    declared = {"type": "lines", "line": {"sum": "money", "refunded": "yes-no"}}
    guards = {"refunded": {"fact": "line.refunded", "is": "yes"}, "some": {"fact": "line.sum", "at-least": "1"}}
    subject = asking({"f.list": declared}, guards)
    made = lines(subject.flow, subject.flow.queries["ask"].gives["f.list"])
    assert {line["refunded"] for line in made} == {True, False}
    assert {int(str(line["sum"])) > 0 for line in made} == {True, False}


def test_answers_about_identity_hang_together_as_in_the_examples() -> None:
    flow = builtin().flow
    classes = answer_classes(flow, "identify", example_answers(flow)["identify"])
    by_outcome = {answer.facts["identity.outcome"]: set(answer.facts) for answer in classes}
    assert by_outcome["refused"] == by_outcome["locked"] == {"identity.outcome"}
    verified = [answer.facts for answer in classes if answer.facts["identity.outcome"] == "verified"]
    assert all(facts["caller.verified"] is True for facts in verified)
    kinds = {
        (f["person.senior"], f["person.initial-password"], f["person.local"], f["person.card-state"]) for f in verified
    }
    assert len(kinds) >= 16


# -- digits ------------------------------------------------------------------------------------------------------------

ENTRIES = [
    Entry.model_validate({"kind": "id-number", "shortest": "8", "longest": "18", "never-starts-with": "*"}),
    Entry.model_validate({"kind": "password", "shortest": "6", "longest": "6"}),
    Entry.model_validate({"kind": "digits", "longest": "1"}),
    Entry.model_validate({"kind": "digits", "shortest": "2", "longest": "8", "never-starts-with": "013"}),
    Entry.model_validate({"kind": "digits", "shortest": "4", "longest": "4", "terminator": None}),
]


def typed(entry: Entry, keys: str) -> str:
    """How the entry ends when these keys are pressed and then nothing."""
    collected = DigitEntry(entry, "")
    for key in keys:
        outcome = collected.press(key)
        if outcome.ending != "open":
            return outcome.ending
    return collected.silence().ending


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_complete_entry_is_submitted(entry: Entry) -> None:
    assert typed(entry, complete_entry(entry)) == "submitted"


@pytest.mark.parametrize("entry", ENTRIES[1:2] + ENTRIES[3:])
def test_a_wrong_entry_fails(entry: Entry) -> None:
    keys = "".join(act.keys for act in wrong_entry(entry).acts if isinstance(act, Press))
    assert typed(entry, keys) in ("incomplete", "too-long")


# -- what tells calls apart --------------------------------------------------------------------------------------------


def names(subject: Hotline, node: str) -> set[str]:
    return {atom.guard or atom.fact for atom in LiveFacts(subject, Guards(subject.flow)).atoms[node]}


def test_a_fact_is_live_until_it_is_overwritten() -> None:
    subject = spoiled()
    assert "account.balance" in names(subject, "balance")
    assert "account.balance" not in names(subject, "balance-lookup")  # the lookup gives it anew
    assert "who.number" in names(subject, "identify")
    assert "who.number" not in names(subject, "number")


def test_the_proof_of_identity_is_live_before_it_is_given() -> None:
    assert "verified" in names(spoiled(), "identify")


def test_what_a_property_asks_about_is_live_where_it_asks() -> None:
    subject = spoiled(properties={"mine": "never: bye before verified"})
    assert "verified" in names(subject, "bye")
    assert "verified" not in names(spoiled(), "bye")


def test_a_count_is_exact_in_its_loop_and_open_or_used_up_elsewhere() -> None:
    regions = LimitRegions(spoiled().flow)
    assert regions.counts("number", {"tries": 1}) == (("tries", 1),)
    assert regions.counts("main", {"tries": 1}) == ()
    assert regions.counts("main", {"tries": 2}) == regions.counts("main", {"tries": 3}) == (("tries", 2),)
    assert regions.used_up_elsewhere("main", {"tries": 2}) == 1
    assert regions.used_up_elsewhere("number", {"tries": 2}) == 0


def test_a_limit_outside_of_loops_is_counted_everywhere() -> None:
    subject = spoiled(
        {"outcome": {"otherwise": "once"}, "once": {"kind": "limit", "most": "3", "to": "agent", "exceeded": "bye"}}
    )
    assert LimitRegions(subject.flow).counts("main", {"once": 2}) == (("once", 2),)


# -- circumstances -----------------------------------------------------------------------------------------------------


def test_one_scenario_where_nothing_depends_on_the_clock() -> None:
    subject = spoiled()
    assert len(scenarios(subject.flow, Guards(subject.flow))) == 1


def test_every_combination_of_hours_and_numbers_is_a_scenario() -> None:
    hours = {
        "day": {"open": [{"days": "mon-sun", "from": "08:00", "to": "18:00"}]},
        "noon": {"open": [{"days": "mon-fri", "from": "12:00", "to": "14:00"}]},
    }
    guards = {"day": {"hours": "day"}, "noon": {"hours": "noon"}, "hidden": {"fact": "caller.number", "is": ""}}
    subject = spoiled(hours=hours, guards={**SECTIONS["guards"], **guards})
    found = scenarios(subject.flow, Guards(subject.flow))
    assert len(found) == 3 * 2  # noon lies in the day
    assert found[0].local_time == datetime(2026, 3, 2, 9, 30)
    assert {one.caller_number == "" for one in found} == {True, False}
