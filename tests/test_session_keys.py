"""Type-ahead and barge-in: which keys and words interrupt, which are kept, and what forgets them."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.session import events
from ivr.session.call_events import TYPED_AHEAD_LIMIT
from tests.sessions import BYE, Phone, field, phone

MENU = {
    "kind": "menu", "prompt": "main", "exhausted": "bye",
    "choices": {"sub": {"key": "1", "phrases": ["余额"], "to": "sub"}, "end": {"key": "3", "to": "bye"}},
}  # fmt: skip
SUB = {"kind": "menu", "prompt": "sub", "exhausted": "bye", "choices": {"end": {"key": "2", "to": "bye"}}}


def menus(prompts: dict[str, Any] | None = None, sub: dict[str, Any] | None = None, **sections: Any) -> Phone:
    return phone({"main": MENU, "sub": sub or SUB, "bye": BYE}, prompts or {}, **sections)


def test_a_key_interrupts_the_prompt_and_counts() -> None:
    call = menus().wait(400).press("1")
    assert call.node == "sub"
    assert call.noted("stop-prompt") == [{"prompt": "main", "heard_ms": 400}]


def test_keys_typed_one_after_the_other_follow_the_path() -> None:
    call = menus().press("12")
    assert (call.node, call.noted("key-pressed")) == ("bye", [{"key": "1"}, {"key": "2"}])


def test_keys_during_a_protected_prompt_are_kept_and_count_when_it_ends() -> None:
    call = menus({"main": {"barge-in": "no"}}).press("1")
    assert call.node == "main"
    assert call.wait(1_000).node == "sub"


def test_keys_typed_ahead_are_kept_across_nodes() -> None:
    call = menus({"main": {"barge-in": "no"}}).press("12").wait(1_000)
    assert (call.node, call.heard) == ("bye", ["main", "bye"])
    assert call.noted("key-taken") == [{"key": "1"}, {"key": "2"}]


def test_keys_typed_ahead_are_hidden_until_it_is_known_that_they_are_no_secret() -> None:
    call = menus({"main": {"barge-in": "no"}}).press("1")
    assert call.noted("key-pressed") == [{"key": "•", "ahead": True}]


def test_a_failure_forgets_keys_typed_ahead() -> None:
    call = menus({"main": {"barge-in": "no"}}).press("712").wait(1_000)
    assert (call.node, call.noted("flush")) == ("main", [{"keys": 2}])


def test_a_confirmation_forgets_keys_typed_ahead() -> None:
    sure = {"kind": "confirm", "prompt": "sure", "yes": "bye", "no": "bye"}
    call = menus({"main": {"barge-in": "no"}}, sure).press("11").wait(1_000)
    assert (call.node, call.heard[-1], call.noted("flush")) == ("sub", "sure", [{"keys": 1}])


def test_a_confirmation_may_be_told_to_keep_them() -> None:
    sure = {"kind": "confirm", "prompt": "sure", "yes": "bye", "no": "sub", "flush": "no"}
    assert menus({"main": {"barge-in": "no"}}, sure).press("11").wait(1_000).node == "bye"


def test_a_node_may_be_told_to_forget_them() -> None:
    call = menus({"main": {"barge-in": "no"}}, {**SUB, "flush": "yes"}).press("12").wait(1_000)
    assert (call.node, call.heard[-1]) == ("sub", "sub")


@pytest.mark.parametrize("barge_in", ["no", "after 500ms"])
def test_a_protected_prompt_that_starts_forgets_keys_typed_ahead(barge_in: str) -> None:
    call = menus({"main": {"barge-in": "no"}, "sub": {"barge-in": barge_in}}).press("12").wait(1_000)
    assert (call.node, call.heard[-1], call.noted("flush")) == ("sub", "sub", [{"keys": 1}])


def test_keys_typed_during_a_lookup_are_kept() -> None:
    nodes = {
        "look": {"kind": "lookup", "query": "q", "to": "main", "failed": "bye"},
        "main": MENU,
        "sub": SUB,
        "bye": BYE,
    }
    call = phone(nodes, queries={"q": {"private": "no"}}).press("12")
    assert call.node == "look"
    assert call.reply().node == "bye"


def test_no_more_keys_are_kept_than_anybody_needs() -> None:
    call = menus({"main": {"barge-in": "no"}}).press("7" * (TYPED_AHEAD_LIMIT + 50))
    assert len(call.call.ahead) == TYPED_AHEAD_LIMIT


def test_a_key_in_the_protected_head_counts_when_the_head_ends() -> None:
    call = menus({"main": {"barge-in": "after 600ms"}}).wait(200).press("1")
    assert (call.node, call.call.deadline) == ("main", 600)
    assert call.wait(400).node == "sub"
    assert call.noted("stop-prompt") == [{"prompt": "main", "heard_ms": 600}]


def test_a_key_after_the_protected_head_interrupts_at_once() -> None:
    assert menus({"main": {"barge-in": "after 600ms"}}).wait(600).press("1").node == "sub"


def test_a_prompt_that_ends_inside_its_protected_head_frees_the_keys() -> None:
    call = menus({"main": {"barge-in": "after 5s"}}).press("1").wait(1_000)
    assert call.node == "sub"
    assert "head" not in call.call.timers


def test_a_silence_after_a_key_before_the_next_phrase() -> None:
    profile = {"standard": {"no-input": "8s", "inter-digit": "4s", "after-key": "500ms"}}
    call = menus(profiles=profile)
    assert call.playing is not None
    assert call.playing.delay_ms == 0
    call.press("1")
    assert call.playing.delay_ms == 500
    assert call.wait(300).press("2").noted("stop-prompt")[-1] == {"prompt": "sub", "heard_ms": 0}


def test_only_the_first_phrase_after_a_key_is_delayed() -> None:
    profile = {"standard": {"no-input": "8s", "inter-digit": "4s", "after-key": "500ms"}}
    call = menus(sub={**SUB, "prompt": ["one", "two"]}, profiles=profile).press("1").wait(1_500)
    assert call.playing is not None
    assert (call.playing.prompt_id, call.playing.delay_ms) == ("two", 0)


def test_speech_interrupts_a_prompt() -> None:
    call = menus().wait(400)
    call.event(events.SpeechStarted())
    assert call.playing is None
    call.event(events.UtteranceHeard("余额"))
    assert call.node == "sub"


def test_speech_does_not_interrupt_a_protected_prompt_and_is_not_kept() -> None:
    call = menus({"main": {"barge-in": "no"}}).say("余额")
    assert (call.node, call.heard) == ("main", ["main"])
    assert call.wait(1_000).node == "main"
    assert call.noted("no-match") == []


def test_hotword_only_a_phrase_on_offer_interrupts() -> None:
    call = menus({"main": {"barge-in": "hotword"}}).say("今天天气")
    assert (call.node, call.noted("stop-prompt")) == ("main", [])
    assert call.noted("no-match") == []
    assert call.say("余额").node == "sub"


def test_hotword_any_key_interrupts() -> None:
    call = menus({"main": {"barge-in": "hotword"}}).press("7")
    assert (len(call.noted("stop-prompt")), len(call.noted("no-match"))) == (1, 1)


def test_an_utterance_without_speech_started_interrupts_too() -> None:
    call = menus()
    call.event(events.UtteranceHeard("余额"))
    assert call.node == "sub"


SAY = {"kind": "say", "prompt": "news", "to": "main"}
AGENT = {"agent": {"key": "0", "phrases": ["人工"], "to": "bye"}}


def announced(to: Any = MENU, prompts: dict[str, Any] | None = None) -> Phone:
    return phone({"news": SAY, "main": to, "sub": SUB, "bye": BYE, "next": BYE}, prompts or {}, commands=AGENT)


def test_a_key_during_an_announcement_counts_at_the_node_it_leads_to() -> None:
    assert announced().press("1").node == "sub"


def test_a_command_works_during_an_announcement() -> None:
    assert announced().press("0").node == "bye"
    assert announced().say("人工").node == "bye"


def test_unsure_or_other_words_do_not_disturb_an_announcement() -> None:
    call = announced().say("人工", 0.3).say("你好")
    assert (call.node, call.noted("stop-prompt")) == ("news", [])


def test_a_digit_during_an_announcement_before_an_entry_belongs_to_the_entry() -> None:
    call = announced(field()).press("0")
    assert (call.node, call.call.status().digits) == ("main", 1)


def test_digits_of_a_secret_entry_are_hidden_during_the_announcement_before_it() -> None:
    secret = field(kind="password", shortest="6", longest="6")
    hidden = announced(secret).press("123456")
    assert {note["key"] for note in hidden.noted("key-pressed")} == {"•"}
    branch = {"kind": "branch", "cases": [{"when": "never", "to": "bye"}], "otherwise": "ask"}
    nodes = {"news": SAY, "main": branch, "ask": secret, "bye": BYE, "next": BYE}
    around = phone(nodes, guards={"never": {"fact": "a.b", "is": "x"}}).press("1")
    assert around.node == "ask"
    assert {note["key"] for note in around.noted("key-pressed")} == {"•"}


def test_a_goodbye_is_heard_to_its_end() -> None:
    call = menus().press("3").press("1")
    assert (call.node, call.over) == ("bye", False)
    assert call.wait(1_000).disposition == "completed"
