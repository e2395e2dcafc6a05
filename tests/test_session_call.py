"""The call as a whole: its beginning, its limit, its end, its record and its log."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.errors import SessionError
from ivr.session import events
from ivr.session.actions import HangUp, PlayPrompt
from ivr.session.call_log import LogEntry, masked, masked_text, tail
from ivr.session.call_record import CallRecord
from ivr.session.visit import Visit
from tests.sessions import BYE, MONDAY, Phone, builtin, field, hotline, phone

MENU = {
    "kind": "menu", "prompt": "main", "exhausted": "bye",
    "choices": {
        "service": {"key": "1", "to": "service"}, "end": {"key": "2", "to": "bye"}, "ask": {"key": "3", "to": "ask"},
    },
}  # fmt: skip
SERVICE = {"kind": "say", "prompt": "service", "to": "main"}
NODES = {"main": MENU, "service": SERVICE, "bye": BYE, "next": BYE, "ask": field()}
LIMIT = {"longest": "60s", "warn-before": "10s", "warning": "warning", "goodbye": "over"}


def call_of(**more: Any) -> Phone:
    return phone(NODES, **{"services": {"service": "服务"}, **more})


def test_nothing_happens_before_the_call_is_answered() -> None:
    call = Phone(hotline(NODES))
    assert call.event(events.KeyPressed("1")) == []
    assert call.event(events.CallerHungUp()) == []
    assert (call.call.deadline, call.log) == (None, [])


def test_a_call_is_answered_once() -> None:
    call = call_of()
    assert call.event(events.CallAnswered("1", MONDAY)) == []
    assert len(call.noted("call-answered")) == 1


def test_time_cannot_run_backwards() -> None:
    call = call_of()
    call.call.advance(5)
    with pytest.raises(SessionError, match="4 ms after 5 ms"):
        call.call.handle(events.KeyPressed("1"), 4)


def test_an_unknown_event_is_a_programmers_fault() -> None:
    with pytest.raises(SessionError, match="not an event"):
        call_of().call.handle("KeyPressed", 0)  # type: ignore[arg-type]  # the fault that is tested


def test_a_caller_is_warned_before_the_call_ends() -> None:
    call = call_of(call_limit=LIMIT).press("3").listen()
    while call.at < 50_000:  # a digit and its clearing every three seconds keep the entry open
        call.press("1*").wait(min(3_000, 50_000 - call.at))
    assert call.wait(1_000).heard[-1] == "warning"
    assert call.over is False


def test_the_warning_puts_off_the_no_input_timer() -> None:
    call = call_of(call_limit={**LIMIT, "longest": "15s"}).wait(5_000)
    assert call.playing is not None
    assert call.playing.prompt_id == "warning"
    assert call.listen().call.timers["input"] == 6_000 + 8_000


def test_a_warning_waits_for_the_caller_to_finish_speaking() -> None:
    call = call_of(call_limit={**LIMIT, "longest": "15s"}).listen()
    call.event(events.SpeechStarted())
    call.wait(10_000)
    assert "warning" in call.heard
    assert call.call.timers["input"] == 21_000


def test_the_call_ends_at_its_limit_with_a_goodbye() -> None:
    call = call_of(call_limit={**LIMIT, "longest": "5s", "warn-before": "1s"}).wait(5_500)
    assert (call.heard[-1], call.over) == ("over", False)
    call.press("1")
    assert call.noted("key-pressed") == []
    assert call.listen().disposition == "gave-up"


def test_a_call_that_is_saying_goodbye_is_not_warned() -> None:
    call = call_of(call_limit={**LIMIT, "longest": "5s", "warn-before": "4500ms"}).press("2").wait(700)
    assert call.heard == ["main", "bye"]
    nodes = {"main": {**MENU, "exhausted": None}, "service": BYE, "bye": BYE, "ask": field(), "next": BYE}
    giving_up = phone(nodes, recovery={"no-match": {"1": {"say": "x"}}}, call_limit={**LIMIT, "longest": "11s"})
    giving_up.press("777").wait(1_100)
    assert "warning" not in giving_up.heard


@pytest.mark.parametrize(
    ("keys", "ending", "disposition"),
    [
        ("", "hang up", "abandoned"),
        ("1", "hang up", "completed"),
        ("2", "hang up", "completed"),  # the goodbye had begun
        ("2", "listen", "completed"),
        ("", "fail", "failed"),
        ("1", "fail", "failed"),
    ],
)
def test_what_a_call_came_to(keys: str, ending: str, disposition: str) -> None:
    call = call_of().press(keys)
    if ending == "hang up":
        call.hang_up()
    elif ending == "fail":
        call.event(events.LineFailed("no-carrier"))
    else:
        call.listen()
    assert (call.disposition, call.call.record.disposition) == (disposition, disposition)


def test_hanging_up_during_the_last_words_keeps_what_was_decided() -> None:
    call = phone(NODES | {"bye": {**BYE, "disposition": "gave-up"}}).press("2").hang_up()
    assert call.disposition == "gave-up"
    limited = call_of(call_limit={**LIMIT, "longest": "1s"}).press("1").wait(1_100)
    assert limited.hang_up().disposition == "gave-up"


def test_nothing_follows_the_end() -> None:
    call = call_of().hang_up()
    for event in (events.KeyPressed("1"), events.CallerHungUp(), events.PromptFinished(1), events.UtteranceHeard("x")):
        assert call.event(event) == []
    assert call.call.advance(10**9) == []
    assert (call.call.deadline, len(call.all(HangUp))) == (None, 1)


def test_a_late_runner_gets_the_same_call() -> None:
    prompt, late = call_of().listen(), call_of().listen()
    for at in range(1_000, 40_000, 500):
        prompt.call.advance(at)
    actions = late.call.advance(39_500)
    assert late.log == prompt.log
    assert [action.prompt_id for action in actions if isinstance(action, PlayPrompt)][:1] == ["main"]


def test_a_prompt_that_no_longer_plays_cannot_finish() -> None:
    call = call_of().press("7")
    call.event(events.PromptFinished(1))
    assert call.noted("prompt-finished") == []


def test_an_endless_loop_in_an_unchecked_document_ends_the_call() -> None:
    loop = {"a": {"kind": "say", "to": "b"}, "b": {"kind": "say", "to": "a"}}
    call = phone(loop)
    assert (call.disposition, call.noted("error")[0]["reason"]) == ("failed", "endless-loop")


def test_limits_bound_a_loop() -> None:
    nodes = {"count": {"kind": "limit", "most": "2", "to": "again", "exceeded": "bye"}, "bye": BYE}
    nodes["again"] = {"kind": "say", "prompt": "again", "to": "count"}
    assert phone(nodes).listen().heard == ["again", "again", "bye"]


def test_the_record_is_folded_from_the_log() -> None:
    call = call_of().press("1").wait(300).press("72").listen()
    record = call.call.record
    assert CallRecord.from_log(call.log) == record
    assert (record.nodes, record.services) == (["main", "service", "main", "bye"], ["service"])
    assert (record.keys, record.no_matches, record.caller_tail) == (3, 1, "•1234")
    assert record.started == "2026-03-02T09:30:00"
    assert record.to_dict()["disposition"] == "completed"


def test_a_call_without_a_log_has_the_same_record() -> None:
    silent = hotline(NODES, services={"service": "服务"})
    call = call_of().press("1").say("你好").hang_up()
    unlogged = Phone(silent)
    unlogged.call._log = None
    unlogged.answer().press("1").say("你好").hang_up()
    assert unlogged.call.record == call.call.record


def test_status_tells_where_the_call_is() -> None:
    call = call_of().press("3")
    assert (call.call.status().node, call.call.status().listening) == ("ask", False)
    status = call.listen().call.status()
    assert (status.listening, status.timer_ends_at, status.tries_left, status.digits) == (True, 9_000, 3, 0)
    assert call.press("12").call.status().digits == 2
    assert call.press("345").call.status().tries_left == 2


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("13800001234", "1234"),
        ("+86 138-0000-1234", "1234"),
        ("", ""),
        ("anonymous", ""),
        ("110", ""),
        ("１２３４５６", ""),
    ],
)
def test_only_a_number_that_can_be_called_back_has_a_tail(number: str, known: str) -> None:
    assert Phone(hotline(NODES), number=number).answer().call.facts["caller.number-tail"] == known


def test_secrets_are_forgotten_when_the_call_ends() -> None:
    nodes = {**NODES, "ask": {**field(kind="password", shortest="6", longest="6"), "to": "main"}}
    call = phone(nodes).press("3135790")
    assert call.call.facts["got.it"] == "135790"
    call.hang_up()
    assert "got.it" not in call.call.facts
    assert "caller.number" not in call.call.facts


def test_a_secret_is_forgotten_once_it_was_used() -> None:
    call = Phone(builtin()).answer().wait(5_000).press("11990000199003070013").press("246810")
    assert {"identity.number", "identity.password"} <= set(call.call.facts)
    call.reply(identity__outcome="verified", caller__verified=True, person__id="P0001", person__name="王小明")
    assert {"identity.number", "identity.password"}.isdisjoint(call.call.facts)


def test_log_entries_are_lines() -> None:
    entry = LogEntry(12, "key-pressed", {"key": "1"})
    assert entry.to_json() == '{"at":12,"event":"key-pressed","key":"1"}'
    assert LogEntry.from_json(entry.to_json()) == entry
    for line in ("[]", '{"at":1}', '{"event":"x"}', '{"at":"1","event":"x"}'):
        with pytest.raises(ValueError, match="not a call log entry"):
            LogEntry.from_json(line)


def test_masking() -> None:
    assert (tail("13800001234"), tail("1234"), tail("")) == ("•1234", "•", "")
    assert masked("王小明", "masked-name") == "王•"
    assert masked("990000199003070013", "masked-id") == "•0013"
    assert masked([{"a": "1"}]) == "1 lines"
    assert (masked(value=True), masked(12)) == (True, 12)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("余额", "余额"),
        ("号码990000199003070013对吗", "号码•0013对吗"),
        ("九九零零零零 一九九零零三零七，零零幺三", "•零零幺三"),
        ("9900 0019 9003 0700 13", "•0013"),
        ("密码是246810", "密码是•"),
        ("一二三三三医保", "一二三三三医保"),
    ],
)
def test_numbers_in_free_text_are_cut(text: str, shown: str) -> None:
    assert masked_text(text) == shown


def test_the_time_is_that_of_the_moment_at_which_it_is_said() -> None:
    nodes = {"main": {**MENU, "exhausted": "service"}, **{name: node for name, node in NODES.items() if name != "main"}}
    call = phone(nodes, {"service": "现在{call.now:time}"})
    assert call.call.facts["call.now"] == "09:30"
    call.at += 600_000
    assert call.press("1").noted("play-prompt")[-1]["text"] == "现在九点四十分"


def test_a_visit_takes_no_input_unless_its_kind_says_so() -> None:
    call = call_of().call
    visit = Visit(call, call.exchange.plan("main"))
    assert (visit.takes_keys, visit.takes_speech, visit.utterance("你好", 1.0, ())) == (False, False, False)
