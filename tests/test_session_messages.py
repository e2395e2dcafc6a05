"""Messages: when a recording starts and ends, what is kept of it, and what is not in the log."""

from __future__ import annotations

from typing import Any

from ivr.session import events
from ivr.session.actions import LookUp, StartRecording, StopRecording
from tests.sessions import BYE, Phone, phone

NEXT = {"kind": "menu", "prompt": "next", "exhausted": "bye", "choices": {"end": {"key": "1", "to": "bye"}}}
SEND = {
    "kind": "lookup", "query": "q", "to": "next", "failed": "bye",
    "with": {"text": "m.left.text", "ms": "m.left.duration"},
}  # fmt: skip
MESSAGE = {
    "kind": "record", "prompt": "beep", "stores": "m.left", "longest": "30s", "final-silence": "3s", "empty": "none",
}  # fmt: skip


def recording(to: str = "send", **more: Any) -> Phone:
    nodes = {"take": {**MESSAGE, "to": to}, "send": SEND, "none": {**BYE, "prompt": "none"}, "next": NEXT, "bye": BYE}
    return phone(nodes, queries={"q": {"private": "no"}}, commands={"agent": {"key": "0", "to": "bye"}}, **more)


def speak(call: Phone, text: str, ms: int) -> Phone:
    call.event(events.SpeechStarted())
    call.wait(ms)
    call.event(events.UtteranceHeard(text))
    return call


def test_recording_starts_after_the_prompt_and_ends_with_silence() -> None:
    call = recording()
    assert call.all(StartRecording) == []
    speak(call.listen().wait(500), "请给我", 2_000)
    speak(call.wait(1_000), "回电话", 1_500).wait(2_999)
    assert call.all(StopRecording) == []
    assert call.wait(1).all(StopRecording) == [StopRecording(1)]
    assert call.pending().params == {"text": "请给我 回电话", "ms": 5_000}
    assert call.noted("message-recorded") == [{"characters": 7, "duration_ms": 5_000}]


def test_speech_starts_the_recording_at_once() -> None:
    assert speak(recording(), "你好", 1_000).all(StartRecording) == [StartRecording(1, 30_000)]
    call = recording()
    call.event(events.UtteranceHeard("你好"))
    assert len(call.all(StartRecording)) == 1


def test_a_hash_ends_the_message() -> None:
    assert speak(recording().listen(), "你好", 1_000).press("#").node == "send"


def test_a_message_without_words_is_empty() -> None:
    assert recording().listen().press("#").node == "none"
    assert recording().listen().wait(8_000).node == "none"


def test_the_longest_message_ends_while_the_caller_speaks_and_is_kept() -> None:
    call = recording().listen()
    call.event(events.SpeechStarted())
    call.wait(30_000)
    assert (call.node, call.pending().params["ms"]) == ("send", 30_000)


def test_a_hang_up_in_the_middle_keeps_the_message() -> None:
    call = speak(recording().listen(), "请回电", 1_000).hang_up()
    assert call.pending().params["text"] == "请回电"
    assert call.disposition == "abandoned"
    unfinished = recording().listen()
    unfinished.event(events.SpeechStarted())
    assert unfinished.wait(700).hang_up().pending().params["ms"] == 700


def test_a_hang_up_before_any_word_keeps_nothing() -> None:
    assert recording().listen().hang_up().all(LookUp) == []


def test_a_hang_up_where_a_message_is_first_asked_about_keeps_nothing() -> None:
    assert speak(recording(to="next").listen(), "你好", 1_000).hang_up().all(LookUp) == []


def test_commands_by_key_leave_a_message_and_other_keys_do_nothing() -> None:
    call = speak(recording().listen(), "你好", 1_000).press("7")
    assert call.node == "take"
    assert call.press("0").node == "bye"
    assert call.all(StopRecording) == [StopRecording(1)]


def test_what_a_message_says_is_not_in_the_log() -> None:
    call = speak(recording().listen(), "我叫王小明", 1_000).wait(3_000)
    assert not any("王小明" in entry.to_json() for entry in call.log)


def test_a_warning_does_not_cut_a_message_short() -> None:
    call = recording(call_limit={"longest": "20s", "warn-before": "17s", "warning": "warning", "goodbye": "over"})
    speak(call.listen(), "你好", 1_000).wait(2_999)
    assert (call.heard[-1], call.node) == ("warning", "take")
    assert call.wait(1).node == "send"
