"""Lookups, transfers to an agent and messages: what is said while somebody else works, and every way it can end."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.session import events
from ivr.session.actions import CancelTransfer, LookUp, StopListening, TransferCall
from tests.sessions import BYE, Phone, phone

NEXT = {"kind": "menu", "prompt": "next", "exhausted": "bye", "choices": {"again": {"key": "1", "to": "look"}}}
LOOK = {"kind": "lookup", "query": "q", "to": "next", "failed": "sorry"}
SORRY = {**NEXT, "prompt": "sorry"}
WAITING = {"filler-after": "2s", "filler-every": "8s", "gives-up-after": "20s", "filler": "filler"}
GIVES = {"private": "no", "gives": {"a.b": "digits", "a.lines": {"type": "lines", "line": {"x": "text"}}}}


def looking(look: dict[str, Any] | None = None, query: dict[str, Any] | None = None, **more: Any) -> Phone:
    nodes = {"look": {**LOOK, **(look or {})}, "next": NEXT, "sorry": SORRY, "bye": BYE}
    return phone(nodes, queries={"q": query or GIVES}, waiting=WAITING, **more)


def test_a_filler_is_said_after_two_seconds_and_every_eight() -> None:
    call = looking()
    call.wait(1_999)
    assert call.heard == []
    call.wait(1)
    assert call.heard == ["filler"]
    call.wait(7_999)
    assert call.heard == ["filler"]
    assert call.wait(1).heard == ["filler"] * 2


def test_a_lookup_gives_up_with_an_apology_and_a_way_on() -> None:
    call = looking().wait(20_000)
    assert call.noted("lookup-failed") == [{"request": 1, "reason": "timeout"}]
    assert (call.node, call.call.record.failed_lookups) == ("sorry", 1)


def test_a_lookups_own_prompt_is_heard_to_its_end() -> None:
    call = looking({"prompt": "one-moment"}).reply(a__b="12")
    assert (call.node, call.heard) == ("look", ["one-moment"])
    assert call.listen().heard == ["one-moment", "next"]


def test_a_filler_does_not_talk_over_the_lookups_own_prompt() -> None:
    call = looking({"prompt": ["a", "b", "c"]}).wait(9_999)
    assert call.heard == ["a", "b", "c"]
    assert call.wait(1).heard[-1] == "filler"


def test_a_lookup_fails_by_itself() -> None:
    call = looking()
    call.event(events.LookupFailed(1, "backend-down"))
    assert (call.node, call.noted("lookup-failed")) == ("sorry", [{"request": 1, "reason": "backend-down"}])


def test_late_duplicate_and_unknown_answers_are_ignored() -> None:
    call = looking({"prompt": "one-moment"})
    call.event(events.LookupAnswered(99, {"a.b": "99"}))
    call.event(events.LookupFailed(99, "x"))
    call.reply(a__b="12").reply(a__b="34")
    call.event(events.LookupFailed(1, "x"))
    call.listen().reply(a__b="56")
    assert (call.node, call.call.facts["a.b"]) == ("next", "12")
    assert [note["what"] for note in call.noted("late")].count("lookup-answered") == 3
    assert len(call.noted("late")) == 5


def test_an_answer_after_giving_up_is_ignored() -> None:
    call = looking().wait(20_000).reply(a__b="12")
    assert (call.node, "a.b" in call.call.facts) == ("sorry", False)


def test_an_answer_during_the_goodbye_is_ignored() -> None:
    call = looking(call_limit={"longest": "1s", "goodbye": "over"}).wait(1_500)
    call.reply(a__b="12").event(events.LookupFailed(1, "x"))
    assert ("a.b" in call.call.facts, len(call.noted("late"))) == (False, 2)
    assert call.listen().disposition == "gave-up"


def test_facts_that_the_document_does_not_declare_are_dropped() -> None:
    call = looking().reply(a__b="12", c__d="secret")
    assert "c.d" not in call.call.facts
    assert call.noted("lookup-answered") == [{"facts": {"a.b": "12"}}]


def test_parameters_are_facts_or_literal() -> None:
    call = looking({"with": {"who": "caller.number-tail", "page": {"value": "1"}}})
    assert call.pending().params == {"who": "1234", "page": "1"}


def test_a_lookup_with_an_unknown_parameter_is_refused() -> None:
    call = looking({"with": {"who": "a.b"}})
    assert (call.all(LookUp), call.node) == ([], "sorry")
    assert call.noted("lookup-refused") == [{"query": "q", "reason": "missing-who"}]


PRIVATE = {"gives": {"a.b": "digits"}}
VERIFIED = {"verified": "sure", "guards": {"sure": {"fact": "a.sure", "is": "yes"}}}


def test_a_private_lookup_is_refused_before_verification() -> None:
    for call in (looking(query=PRIVATE), looking(query=PRIVATE, **VERIFIED)):
        assert (call.all(LookUp), call.node) == ([], "sorry")
        assert call.noted("lookup-refused") == [{"query": "q", "reason": "not-verified"}]


def test_a_private_lookup_is_allowed_after_verification() -> None:
    identify = {"private": "no", "gives": {"a.sure": "yes-no"}}
    nodes = {"who": {**LOOK, "query": "who", "to": "look"}, "look": LOOK, "next": NEXT, "sorry": SORRY, "bye": BYE}
    call = phone(nodes, queries={"who": identify, "q": PRIVATE}, **VERIFIED).reply(a__sure=True)
    assert (call.node, call.pending().query) == ("look", "q")


def test_a_prompt_for_verified_callers_is_not_said_to_others() -> None:
    prompts = {"balance": {"heard-by": "verified"}}
    call = phone(
        {"tell": {"kind": "say", "prompt": ["balance", "other"], "to": "bye"}, "bye": BYE}, prompts, **VERIFIED
    )
    assert call.heard == ["other"]
    assert call.noted("error") == [{"prompt": "balance", "reason": "the caller is not verified"}]


def test_a_question_that_cannot_be_worded_is_an_error_of_its_node() -> None:
    menu = {"kind": "menu", "prompt": "ask", "exhausted": "bye", "choices": {"x": {"key": "1", "to": "bye"}}}
    menu["error"] = {"1": {"say": "sorry"}}
    call = phone({"menu": menu, "bye": BYE}, {"ask": "余额{a.b:money}"}).wait(3_000)
    assert [note["count"] for note in call.noted("error") if "count" in note] == [1, 2, 3]
    assert call.heard[:2] == ["sorry", "sorry"]
    assert call.node == "bye"


def test_the_reason_of_an_unreadable_fact_does_not_quote_it() -> None:
    nodes = {"look": LOOK, "next": {"kind": "say", "prompt": "tell", "to": "bye"}, "sorry": SORRY, "bye": BYE}
    call = phone(nodes, {"tell": "{a.b:money}"}, queries={"q": {"private": "no", "gives": {"a.b": "money"}}})
    assert call.reply(a__b="王小明").noted("error") == [{"prompt": "tell", "reason": "fact a.b cannot be read out"}]


# --- transfer ---------------------------------------------------------------------------------------------------------

WAIT = {
    "kind": "transfer", "queue": "agents", "prompt": "connecting", "comfort": "comfort", "every": "20s",
    "longest": "60s", "talked": "rated", "busy": "busy", "no-answer": "nobody",
    "choices": {"leave": {"key": "2", "phrases": ["留言"], "to": "left"}},
}  # fmt: skip


def waiting(**more: Any) -> Phone:
    ends = {name: {**BYE, "prompt": name} for name in ("rated", "busy", "nobody", "left")}
    return phone({"wait": WAIT, **ends}, **more)


def test_a_caller_in_the_queue_is_comforted() -> None:
    call = waiting()
    assert [action.queue for action in call.all(TransferCall)] == ["agents"]
    call.wait(1_000 + 20_000)
    assert call.heard == ["connecting", "comfort"]
    assert call.wait(1_000 + 20_000).heard[-1] == "comfort"


@pytest.mark.parametrize(("reason", "node"), [("busy", "busy"), ("no-answer", "nobody"), ("nonsense", "nobody")])
def test_a_transfer_that_fails_leads_on(reason: str, node: str) -> None:
    call = waiting()
    call.event(events.TransferEnded(1, reason))
    assert (call.node, call.all(CancelTransfer)) == (node, [])


def test_talking_to_an_agent_stops_prompts_and_timers() -> None:
    call = waiting()
    call.event(events.AgentAnswered(1))
    assert (call.playing, call.call.deadline) == (None, None)
    assert len(call.all(StopListening)) == 1
    call.wait(3_600_000).press("2").say("留言")
    assert call.node == "wait"
    assert {note["key"] for note in call.noted("key-pressed")} == {"•"}
    assert {note["text"] for note in call.noted("utterance-heard")} == {"••"}
    call.event(events.AgentAnswered(1))
    call.event(events.TransferEnded(1, "talked"))
    assert call.node == "rated"
    assert call.listen().disposition == "transferred"


def test_the_limit_of_a_call_does_not_run_while_an_agent_talks() -> None:
    call = waiting(call_limit={"longest": "30s", "warn-before": "10s", "warning": "warning", "goodbye": "over"})
    call.wait(5_000).event(events.AgentAnswered(1))
    call.wait(300_000).event(events.TransferEnded(1, "talked"))
    assert (call.call.timers["call-warning"], call.call.timers["call-end"]) == (320_000, 330_000)


def test_a_caller_who_hangs_up_on_the_agent_was_transferred() -> None:
    call = waiting()
    call.event(events.AgentAnswered(1))
    assert call.hang_up().disposition == "transferred"


def test_a_caller_who_hangs_up_in_the_queue_abandoned_the_call() -> None:
    call = waiting().hang_up()
    assert (call.disposition, call.all(CancelTransfer)) == ("abandoned", [CancelTransfer(1)])


def test_nobody_waits_for_ever() -> None:
    call = waiting().wait(60_000)
    assert (call.node, call.all(CancelTransfer)) == ("nobody", [CancelTransfer(1)])


@pytest.mark.parametrize("how", ["press", "say"])
def test_leaving_the_queue_cancels_the_transfer(how: str) -> None:
    call = waiting()
    call.press("2") if how == "press" else call.say("留言")
    assert (call.node, call.all(CancelTransfer)) == ("left", [CancelTransfer(1)])


def test_other_keys_and_unsure_words_keep_the_place_in_the_queue() -> None:
    call = waiting().press("7").say("留言", 0.2).say("你好")
    assert (call.node, call.all(CancelTransfer)) == ("wait", [])
    assert call.heard[1] == "comfort"


def test_events_of_other_transfers_are_ignored() -> None:
    call = waiting()
    for request in (0, 7):
        call.event(events.AgentAnswered(request))
        call.event(events.TransferEnded(request, "talked"))
    assert (call.node, len(call.noted("late"))) == ("wait", 4)
