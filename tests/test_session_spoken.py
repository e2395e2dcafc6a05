"""Values that are said instead of typed: advice to use the keys, failures, keys only, and what the document can ask."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.session.actions import Listen
from tests.sessions import BYE, COMMANDS, Phone, field, phone

AGENT = {"kind": "say", "prompt": "agent", "to": "next"}
RECOVERY = {"exhausted": "next", "no-match": {"1": {"say": "no-match.1"}}, "no-input": {"1": {"say": "no-input.1"}}}
ID = {"kind": "id-number", "shortest": "8", "longest": "18", "never-starts-with": "*"}
NUMBER, WRONG = "九九零零零零幺九九零零三零七零零幺三", "九九零零零零幺九九零零三零七零零幺四"
KEYS_ONLY = {"keys-only": "keys-only"}


def asked(spoken: dict[str, Any], spec: dict[str, str] | None = None, **more: Any) -> Phone:
    """A call at a field whose prompt was heard."""
    nodes = {
        "main": {"kind": "menu", "choices": {"go": {"key": "1", "to": "main.ask"}}},
        "main.ask": {**field(**(spec or {})), "prompt": "ask", "spoken": spoken, **more},
        "next": BYE,
        "agent": AGENT,
    }
    return phone(nodes, recovery=RECOVERY, commands=COMMANDS).press("1").listen()


def offer(call: Phone) -> Listen:
    return [action for action in call.done if isinstance(action, Listen)][-1]


def test_the_first_spoken_value_is_not_taken_where_keys_are_advised() -> None:
    call = asked({"advise-keys": "advice"}, {"shortest": "4"}).say("幺二三四")
    assert (call.node, call.heard[-1], call.collected()) == ("main.ask", "advice", [])
    assert call.noted("keys-advised") == [{"node": "main.ask"}]
    assert call.noted("no-match") == []


def test_advice_is_given_once_and_the_second_time_the_value_counts() -> None:
    call = asked({"advise-keys": "advice"}, {"shortest": "4"}).say("幺二三四").listen().say("幺二三四")
    assert (call.node, call.call.facts["got.it"]) == ("next", "1234")


def test_words_that_were_not_understood_do_not_stand_in_for_the_advice() -> None:
    call = asked({"advise-keys": "advice"}, {"shortest": "4"}).say("").listen().say("幺二三四")
    assert (call.node, call.heard[-1], call.call.facts.get("got.it")) == ("main.ask", "advice", None)


@pytest.mark.parametrize(("said", "node"), [("990000199003070013", "next"), ("12345678", "main.ask")])
def test_only_a_number_with_a_check_digit_is_taken_however_badly_it_was_heard(said: str, node: str) -> None:
    assert asked({}, ID).say(said, 0.01).node == node
    assert asked({}, ID).say(said).node == "next"


def test_after_the_advice_the_hotline_waits_as_after_any_prompt() -> None:
    call = asked({"advise-keys": "advice"}).say("幺二三四").listen()
    assert call.call.deadline == call.at + 8_000
    assert call.wait(8_000).noted("no-input") == [{"node": "main.ask", "count": 1}]


def test_keys_after_the_advice_are_a_value_without_any_more_of_it() -> None:
    call = asked({"advise-keys": "advice"}, {"shortest": "4"}).say("一二").press("5678")
    assert (call.node, call.call.facts["got.it"], call.call.facts["entry.spoken"]) == ("next", "5678", "no")


def test_a_command_is_taken_by_voice_without_advice() -> None:
    assert asked({"advise-keys": "advice"}).say("人工").heard[-1] == "agent"


def test_two_failures_of_speech_leave_the_keys_and_say_so() -> None:
    call = asked(KEYS_ONLY, ID).say(WRONG)
    assert call.heard[-1] == "no-match.1"
    assert offer(call).digits
    call.listen().say("")
    assert call.heard[-1] == "keys-only"
    assert not offer(call).digits
    assert offer(call).keys == "0123456789*#"
    assert call.listen().heard[-1] == "ask"


@pytest.mark.parametrize("said", [NUMBER, "一"])
def test_where_only_keys_count_digits_are_told_so_and_nothing_is_stored(said: str) -> None:
    call = asked({**KEYS_ONLY, "failures": "1"}, ID).say(WRONG).listen().say(said)
    assert call.heard[-1] == "keys-only"
    assert "got.it" not in call.call.facts
    assert len(call.noted("no-match")) == 2


def test_where_only_keys_count_commands_are_still_taken_by_voice() -> None:
    assert asked({**KEYS_ONLY, "failures": "1"}, ID).say(WRONG).listen().say("人工").heard[-1] == "agent"


def test_a_refusal_is_told_before_keys_are_asked_for() -> None:
    call = asked({**KEYS_ONLY, "failures": "1"}, ID, refusals={"check-digit": "wrong"}).say(WRONG).listen()
    assert call.heard[-3:] == ["wrong", "keys-only", "ask"]


def test_failures_of_keys_do_not_count() -> None:
    call = asked({**KEYS_ONLY, "failures": "1"}, ID).press("990000199003070014").listen()
    assert offer(call).digits


def test_an_entry_that_was_spoken_and_stays_incomplete_counts() -> None:
    call = asked({**KEYS_ONLY, "failures": "1"}, {"shortest": "4"}).say("一二").wait(4_000)
    assert call.heard[-1] == "keys-only"


def test_without_keys_only_speech_is_never_given_up() -> None:
    call = asked({}, ID)
    for _ in range(2):
        call.say(WRONG).listen()
    assert offer(call).digits


def _confirmed() -> Phone:
    """A field whose spoken values are read back and confirmed, as the document says."""
    nodes = {
        "ask": {**field(**ID), "prompt": "ask", "again": "again", "spoken": KEYS_ONLY, "to": "heard"},
        "heard": {"kind": "branch", "cases": [{"when": "spoken", "to": "heard.confirm"}], "otherwise": "next"},
        "heard.confirm": {"kind": "confirm", "prompt": "read-back", "yes": "next", "no": "ask", "exhausted": "next"},
        "next": BYE,
    }
    prompts = {"read-back": "末四位是{entry.tail:digits}，对吗？"}
    guards = {"spoken": {"fact": "entry.spoken", "is": "yes"}}
    return phone(nodes, prompts, recovery=RECOVERY, guards=guards).listen()


def test_a_spoken_value_can_be_read_back_and_a_typed_one_is_not() -> None:
    assert _confirmed().press("990000199003070013").node == "next"
    call = _confirmed().say(NUMBER)
    assert call.playing is not None
    assert call.playing.text == "末四位是零零幺三，对吗？"
    assert call.say("对").node == "next"


def test_what_is_denied_twice_is_asked_for_by_keys_at_once() -> None:
    call = _confirmed().say(NUMBER).say("不对").listen().say(NUMBER).press("2").listen()
    assert call.heard[-2:] == ["again", "keys-only"]
    assert not offer(call).digits
    assert call.press("990000199003070013").node == "next"


def test_groups_with_pauses_are_one_value() -> None:
    call = asked({}, ID)
    for group in ("九九零零零零", "幺九九零", "零三零七"):
        call.say(group).wait(1_500)
        assert call.collected() == []
    call.say("零零幺三")
    assert (call.node, call.call.facts["got.it"]) == ("next", "990000199003070013")
    assert call.call.facts["entry.spoken"] == "yes"


MISHEARD = NUMBER.replace("三零七", "三零一")


def test_of_all_ways_to_hear_an_identity_number_the_one_whose_check_digit_is_right_is_taken() -> None:
    call = asked({}, ID).say(MISHEARD, 0.7, ((WRONG, 0.3), (NUMBER, 0.1)))
    assert (call.node, call.call.facts["got.it"]) == ("next", "990000199003070013")
    assert call.call.facts["entry.spoken"] == "yes", "so that it is read back"


def test_a_way_far_less_likely_than_the_first_is_not_believed_whatever_its_check_digit() -> None:
    assert asked({}, ID).say(MISHEARD, 0.9, ((NUMBER, 0.005),)).node == "main.ask"


def test_each_group_of_a_number_may_have_been_heard_wrong() -> None:
    call = asked({}, ID)
    call.say("九九零零零零", 0.9, (("九九零零零", 0.1),)).wait(1_500)
    call.say("幺九九零", 0.6, (("七九九零", 0.3),)).wait(1_500)
    call.say("零三零一", 0.6, (("零三零七", 0.4),)).wait(1_500)
    call.say("零零幺四", 0.6, (("零零幺三", 0.3),))
    assert (call.node, call.call.facts["got.it"]) == ("next", "990000199003070013")


def test_a_group_that_was_taken_back_is_forgotten_in_all_its_ways() -> None:
    call = asked({}, ID).say("九九零零零", 0.6, (("九九零零零零", 0.5),)).wait(1_000)
    call.say("重来").wait(1_000)
    call.listen().say("幺九九零零三零七零零幺三").wait(4_000)
    assert call.noted("collected")[-1]["result"] == "refused", "twelve digits, not what they would complete"


def test_a_command_that_was_understood_first_is_not_taken_for_what_else_it_may_have_been() -> None:
    call = asked({}, ID).say("人工", 0.9, ((NUMBER, 0.1),))
    assert call.heard[-1] == "agent"
    assert "got.it" not in call.call.facts


def test_the_end_of_a_number_is_not_sought_in_what_else_a_correction_may_have_been() -> None:
    call = asked({}, ID).say("九九零零零零幺九九零零三零七", 0.9).wait(1_000)
    call.say("零零幺四", 0.6, (("不对零零幺三", 0.3),))
    assert (call.node, call.call.facts.get("got.it")) == ("main.ask", None)


def test_the_check_digit_is_no_help_where_the_value_is_no_identity_number() -> None:
    call = asked({}, {"shortest": "18", "longest": "18"}).say(MISHEARD, 0.7, ((NUMBER, 0.6),))
    assert call.call.facts["got.it"] == "990000199003010013"


def test_a_caller_who_is_asked_back_is_listened_to_for_yes_and_no() -> None:
    nodes = {"main": {"kind": "menu", "choices": {"a": {"key": "1", "phrases": ["余额"], "to": "next"}}}, "next": BYE}
    call = phone(nodes, recovery=RECOVERY, speech={"confirm": "sure"}).listen()
    before = offer(call)
    call.say("余额", 0.6)
    assert {"是", "不是"} <= set(offer(call).phrases)
    call.say("不是")
    assert offer(call) == before
    assert call.listen().say("余额", 0.6).say("是的").node == "next"
