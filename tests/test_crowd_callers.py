"""What virtual callers phone for, and what a virtual recogniser makes of what they say."""

from __future__ import annotations

import gc
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.accounts.people import people
from ivr.errors import UsageError
from ivr.hotlines import open_hotline
from ivr.mandarin.spoken_digits import spoken_digits
from ivr.session.events import KeyPressed, UtteranceHeard
from ivr.session.exchange import Exchange
from ivr.testing.crowd import MORNING
from ivr.testing.crowd_call import Circumstances, CrowdCall, Journey
from ivr.testing.crowd_caller import Caller
from ivr.testing.crowd_goals import Goals, goals, parse_goals
from ivr.testing.crowd_hearing import heard_digits, heard_phrase
from ivr.testing.crowd_routes import Routes
from ivr.testing.personas import PERFECT, PERSONAS

BUILTIN = open_hotline(None)
FLOW = BUILTIN.flow
REGULAR = PERSONAS["regular"]
BALANCE = "main.account.balance"
DRAWS = 3_000


def drawn(shares: dict[str, float], persona=REGULAR, flow=FLOW) -> Counter[str]:
    rng, wanted = Random("draws"), Goals(flow, goals(flow), shares)
    return Counter(wanted.draw(rng, persona) for _ in range(DRAWS))


def test_the_built_in_hotline_weighs_every_service_and_the_balance_most():
    assert FLOW.demand.keys() == FLOW.services.keys()
    assert max(FLOW.demand, key=FLOW.demand.__getitem__) == BALANCE


def test_goals_are_drawn_as_often_as_the_document_says():
    counted = drawn({})
    for_humans = counted["agent.connect"] / DRAWS
    assert for_humans == pytest.approx(REGULAR.wants_agent, abs=0.03)
    weight = FLOW.demand[BALANCE] / sum(FLOW.demand.values())
    assert counted[BALANCE] / (DRAWS - counted["agent.connect"]) == pytest.approx(weight, abs=0.04)


def test_without_a_demand_all_services_weigh_the_same():
    counted = drawn({}, replace(REGULAR, wants_agent=0.0), FLOW.model_copy(update={"demand": {}}))
    assert counted.keys() == FLOW.services.keys()
    assert max(counted.values()) < 2 * min(counted.values())


def test_a_demand_that_names_an_agent_weighs_it_for_every_persona():
    flow = FLOW.model_copy(update={"demand": {BALANCE: 3, "agent.connect": 1}})
    counted = drawn({}, flow=flow)
    assert counted.keys() == {BALANCE, "agent.connect"}
    assert counted["agent.connect"] / DRAWS == pytest.approx(0.25, abs=0.04)


def test_shares_given_by_hand_hold_for_all_callers():
    counted = drawn(parse_goals("balance=0.6, agent.connect=0.3", FLOW))
    assert counted[BALANCE] / DRAWS == pytest.approx(0.6, abs=0.04)
    assert counted["agent.connect"] / DRAWS == pytest.approx(0.3, abs=0.04)
    assert len(counted) > 5  # the others share the rest
    assert drawn(parse_goals("balance=1", FLOW)).keys() == {BALANCE}


@pytest.mark.parametrize("name", [BALANCE, "balance", "余额"])
def test_a_goal_is_named_by_node_by_its_last_part_or_by_title(name):
    assert parse_goals(f"{name}=0.5", FLOW) == {BALANCE: 0.5}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fame=0.5", "nobody can phone for 'fame'; the goals are main.account.balance"),
        ("mutual-aid=0.5", "may be main.account.mutual-aid or main.channels.mutual-aid"),
        ("balance=2", "one share from 0 to 1"),
        ("balance", "one share from 0 to 1"),
        ("balance=nan", "one share from 0 to 1"),
        ("balance=0.5,余额=0.1", "each name once"),
        ("balance=0.7,spending=0.7", "add up to 1.4"),
    ],
)
def test_wrong_goals_are_refused(text, told):
    with pytest.raises(UsageError, match="--goals") as refused:
        parse_goals(text, FLOW)
    assert told in str(refused.value)


@given(st.randoms(use_true_random=False), st.sampled_from(sorted(PERSONAS)), st.integers(0, 3))
def test_a_recogniser_hears_only_what_is_on_offer(rng, name, said):
    offered = ("余额", "医保余额查询", "消费明细", "返回")
    heard = heard_phrase(rng, PERSONAS[name], offered[said], offered)
    assert heard.text in ("", *offered)
    assert heard.confidence == 0 if not heard.text else 0.4 <= heard.confidence <= 1


def test_confusion_follows_the_persona_and_prefers_what_sounds_alike():
    rng, noisy, offered = Random(3), PERSONAS["noisy"], ("余额", "余额查询", "返回")
    heard = Counter(heard_phrase(rng, noisy, "余额", offered).text for _ in range(DRAWS))
    assert heard["余额"] / DRAWS == pytest.approx(noisy.heard_right, abs=0.04)
    assert heard[""] / DRAWS == pytest.approx(noisy.heard_nothing, abs=0.04)
    assert heard["余额查询"] > 3 * heard["返回"]


@given(st.randoms(use_true_random=False), st.text("0123456789X", min_size=1, max_size=18))
def test_a_number_is_heard_digit_by_digit(rng, number):
    perfect = heard_digits(rng, PERFECT, number)
    assert spoken_digits(perfect.text) == number
    noisy = heard_digits(rng, replace(PERSONAS["noisy"], heard_nothing=0.0), number)
    assert len(spoken_digits(noisy.text) or "") == len(number)


def caller_for_the_balance(persona) -> Caller:
    keyed, spoken = Routes(FLOW, by_voice=False), Routes(FLOW, by_voice=True)
    person = next(one for one in people() if one.person.certno == "990000199003070013")
    return Caller(persona, BALANCE, keyed.to(BALANCE), spoken.to(BALANCE), person, Random(1))


def phoned(persona, *, keys_choices: bool = False) -> Journey:
    caller = caller_for_the_balance(persona)
    caller.speaks &= not keys_choices
    return CrowdCall(Exchange(BUILTIN), caller, Circumstances(MORNING)).run()


def test_a_call_that_is_over_leaves_nothing_for_the_garbage_collection():
    exchange, caller = Exchange(BUILTIN), caller_for_the_balance(PERFECT)
    gc.collect()
    gc.disable()
    try:
        assert CrowdCall(exchange, caller, Circumstances(MORNING)).run().outcome == "served"
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_caller_may_say_everything_their_number_included():
    journey = phoned(replace(PERFECT, speaks=1.0, says_numbers=1.0))
    assert journey.outcome == "served"
    assert not [event for _, event in journey.acts if isinstance(event, KeyPressed)]


def test_a_number_that_was_not_understood_is_keyed():
    persona = replace(PERFECT, speaks=1.0, says_numbers=1.0, heard_right=0.0, heard_nothing=1.0)
    journey = phoned(persona, keys_choices=True)
    assert journey.outcome == "served"
    assert journey.failures == 2  # the number and the password were said in vain
    assert len([event for _, event in journey.acts if isinstance(event, UtteranceHeard)]) == 2


def test_who_presses_keys_goes_through_the_menus_and_says_nothing():
    journey = phoned(PERFECT)
    assert journey.outcome == "served"
    assert not [event for _, event in journey.acts if isinstance(event, UtteranceHeard)]
    assert "main.account" in journey.nodes
