"""Fields in a call: the inter-digit timer, the ways a collection ends, and commands inside an entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ivr.identity_number import check_digit
from ivr.session import events
from ivr.session.actions import Listen, StopListening
from tests.sessions import BYE, COMMANDS, Phone, field, phone

AGENT = {"kind": "say", "prompt": "agent", "to": "next"}
RECOVERY = {"exhausted": "next", "no-match": {"1": {"say": "no-match.1"}}, "no-input": {"1": {"say": "no-input.1"}}}
ID = {"kind": "id-number", "shortest": "8", "longest": "18", "never-starts-with": "*"}


def asked(spec: dict[str, str] | None = None, **more: Any) -> Phone:
    """A call at a field whose prompt was heard."""
    nodes = {"main": {"kind": "menu", "choices": {"go": {"key": "1", "to": "main.ask"}}}, "next": BYE, "agent": AGENT}
    nodes["main.ask"] = {**field(**(spec or {})), **more}
    return phone(nodes, recovery=RECOVERY, commands=COMMANDS).press("1").listen()


def test_inter_digit_timer_runs_only_after_the_first_digit() -> None:
    call = asked()
    assert call.call.deadline == call.at + 8_000
    call.press("1")
    assert call.call.deadline == call.at + 4_000


def test_inter_digit_timer_restarts_at_each_digit() -> None:
    call = asked().press("1").wait(3_999).press("2").wait(3_999)
    assert call.collected() == []
    assert call.wait(1).collected() == ["inter-timeout"]
    assert call.call.facts["got.it"] == "12"


def test_inter_digit_timer_with_an_incomplete_entry_is_a_no_match() -> None:
    call = asked().press("1").wait(4_000)
    assert call.noted("no-match") == [{"node": "main.ask", "count": 1}]
    assert call.noted("collected") == [
        {"node": "main.ask", "reason": "inter-timeout", "result": "incomplete", "digits": 1}
    ]


def test_a_field_may_have_its_own_timing() -> None:
    call = asked(timing={"no-input": "20s", "inter-digit": "7s"})
    assert call.call.deadline == call.at + 20_000
    assert call.press("1").call.deadline == call.at + 7_000


def test_a_fixed_length_field_submits_at_once() -> None:
    call = asked({"shortest": "4"}).press("1234")
    assert (call.node, call.collected()) == ("next", ["max-digits"])


def test_a_hash_after_a_field_that_ended_by_itself_belongs_to_the_entry() -> None:
    menu = {"kind": "menu", "prompt": "menu", "choices": {"x": {"key": "1", "to": "bye"}}, "exhausted": "bye"}
    call = phone({"ask": field(shortest="4"), "next": menu, "bye": BYE}).press("1234").wait(300).press("#")
    assert (call.node, call.noted("no-match")) == ("next", [])
    assert call.press("#").noted("no-match") != []


def test_a_hash_long_after_the_entry_is_a_key_of_its_own() -> None:
    menu = {"kind": "menu", "choices": {"x": {"key": "#", "to": "bye"}}, "exhausted": "bye"}
    call = phone({"ask": field(shortest="4"), "next": menu, "bye": BYE}).press("1234").wait(4_001).press("#")
    assert call.node == "bye"


def test_too_long_is_a_no_match_and_nothing_is_stored() -> None:
    call = asked().press("12345")
    assert call.noted("collected") == [{"node": "main.ask", "reason": "max-digits", "result": "too-long", "digits": 5}]
    assert "got.it" not in call.call.facts
    assert len(call.noted("no-match")) == 1


def test_hash_on_an_empty_entry_is_a_no_input() -> None:
    call = asked().press("#")
    assert (len(call.noted("no-input")), call.collected()) == (1, ["terminator"])


def test_silence_ends_the_collection_by_first_timeout_and_the_next_begins() -> None:
    call = asked().wait(8_000)
    assert call.collected() == ["first-timeout"]
    call.press("12#")
    assert call.collected() == ["first-timeout", "terminator"]


def test_speech_ends_the_collection() -> None:
    assert asked({"shortest": "4"}).say("一二三四").collected() == ["speech-final"]
    assert asked().say("天气不错").noted("collected")[0]["result"] == "nothing"


def test_speech_that_never_ends_is_a_no_match() -> None:
    call = asked()
    call.event(events.SpeechStarted())
    call.wait(19_999)
    assert call.collected() == []
    assert call.wait(1).collected() == ["speech-final"]
    assert len(call.noted("no-match")) == 1


@pytest.mark.parametrize("leave", ["press", "say"])
def test_a_command_ends_the_collection(leave: str) -> None:
    call = asked()
    call.press("0#") if leave == "press" else call.say("人工")
    assert (call.node, call.collected()) == ("agent", ["command"])


def test_a_hang_up_ends_the_collection() -> None:
    assert asked().press("1").hang_up().noted("collected") == [
        {"node": "main.ask", "reason": "hang-up", "result": "nothing", "digits": 1}
    ]


def test_a_line_failure_cancels_the_collection() -> None:
    call = asked().press("1")
    call.event(events.LineFailed("gone"))
    assert (call.collected(), call.disposition) == (["cancelled"], "failed")


def test_the_end_of_the_call_cancels_the_collection() -> None:
    call = (
        phone({"ask": field(), "next": BYE}, call_limit={"longest": "5s", "goodbye": "over"})
        .listen()
        .press("1")
        .wait(9_000)
    )
    assert (call.collected(), call.disposition) == (["cancelled"], "gave-up")


def test_the_last_failure_begins_no_collection() -> None:
    call = asked().press("#").listen().press("#").listen().press("#").listen()
    assert (call.collected(), call.node) == (["terminator"] * 3, "next")


def test_a_failure_without_a_way_on_begins_no_collection() -> None:
    call = phone({"ask": field(), "next": BYE}).press("###")
    assert (call.collected(), call.disposition) == (["terminator"] * 3, "gave-up")


def test_star_clears_says_so_and_listens_to_speech_again() -> None:
    call = asked(cleared="cleared").press("12*")
    assert call.heard[-1] == "cleared"
    assert call.noted("cleared") == [{"node": "main.ask"}]
    assert call.collected() == []
    assert isinstance(call.all(Listen)[-1], Listen)
    assert call.call.listening is not None
    assert call.press("34#").call.facts["got.it"] == "34"


def test_star_on_an_empty_entry_is_back() -> None:
    assert asked().press("*").node == "main"


def test_clearing_without_a_prompt_of_its_own_asks_again() -> None:
    call = asked()
    mark = len(call.heard)
    assert call.press("12*").since(mark) == ["ask"]


def test_star_in_the_last_position_of_an_id_number_is_the_letter_x() -> None:
    first17 = next(first for n in range(1, 99) if check_digit(first := f"990000199003070{n:02d}") == "X")
    call = asked(ID).press(first17 + "*")
    assert (call.node, call.call.secrets >= {"got.it"}) == ("next", True)
    assert call.noted("collected")[0] == {
        "node": "main.ask",
        "reason": "max-digits",
        "result": "accepted",
        "digits": 18,
    }


def test_keys_beat_speech() -> None:
    call = asked()
    call.say("九九")
    call.press("1")
    assert isinstance(call.done[-1], StopListening)
    call.event(events.UtteranceHeard("八八"))
    assert call.press("2#").call.facts["got.it"] == "12"


def test_speech_may_add_digit_groups_and_the_timer_waits_while_the_caller_speaks() -> None:
    call = asked().say("一二")
    call.event(events.SpeechStarted())
    call.wait(10_000)
    call.event(events.UtteranceHeard("三"))
    assert call.wait(4_000).call.facts["got.it"] == "123"


def test_barging_in_with_a_second_group_does_not_start_the_inter_digit_timer() -> None:
    call = asked().say("一二").say("重听")
    assert call.playing is not None
    call.event(events.SpeechStarted())
    call.wait(10_000)
    assert call.collected() == []


def test_spoken_clearing_clears() -> None:
    call = asked(cleared="cleared").say("一二").say("清除")
    assert call.heard[-1] == "cleared"


def test_a_failed_entry_is_listened_for_again() -> None:
    call = asked().press("1#")
    assert call.call.listening is not None
    assert call.listen().say("一二").wait(4_000).node == "next"


def test_repeat_inside_a_field_says_the_prompt_again_and_keeps_the_collection() -> None:
    call = asked()
    mark = len(call.heard)
    call.press("9#")
    assert (call.since(mark), call.collected()) == (["ask"], [])
    assert call.call.listening is not None
    assert call.listen().press("12#").collected() == ["terminator"]


def test_a_hang_up_after_a_command_that_stayed_is_a_hang_up() -> None:
    assert asked(help="help").say("帮助").hang_up().collected() == ["hang-up"]


def test_a_command_that_stayed_is_not_why_the_call_ended() -> None:
    nodes = {"ask": {**field(), "help": "help"}, "next": BYE, "agent": AGENT}
    call = phone(nodes, commands=COMMANDS, call_limit={"longest": "5s"}).say("帮助").wait(5_000)
    assert (call.collected(), call.disposition) == (["cancelled"], "gave-up")


def test_a_command_whose_guard_changed_while_it_was_typed_is_a_no_match() -> None:
    open_till_noon = {"desk": {"open": [{"days": "mon-sun", "from": "08:00", "to": "12:00"}]}}
    nodes = {"ask": field(), "next": BYE, "agent": AGENT}
    command = {"agent": {"key": "0", "to": "agent", "when": "on-duty"}}
    small = phone(
        nodes, recovery=RECOVERY, commands=command, hours=open_till_noon, guards={"on-duty": {"hours": "desk"}}
    )
    late = Phone(small.call.exchange, at=datetime(2026, 3, 2, 11, 59, 58)).answer()
    late.press("0").wait(4_000)
    assert late.noted("collected")[0]["reason"] == "command"
    assert late.node == "ask"


REFUSALS = {"old-id": "old", "check-digit": "wrong", "date": "date", "length": "length", "characters": "characters"}


@pytest.mark.parametrize(
    ("keys", "refusal", "said"),
    [
        ("123456789012345#", "old-id", "old"),
        ("990000199003070014", "check-digit", "wrong"),
        ("1234567890#", "length", "length"),
    ],
)
def test_a_refused_number_is_a_no_match_in_its_own_words(keys: str, refusal: str, said: str) -> None:
    call = asked(ID, refusals=REFUSALS).press(keys)
    assert call.heard[-1] == said
    (note,) = call.noted("collected")
    assert (note["result"], note["refusal"]) == ("refused", refusal)
    assert len(call.noted("no-match")) == 1


def test_a_refusal_without_words_of_its_own_uses_the_no_match_prompt() -> None:
    assert asked(ID).press("1234567890#").heard[-1] == "no-match.1"


def test_a_whole_id_number_may_be_recognised_as_text() -> None:
    call = asked(ID).say("990000199003070013", 0.3)
    assert (call.node, call.call.facts["got.it"]) == ("next", "990000199003070013")


def test_unsure_speech_in_a_field_is_a_no_match() -> None:
    assert asked().say("一二", 0.4).noted("collected")[0]["reason"] == "speech-final"


def test_the_tail_of_the_last_entry_can_be_spoken() -> None:
    assert asked().press("1234#").call.facts["entry.tail"] == "1234"
