"""Races: input around each deadline, at the end of prompts, and at the edges of an entry."""

from __future__ import annotations

from dataclasses import replace

from ivr.callflow.hotline import Hotline
from ivr.session.exchange import Exchange
from ivr.testing.races import OFFSETS_MS, Race, json_races, races, sound, text_races
from ivr.testing.waiting_places import waiting_places
from tests.explored_hotlines import NODES, spoiled
from tests.sessions import builtin


def found_in(subject: Hotline, node: str, against: str) -> dict[str, Race]:
    return {race.input: race for race in races(subject, {}) if (race.node, race.against) == (node, against)}


def test_a_key_at_the_deadline_wins_and_after_it_comes_too_late() -> None:
    key = found_in(spoiled(), "main", "input")["key 1"]
    assert key.outcomes[-1] == key.outcomes[0] == "choice main.balance > number"
    assert key.outcomes[1] == "no-input.1 choice main.balance > number"
    assert sound(key)


def test_speech_at_the_deadline_wins() -> None:
    words = found_in(spoiled(), "main", "input")["words"]
    assert (words.outcomes[0], words.outcomes[1]) == ("no-match.1", "no-input.1 no-match.1")


def test_the_pause_between_digits_is_raced() -> None:
    key = found_in(spoiled(), "number", "inter-digit after 2")["key 0"]
    assert key.outcomes[0] == "nothing"  # one digit more
    assert "no-match" in key.outcomes[1]


def test_keys_in_the_last_millisecond_of_a_prompt_count() -> None:
    key = found_in(spoiled(), "main", "end of main.offer")["key 1"]
    assert set(key.outcomes.values()) == {"choice main.balance > number"}


def test_the_end_of_a_protected_head_is_raced() -> None:
    subject = spoiled(prompts={"main.offer": {"text": "查询余额请按1。", "barge-in": "after 1s"}})
    key = found_in(subject, "main", "end of the head of main.offer")["key 1"]
    assert sound(key)
    assert set(key.outcomes) == set(OFFSETS_MS)


def test_the_edges_of_an_entry_are_tried() -> None:
    entry = found_in(spoiled(), "number", "entry")
    assert entry["terminator first, 1 ms apart"].outcomes[0] == "collected terminator no-input.1"
    assert entry["one digit too many, 1 ms apart"].outcomes[0].startswith("collected max-digits > identify")
    after = entry["terminator after a full entry, 250 ms apart"].outcomes[0]
    assert after.startswith("collected max-digits > identify")
    assert "no-input" not in after  # it belongs to the entry that just ended


def test_lookups_are_answered_around_the_filler_and_the_last_moment() -> None:
    answer = found_in(spoiled(), "identify", "give-up")["the answer"]
    assert answer.outcomes[0] == answer.outcomes[-1]
    assert "> agent" in answer.outcomes[1]


def test_the_longest_call_is_raced_at_every_place_that_waits() -> None:
    against = {(race.node, race.against) for race in races(spoiled(), {})}
    assert {("main", "call-end"), ("number", "call-end"), ("agent", "call-end")} <= against


def test_every_race_of_the_small_hotline_is_sound_and_the_same_twice() -> None:
    first, second = races(spoiled(), {}), races(spoiled(), {})
    assert all(map(sound, first))
    assert json_races(first) == json_races(second)


def test_a_race_that_is_lost_is_marked() -> None:
    race = replace(races(spoiled(), {})[0], caller_wins=False)
    told = text_races([race])
    assert "✗" in told
    assert told.endswith("1 races at 1 nodes; 1 without a defined and stable outcome\n")


def test_an_exception_is_an_undefined_outcome() -> None:
    first = {**NODES["main"], "choices": {"help": {"key": "1", "to": "broken"}}}
    nodes = {"main": first, "broken": {"kind": "say", "prompt": "broken", "to": "number"}}
    undefined = [race for race in races(spoiled(nodes, {"broken": "{who.id:no-such-type}"}), {}) if not race.defined]
    assert {race.input for race in undefined} == {"key 1"}


def test_places_are_found_for_every_node_that_waits() -> None:
    exchange: Exchange = builtin()
    places = {place.node for place in waiting_places(exchange.hotline, exchange, {})}
    kinds = ("menu", "field", "record", "survey")
    waits = {node_id for node_id, node in exchange.flow.nodes.items() if node.kind in kinds}
    assert len(waits - places) <= 2
