"""Commands everywhere, dialogs, speech bands and profiles."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.session.actions import Listen
from tests.sessions import BYE, COMMANDS, MONDAY, PROFILES, Phone, field, hotline, phone

MENU = {
    "kind": "menu", "prompt": "main", "help": "main.help", "exhausted": "bye",
    "choices": {"sub": {"key": "1", "phrases": ["余额"], "to": "main.sub"}},
}  # fmt: skip
SUB = {
    "kind": "menu", "prompt": "sub", "exhausted": "bye",
    "choices": {"end": {"key": "2", "to": "bye"}, "agent": {"key": "9", "to": "bye"}},
}  # fmt: skip
ASK = {"kind": "field", "prompt": "ask", "entry": {"kind": "digits", "shortest": "2", "longest": "4"}, "stores": "a.b"}
NODES = {
    "main": MENU, "main.sub": SUB, "bye": BYE, "main.ask": {**ASK, "to": "bye"},
    "agent": {"kind": "menu", "prompt": "agent", "exhausted": "bye", "choices": {"x": {"key": "1", "to": "main.ask"}}},
    "main.sure": {"kind": "confirm", "prompt": "sure", "yes": "bye", "no": "bye", "exhausted": "bye"},
    "main.news": {"kind": "say", "prompt": "news", "to": "bye"},
    "main.message": {"kind": "record", "prompt": "message", "stores": "m.m", "to": "bye", "empty": "bye"},
    "main.wait": {
        "kind": "transfer", "queue": "q", "prompt": "wait", "talked": "bye", "busy": "bye", "no-answer": "bye",
    },
}  # fmt: skip
EVERYWHERE = ["main", "main.sub", "main.ask", "main.sure", "main.news", "main.message", "main.wait"]


def at(node: str, **sections: Any) -> Phone:
    """A call that starts at this node."""
    nodes = {node: NODES[node], **NODES}
    return phone(nodes, **{"commands": COMMANDS, "help": "help", "repeat": "again", **sections})


@pytest.mark.parametrize("node", EVERYWHERE)
def test_the_agent_is_one_key_away(node: str) -> None:
    call = at(node).listen() if node != "main.news" else at(node)
    call.press("0")
    if call.node == "main.ask":
        call.wait(4_000)  # in an entry, 0 may be the first digit
    assert call.node == "agent"


@pytest.mark.parametrize("node", [node for node in EVERYWHERE if node != "main.message"])
def test_the_agent_is_one_word_away(node: str) -> None:
    assert at(node).say("转人工").node == "agent"


@pytest.mark.parametrize("node", [node for node in EVERYWHERE if node != "main"])
def test_star_goes_back_to_the_menu_above(node: str) -> None:
    assert at(node).press("*").node == "main"


def test_back_at_the_top_says_the_menu_again() -> None:
    assert at("main").press("*").heard == ["main", "main"]


def test_repeat_says_everything_since_the_last_answer_again() -> None:
    nodes = {"main.news": {**NODES["main.news"], "to": "main"}, **{k: v for k, v in NODES.items() if k != "main.news"}}
    call = phone(nodes, commands=COMMANDS, repeat="again").listen()
    mark = len(call.heard)
    call.press("9").listen()
    assert call.since(mark) == ["again", "news", "main"]
    call.press("1").listen().say("重听").listen()
    assert call.heard[-2:] == ["again", "sub"]


def test_repeat_after_a_command_that_cleared_the_memory_says_the_nodes_prompt() -> None:
    call = at("main")
    call.call._spoken.clear()
    call.press("9")
    assert call.listen().heard[-1] == "main"


def test_a_node_may_rebind_a_key() -> None:
    call = at("main.sub").press("9")
    assert call.node == "bye"
    assert call.noted("choice") == [{"choice": "main.sub.agent"}]


def test_a_rebound_key_is_offered_once() -> None:
    listen = at("main.sub").all(Listen)[-1]
    assert sorted(listen.keys) == sorted(set(listen.keys))


def test_help_is_the_nodes_own_or_the_documents_and_the_prompt_follows() -> None:
    assert at("main").say("帮助").listen().heard == ["main", "main.help", "main"]
    assert at("main.sub").say("帮助").listen().heard == ["sub", "help", "sub"]
    assert at("main.news").say("帮助").wait(1_500).heard == ["news", "help", "news"]


def test_help_is_no_failure_and_keeps_the_counters() -> None:
    call = at("main").press("7").say("帮助").press("7")
    assert [note["count"] for note in call.noted("no-match")] == [1, 2]


def test_a_command_can_be_switched_off() -> None:
    quiet = {**MENU, "commands": {"agent": {"key": "0", "do": "off"}}}
    call = phone({"main": quiet, "main.sub": SUB, "bye": BYE, "agent": BYE}, commands=COMMANDS).press("0")
    assert (call.node, len(call.noted("no-match"))) == ("main", 1)
    assert call.press("10").node == "main.sub"


def test_a_command_may_have_a_guard() -> None:
    guarded = {"agent": {"key": "0", "to": "agent", "when": "known"}}
    guards = {"known": {"fact": "a.b", "known": "yes"}}
    assert at("main", commands=guarded, guards=guards).press("0").node == "main"
    assert "0" not in at("main", commands=guarded, guards=guards).all(Listen)[-1].keys


# --- dialogs ----------------------------------------------------------------------------------------------------------

DIALOG = {
    "main": {**MENU, "choices": {"go": {"key": "1", "to": "main.call"}, "deep": {"key": "2", "to": "main.outer"}}},
    "main.call": {"kind": "call", "dialog": "who", "results": {"ok": "main.ok", "back": "main"}},
    "main.outer": {"kind": "call", "dialog": "outer", "results": {"done": "main.done", "back": "main"}},
    "main.ok": {"kind": "menu", "prompt": "ok", "choices": {"x": {"key": "1", "to": "bye"}}, "exhausted": "bye"},
    "main.done": {**BYE, "prompt": "done"},
    "outer": {"kind": "call", "dialog": "who", "results": {"ok": "outer.ok", "back": "outer.back"}},
    "outer.ok": {"kind": "return", "result": "done"},
    "outer.back": {"kind": "return", "result": "back"},
    "who": {"kind": "menu", "prompt": "who", "choices": {"me": {"key": "1", "to": "who.ok"}}, "exhausted": "agent"},
    "who.ok": {"kind": "return", "result": "ok"},
    "agent": {"kind": "menu", "prompt": "agent", "choices": {"x": {"key": "1", "to": "bye"}}, "exhausted": "bye"},
    "bye": BYE,
}  # fmt: skip
DIALOGS = {
    "who": {"start": "who", "results": ["ok", "back"], "back": "back"},
    "outer": {"start": "outer", "results": ["done", "back"], "back": "back"},
}


def dialogs() -> Phone:
    return phone(DIALOG, commands=COMMANDS, dialogs=DIALOGS)


def test_a_dialog_returns_its_result_to_the_caller() -> None:
    call = dialogs().press("1")
    assert (call.node, call.call.position.returns) == ("who", ("main.call",))
    call.press("1")
    assert (call.node, call.call.position.returns) == ("main.ok", ())


def test_dialogs_nest() -> None:
    call = dialogs().press("2")
    assert (call.node, call.call.position.returns) == ("who", ("main.outer", "outer"))
    assert call.press("1").node == "main.done"


def test_back_leaves_the_dialog_with_its_declared_result() -> None:
    assert dialogs().press("1*").node == "main"
    assert dialogs().press("2*").node == "main"


def test_a_command_out_of_a_dialog_forgets_who_called_it() -> None:
    call = dialogs().press("20")
    assert (call.node, call.call.position.returns) == ("agent", ())


def test_failing_out_of_a_dialog_forgets_who_called_it() -> None:
    call = dialogs().press("1777")
    call.wait(0)
    assert (call.node, call.call.position.returns) == ("agent", ())


# --- speech bands -----------------------------------------------------------------------------------------------------

BANDS = {"accept": "0.8", "reject": "0.5", "confirm": "sure"}


@pytest.mark.parametrize(("confidence", "node"), [(1.0, "main.sub"), (0.8, "main.sub"), (0.79, "main"), (0.5, "main")])
def test_speech_is_accepted_from_the_upper_band(confidence: float, node: str) -> None:
    call = at("main", speech=BANDS).say("余额", confidence)
    assert (call.node, call.noted("no-match")) == (node, [])


def test_the_line_is_told_below_which_confidence_nothing_counts() -> None:
    assert at("main", speech={"reject": "0.7"}).all(Listen)[-1].reject == 0.7


def test_unsure_speech_is_asked_back() -> None:
    call = at("main", speech=BANDS).say("余额", 0.6)
    assert (call.heard[-1], call.call.facts["heard.choice"]) == ("sure", "余额")
    assert call.say("对").node == "main.sub"


def test_an_asked_choice_that_is_denied_is_a_no_match() -> None:
    call = at("main", speech=BANDS).say("余额", 0.6).say("不对")
    assert (call.node, len(call.noted("no-match"))) == ("main", 1)


def test_another_choice_instead_of_an_answer_is_taken() -> None:
    assert at("main", speech=BANDS).say("余额", 0.6).say("人工").node == "agent"


def test_a_key_instead_of_an_answer_is_taken() -> None:
    assert at("main", speech=BANDS).say("余额", 0.6).press("1").node == "main.sub"


def test_an_answer_after_silence_no_longer_confirms() -> None:
    call = at("main", speech=BANDS).say("余额", 0.6).listen().wait(8_000).say("对")
    assert (call.node, len(call.noted("no-match"))) == ("main", 1)


def test_an_answer_counts_before_what_else_may_have_been_heard() -> None:
    call = at("main", speech=BANDS).say("余额", 0.6).say("对", 0.9, (("人工", 0.9),))
    assert call.node == "main.sub"


def test_a_choice_that_is_withdrawn_while_it_is_asked_back_is_a_no_match() -> None:
    morning = {"desk": {"open": [{"days": "mon-sun", "from": "08:00", "to": "12:00"}]}}
    menu = {**MENU, "choices": {"sub": {"phrases": ["余额"], "to": "bye", "when": "open"}}}
    small = hotline({"main": menu, "bye": BYE}, speech=BANDS, hours=morning, guards={"open": {"hours": "desk"}})
    call = Phone(small, at=MONDAY.replace(hour=11, minute=59, second=59)).answer().say("余额", 0.6).listen().say("对")
    assert (call.node, len(call.noted("no-match"))) == ("main", 1)
    assert call.listen().call.deadline is not None


def test_speech_below_the_lower_band_is_a_no_match() -> None:
    call = at("main", speech=BANDS).say("余额", 0.49)
    assert (call.node, len(call.noted("no-match"))) == ("main", 1)


def test_without_a_question_to_ask_back_unsure_speech_is_taken() -> None:
    assert at("main", speech={"accept": "0.8", "reject": "0.5"}).say("余额", 0.6).node == "main.sub"


def test_confidence_alone_never_decides() -> None:
    call = at("main", speech=BANDS).say("今天天气真好", 1.0)
    assert (call.node, len(call.noted("no-match"))) == ("main", 1)


def test_the_first_alternative_that_means_something_counts() -> None:
    call = at("main", speech=BANDS).say("鱼饿", 0.9, (("", 0.9), ("于鹅", 0.9), ("余额", 0.85), ("人工", 0.85)))
    assert call.node == "main.sub"


def test_an_alternative_has_its_own_confidence() -> None:
    assert at("main", speech=BANDS).say("鱼饿", 0.9, (("余额", 0.2),)).node == "main"


def test_rejected_speech_is_a_no_match() -> None:
    assert len(at("main", speech=BANDS).say("").noted("no-match")) == 1


# --- profiles ---------------------------------------------------------------------------------------------------------

PATIENT = {
    **PROFILES,
    "senior": {
        "no-input": "10s", "inter-digit": "6s", "end-of-speech": "1.2s", "characters-a-minute": "120", "when": "old",
    },
}  # fmt: skip
OLD = {"old": {"fact": "person.senior", "is": "yes"}}


def test_the_profile_follows_a_fact_in_the_middle_of_a_call() -> None:
    nodes = {"look": {"kind": "lookup", "query": "q", "to": "main", "failed": "bye"}, **NODES}
    queries = {"q": {"private": "no", "gives": {"person.senior": "yes-no"}}}
    call = phone(nodes, profiles=PATIENT, guards=OLD, queries=queries, commands=COMMANDS).reply(person__senior=True)
    assert (call.call.record.profile, call.call.timing.no_input) == ("senior", 10_000)
    assert call.playing is not None
    assert call.playing.speaking_ms == 2_000
    assert call.all(Listen)[-1].end_of_speech_ms == 1_200
    assert call.listen().call.deadline == 12_000


def test_slower_takes_the_next_profile_and_says_it_again_slowly() -> None:
    call = at("main", profiles=PATIENT, guards=OLD).say("慢一点")
    assert call.call.record.profile == "senior"
    assert call.listen().heard == ["main", "again", "main"]
    assert call.all(Listen)[-1].end_of_speech_ms == 1_200
    assert call.say("慢一点").call.profile == "senior"  # there is none slower


def test_a_profile_that_the_caller_chose_stays() -> None:
    slow, quick = {**PATIENT["senior"], "when": None}, {**PROFILES["standard"], "when": "old"}
    call = at("main", profiles={**PROFILES, "senior": slow, "quick": quick}, guards=OLD).say("慢一点")
    call.call.know({"person.senior": True})
    assert call.call.profile == "senior"


def test_a_slower_profile_keeps_an_entry_going() -> None:
    call = at("main.ask", profiles=PATIENT, guards=OLD).say("一二").say("慢一点").listen()
    assert call.wait(5_999).node == "main.ask"
    assert call.wait(1).call.facts["a.b"] == "12"


def test_a_field_is_a_listening_node_like_any_other() -> None:
    assert phone({"ask": field(), "next": BYE}).say("1234").wait(10_000).call.facts["got.it"] == "1234"
