"""Menus, confirmations and surveys in a call: the no-input timer, counters, escalation and the way out."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.session import events
from tests.sessions import BYE, COMMANDS, Phone, phone

MENU = {"kind": "menu", "prompt": "main", "choices": {"sub": {"key": "1", "phrases": ["余额"], "to": "main.sub"}}}
SUB = {"kind": "menu", "prompt": "sub", "choices": {"end": {"key": "1", "to": "bye"}}}
RECOVERY = {
    "no-input": {"1": {"say": "no-input.1"}, "2": {"say": "no-input.2"}},
    "no-match": {"1": {"say": "no-match.1"}, "3": {"say": "no-match.3", "reprompt": "no"}},
    "exhausted": "trouble",
}


def main_menu(menu: dict[str, Any] | None = None, **sections: Any) -> Phone:
    nodes = {"main": {**MENU, **(menu or {})}, "main.sub": SUB, "bye": BYE, "trouble": {**BYE, "prompt": "trouble"}}
    nodes["agent"] = {"kind": "say", "prompt": "agent", "to": "bye"}
    return phone(nodes, **{"recovery": RECOVERY, "commands": COMMANDS, **sections})


def test_no_input_timer_starts_when_the_last_prompt_ends() -> None:
    call = main_menu({"prompt": ["one", "two"]})
    call.wait(1_999)
    assert "input" not in call.call.timers
    call.wait(1)
    assert call.call.deadline == 10_000
    assert call.wait(7_999).noted("no-input") == []
    assert call.wait(1).noted("no-input") == [{"node": "main", "count": 1}]


def test_no_input_timer_does_not_run_while_a_prompt_is_late() -> None:
    call = main_menu()
    call.at += 60_000  # the line takes long to say it
    call.event(events.PromptFinished(1))
    assert call.noted("no-input") == []
    assert call.call.deadline == call.at + 8_000


def test_no_input_timer_starts_at_once_at_a_node_without_prompt() -> None:
    assert main_menu({"prompt": []}).call.deadline == 8_000


def test_no_input_timer_stops_at_the_first_key() -> None:
    call = main_menu().listen().wait(7_999).press("1")
    assert call.noted("no-input") == []
    assert call.node == "main.sub"


def test_no_input_timer_stops_when_speech_starts() -> None:
    call = main_menu().listen().wait(7_000)
    call.event(events.SpeechStarted())
    call.wait(19_000)
    assert call.noted("no-input") == []
    call.event(events.UtteranceHeard("余额"))
    assert call.node == "main.sub"


def test_a_recogniser_that_never_answers_does_not_stall_the_call() -> None:
    call = main_menu().listen()
    call.event(events.SpeechStarted())
    call.wait(20_000)
    assert call.noted("no-match") == [{"node": "main", "count": 1}]


def test_a_node_may_wait_longer() -> None:
    assert main_menu({"timing": {"no-input": "30s"}}).listen().call.deadline == 31_000


def test_a_key_that_is_not_offered_is_a_no_match() -> None:
    call = main_menu().listen().press("7")
    assert (call.node, call.noted("no-match")) == ("main", [{"node": "main", "count": 1}])


@pytest.mark.parametrize("key", ["A", "12", "", "１", "1\n"])
def test_what_is_no_key_is_a_no_match(key: str) -> None:
    call = main_menu().listen()
    call.event(events.KeyPressed(key))
    assert (call.node, len(call.noted("no-match"))) == ("main", 1)


def test_counters_are_separate() -> None:
    call = main_menu().listen().press("7").listen().wait(8_000).listen().press("7")
    assert [note["count"] for note in call.noted("no-match")] == [1, 2]
    assert [note["count"] for note in call.noted("no-input")] == [1]


def test_counters_are_reset_when_the_node_is_entered_again_but_not_on_a_reprompt() -> None:
    call = main_menu().press("7").press("9").press("7").press("1").press("*").press("7")
    assert [note["count"] for note in call.noted("no-match")] == [1, 2, 1]


def test_escalation_takes_the_highest_count_not_above_the_current_one() -> None:
    call = main_menu()
    heard = []
    for _ in range(3):
        mark = len(call.heard)
        call.press("7").listen()
        heard.append(call.since(mark))
    assert heard == [["no-match.1", "main"], ["no-match.1", "main"], ["no-match.3", "trouble"]]


def test_a_handler_may_do_without_the_nodes_prompt() -> None:
    assert main_menu({"no-match": {"1": {"say": "own", "reprompt": "no"}}}).press("7").listen().heard == ["main", "own"]


def test_a_nodes_own_handler_replaces_the_inherited_one_of_the_same_count() -> None:
    call = main_menu({"no-match": {"2": {"say": "own.2"}}})
    mark = len(call.heard)
    call.press("7").listen().press("7").listen()
    assert call.since(mark) == ["no-match.1", "main", "own.2", "main"]


def test_a_handler_may_lead_elsewhere_after_its_prompt() -> None:
    call = main_menu({"no-input": {"1": {"say": "moving", "to": "main.sub"}}}).listen().wait(8_000)
    assert (call.node, call.heard[-1]) == ("main", "moving")
    assert call.listen().heard[-2:] == ["moving", "sub"]
    assert call.node == "main.sub"


def test_a_handler_that_leads_elsewhere_still_does_at_a_later_count() -> None:
    call = main_menu({"no-match": {"1": {"say": "x"}, "2": {"to": "main.sub"}}}, recovery={"exhausted": "bye"})
    assert call.press("7").press("7").node == "main.sub"


def test_a_key_during_the_way_elsewhere_goes_to_the_next_node() -> None:
    call = main_menu({"no-input": {"1": {"say": "moving", "to": "main.sub"}}}).listen().wait(8_000).press("1")
    assert call.node == "bye"
    assert call.noted("key-pressed")[-1]["key"] == "•"
    assert call.noted("key-taken")[-1]["key"] == "1"


def test_nobody_is_cut_off_at_the_first_silence() -> None:
    call = main_menu().wait(30_000)
    assert [note["count"] for note in call.noted("no-input")] == [1, 2, 3]
    assert call.heard[-2:] == ["no-input.2", "trouble"]
    assert call.wait(1_000).disposition == "completed"


def test_without_a_way_out_the_call_ends_after_the_last_try() -> None:
    call = main_menu(recovery={"no-input": {"3": {"say": "sorry"}}}).wait(60_000)
    assert (call.heard[-1], call.disposition) == ("sorry", "gave-up")


def test_a_nodes_own_exhausted_wins() -> None:
    assert main_menu({"exhausted": "main.sub"}).press("7").press("7").press("7").listen().node == "main.sub"


def test_prompts_taper_when_the_caller_comes_back() -> None:
    call = main_menu({"again": "main.again"})
    call.press("1").press("*")
    assert call.heard == ["main", "sub", "main.again"]


def test_without_a_shorter_prompt_the_long_one_is_said_again() -> None:
    assert main_menu().press("1").press("*").heard == ["main", "sub", "main"]


CONFIRM = {"kind": "confirm", "prompt": "sure", "yes": "yes", "no": "no"}


def confirming(**more: Any) -> Phone:
    nodes = {"ask": {**CONFIRM, **more}, "yes": {**BYE, "prompt": "yes"}, "no": BYE, "agent": BYE}
    return phone(nodes, recovery=RECOVERY | {"exhausted": "no"}, commands=COMMANDS)


@pytest.mark.parametrize(("key", "node"), [("1", "yes"), ("2", "no"), ("0", "agent"), ("7", "ask")])
def test_a_confirmation_by_key(key: str, node: str) -> None:
    call = confirming().press(key)
    assert (call.node, len(call.noted("no-match"))) == (node, int(node == "ask"))


@pytest.mark.parametrize(
    ("said", "confidence", "node"),
    [("是", 0.9, "yes"), ("不是", 0.9, "no"), ("是", 0.7, "ask"), ("人工", 0.6, "agent"), ("人工", 0.4, "ask")],
)
def test_a_confirmation_by_voice_needs_a_sure_answer(said: str, confidence: float, node: str) -> None:
    call = confirming().say(said, confidence)
    assert (call.node, len(call.noted("no-match"))) == (node, int(node == "ask"))


def test_a_confirmation_may_have_other_keys_and_a_command_does_not_take_them() -> None:
    assert confirming(**{"yes-key": "0", "no-key": "9"}).press("0").node == "yes"
    assert confirming(**{"yes-key": "0", "no-key": "9"}).press("9").node == "no"


SURVEY = {
    "kind": "survey", "prompt": "rate", "stores": "survey.rating", "to": "bye", "skipped": "skipped",
    "ratings": {"1": ["满意"], "2": ["不好"], "#": []},
}  # fmt: skip


def rating() -> Phone:
    nodes = {"ask": SURVEY, "bye": BYE, "skipped": BYE, "agent": BYE}
    return phone(nodes, commands={"agent": {"key": "0", "phrases": ["人工"], "to": "agent"}})


def test_a_survey_by_key() -> None:
    call = rating().press("2")
    assert (call.node, call.call.record.rating, call.call.facts["survey.rating"]) == ("bye", 2, 2)


def test_a_survey_by_voice() -> None:
    assert rating().say("满意").call.record.rating == 1


def test_a_rating_without_a_number_is_kept_as_none() -> None:
    call = rating().press("#")
    assert (call.node, call.call.record.rating) == ("bye", None)


def test_an_unanswered_survey_is_skipped_at_once() -> None:
    call = rating().listen().wait(8_000)
    assert (call.node, call.call.record.no_inputs) == ("skipped", 1)
    assert rating().press("7").node == "skipped"
    assert rating().say("天气").node == "skipped"
    assert rating().say("满意", 0.2).node == "skipped"


def test_commands_work_in_a_survey() -> None:
    assert rating().press("0").node == "agent"
    assert rating().say("人工").node == "agent"


def test_speech_that_never_ends_skips_a_survey() -> None:
    call = rating().listen()
    call.event(events.SpeechStarted())
    assert call.wait(20_000).call.record.no_matches == 1
