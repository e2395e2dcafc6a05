"""Keys and seconds to services, for an expert, a listener and somebody who errs at every step."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from ivr.callflow.hotline import Hotline
from ivr.commands.explore import explore
from ivr.session.exchange import Exchange
from ivr.testing.callers import EXPERT_PACE_MS, TYPICAL_PACE_MS, typical
from ivr.testing.costs import Cost, broken_thresholds, costs, counted_keys, text_costs
from ivr.testing.shortest_ways import shortest_ways
from tests.explored_hotlines import NODES, SECTIONS, choice, spoiled
from tests.sessions import builtin

FREE = {**SECTIONS["queries"], "balance": {"gives": {"account.balance": "money"}, "private": "no"}}


def cost_of(subject: Hotline, node: str) -> Cost:
    return next(cost for cost in costs(subject) if cost.node == node)


@pytest.fixture(scope="module")
def builtin_costs() -> dict[str, Cost]:
    return {cost.node: cost for cost in costs(builtin().hotline)}


def test_every_service_and_every_queue_has_a_row(builtin_costs: dict[str, Cost]) -> None:
    flow = builtin().flow
    assert set(builtin_costs) == {*flow.services, *(one.node for one in flow.thresholds), "agent.connect"}
    assert all(cost.minimum and cost.typical and cost.worst for cost in builtin_costs.values())


def test_the_balance_takes_two_choices_an_id_number_and_a_password(builtin_costs: dict[str, Cost]) -> None:
    cost = builtin_costs["main.account.balance"]
    assert cost.minimum is not None
    assert cost.minimum.keys == 2 + 18 + 6
    assert cost.way == ("1", "1", "(18 keys)", "(6 keys)")


def test_who_knows_the_menu_is_faster_and_who_errs_is_slower(builtin_costs: dict[str, Cost]) -> None:
    for cost in builtin_costs.values():
        assert cost.minimum is not None
        assert cost.typical is not None
        assert cost.worst is not None
        assert cost.minimum.ms < cost.typical.ms < cost.worst.ms
        assert cost.minimum.keys == cost.typical.keys < cost.worst.keys


def test_the_builtin_hotline_keeps_its_thresholds(builtin_costs: dict[str, Cost]) -> None:
    assert broken_thresholds(builtin().hotline, list(builtin_costs.values())) == []


def test_an_expert_types_without_listening() -> None:
    cost = cost_of(spoiled(), "balance")
    assert cost.minimum is not None
    assert (cost.minimum.keys, cost.minimum.ms) == (7, EXPERT_PACE_MS * 2 + EXPERT_PACE_MS * 5)


def test_a_typical_caller_hears_the_menu_until_their_key_was_said() -> None:
    """查询余额请按1 is six characters and a key at 250 ms; what follows is not waited for."""
    long_menu = {"main.offer": "查询余额请按1，查询其他内容请按2，重听请按3。"}
    way = dict(shortest_ways(spoiled(prompts=long_menu), Exchange(spoiled(prompts=long_menu)), ["number"], {}))[
        "number"
    ]
    figure = typical(Exchange(spoiled(prompts=long_menu)), way, "number")
    assert figure is not None
    assert figure.ms == 7 * 250


def test_a_typical_caller_hears_other_questions_to_their_end() -> None:
    cost = cost_of(spoiled(), "balance")
    asked_ms = 4 * 250  # number.ask
    assert cost.typical is not None
    assert cost.typical.ms == 7 * 250 + asked_ms + 5 * TYPICAL_PACE_MS


def test_a_service_by_voice_alone_costs_no_keys() -> None:
    spoken = {**NODES["main"], "choices": {"balance": {"phrases": ["余额"], "to": "balance-lookup"}}}
    subject = spoiled({"main": spoken, "balance-lookup": {"with": {}}}, {"balance.read": "余额。"}, queries=FREE)
    cost = cost_of(subject, "balance")
    assert cost.minimum is not None
    assert cost.minimum.keys == 0
    assert cost.way == ("“余额”",)


def test_what_cannot_be_reached_has_no_cost() -> None:
    island: dict[str, Any] = {"island": {"kind": "say", "prompt": "island", "to": "bye"}}
    subject = spoiled(island, services={"island": "岛"})
    assert cost_of(subject, "island").minimum is None
    assert "not reached" in text_costs(costs(subject))


def test_broken_thresholds_say_what_is_allowed_and_what_it_takes() -> None:
    limits = [{"node": "balance", "keys": "6", "typical": "3s"}, {"node": "agent", "keys": "1"}, {"node": "number"}]
    subject = spoiled(thresholds=limits)
    broken = broken_thresholds(subject, costs(subject))
    assert [(one.number, one.what) for one in broken] == [
        (0, "balance takes 7 keys, 6 allowed"),
        (0, "balance typically takes 5.2 s, 3 s allowed"),
    ]


def test_a_threshold_for_what_nobody_reaches_is_broken() -> None:
    island: dict[str, Any] = {"island": {"kind": "say", "prompt": "island", "to": "bye"}}
    subject = spoiled(island, thresholds=[{"node": "island", "keys": "9"}])
    broken = broken_thresholds(subject, costs(subject))
    assert [one.what for one in broken] == ["no way to island was found in 40,000 steps"]


def test_the_fewest_keys_win_over_a_way_that_is_found_first() -> None:
    """Two keys by way of another menu, against seven: the shorter one is taken."""
    detour = {"kind": "menu", "choices": {"here": {"key": "1", "to": "balance-lookup"}}}
    nodes = {"main": choice("detour"), "detour": detour, "balance-lookup": {"with": {}}}
    cost = cost_of(spoiled(nodes, {"balance.read": "余额。"}, queries=FREE), "balance")
    assert cost.minimum is not None
    assert cost.minimum.keys == 2


def test_the_command_prints_a_table_and_json() -> None:
    table = CliRunner().invoke(explore, ["--costs"])
    assert table.exit_code == 0
    assert "main.account.balance 余额" in table.output
    data = json.loads(CliRunner().invoke(explore, ["--costs", "--json"]).output)
    assert {"node", "name", "way", "minimum", "typical", "worst"} == set(data[0])


def test_each_cost_is_told_as_soon_as_it_is_known() -> None:
    """So a bar can follow, and what was measured before Ctrl-C is not lost."""
    told: list[Cost] = []
    found = costs(spoiled(), progress=told.append)
    assert sorted(told, key=lambda cost: cost.node) == sorted(found, key=lambda cost: cost.node)
    assert [cost.minimum.keys for cost in told if cost.minimum] == sorted(c.minimum.keys for c in found if c.minimum)


def test_one_key_is_no_keys() -> None:
    assert [counted_keys(number) for number in (0, 1, 2)] == ["0 keys", "1 key", "2 keys"]
