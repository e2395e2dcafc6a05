"""Forks: a twin call goes its own way, and the first one never notices."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.session.exchange import Exchange
from ivr.testing.answer_classes import answer_classes
from ivr.testing.example_answers import example_answers
from ivr.testing.explored_call import ExploredCall
from ivr.testing.input_classes import Input, inputs
from ivr.testing.scenarios import USUAL_MOMENT, USUAL_NUMBER
from tests.sessions import builtin

EXCHANGE: Exchange = builtin()
EXAMPLES = example_answers(EXCHANGE.flow)
ANSWERS = {query: answer_classes(EXCHANGE.flow, query, EXAMPLES.get(query, ())) for query in EXCHANGE.flow.queries}
PICKS = st.lists(st.integers(0, 10_000), max_size=12)


def begun() -> ExploredCall:
    call = ExploredCall(EXCHANGE)
    call.answered(USUAL_NUMBER, USUAL_MOMENT)
    call.hear()
    return call


def make(call: ExploredCall, one: Input) -> None:
    for act in one.acts:
        call.act(act)
    call.hear()


def wander(call: ExploredCall, picks: Sequence[int]) -> list[Input]:
    """Makes inputs that the numbers pick among what is possible; returns them."""
    made: list[Input] = []
    for pick in picks:
        if call.over is not None:
            break
        possible = [one for one in inputs(call, ANSWERS) if one.kind != "hang-up"]
        made.append(possible[pick % len(possible)])
        make(call, made[-1])
    return made


def log_of(call: ExploredCall) -> list[str]:
    return [entry.to_json() for entry in call.notes]


@settings(max_examples=60, deadline=None)
@given(before=PICKS, aside=PICKS, after=PICKS)
def test_a_fork_driven_elsewhere_changes_nothing(before: list[int], aside: list[int], after: list[int]) -> None:
    call = begun()
    made = wander(call, before)
    twin = call.fork()
    wander(twin, aside)
    made += wander(call, after)

    alone = begun()
    for one in made:
        make(alone, one)
    assert log_of(call) == log_of(alone)
    assert call.session.record == alone.session.record
    assert call.session.deadline == alone.session.deadline


@settings(max_examples=60, deadline=None)
@given(before=PICKS, after=PICKS)
def test_a_fork_does_what_the_call_does(before: list[int], after: list[int]) -> None:
    call = begun()
    wander(call, before)
    told = len(call.notes)
    twin = call.fork()
    assert wander(call, after) == wander(twin, after)
    assert log_of(call)[told:] == log_of(twin)
    assert call.session.record == twin.session.record
    assert call.over == twin.over


def test_a_fork_in_the_middle_of_a_prompt_hears_the_rest() -> None:
    call = ExploredCall(EXCHANGE)
    call.answered(USUAL_NUMBER, USUAL_MOMENT)
    call.wait(1_000)
    twin = call.fork()
    for one in (call, twin):
        one.hear()
    assert (call.at, call.session.node) == (twin.at, twin.session.node)
