"""The built-in hotline, call by call: type-ahead, verification, the end at every moment, nothing private in a log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.people import people
from ivr.accounts.people_sketch import SyntheticPerson
from ivr.session import events
from ivr.session.actions import HangUp, TransferCall
from ivr.session.call_log import LogEntry
from ivr.session.call_record import CallRecord
from tests.sessions import REFERENCE_KEYS, Phone, builtin

SPOKEN_NUMBER = "九九零零零零一九九零零三零七零零一三"
WORDS = ("余额", "人工", "返回", "重听", "慢一点", "主菜单", f"我的身份证号{SPOKEN_NUMBER}", "挂失", "是", "退出")
NUMBER = "13987654321"


def call_builtin(number: str = NUMBER) -> Phone:
    return Phone(builtin(), number=number).answer()


def go_on(call: Phone, accounts: MemoryAccounts) -> None:
    """Answers what was asked, or hears the next thing that is said."""
    if call.asked is not None:
        call.ask(accounts)
    elif call.playing is not None:
        call.step()


def reference() -> Iterator[Phone]:
    """The reference call, handed out after each of its events."""
    accounts, call = MemoryAccounts(), call_builtin()
    yield call
    keys = list(REFERENCE_KEYS)
    while keys or call.asked or call.playing:
        session = call.call
        if keys and not call.asked and session.visit.takes_keys and session.playback.interruptible(call.at):
            call.press(keys.pop(0))
        else:
            go_on(call, accounts)
        yield call


def test_the_reference_call_hears_the_balance() -> None:
    *_, call = reference()
    assert "main.account.balance" in call.call.record.services
    assert call.hang_up().disposition == "completed"


LENGTH = sum(1 for _ in reference())


@pytest.mark.parametrize("after", range(LENGTH))
def test_hanging_up_after_each_event_of_the_reference_call(after: int) -> None:
    for number, call in enumerate(reference()):
        if number == after:
            call.hang_up()
            break
    assert (call.over, len(call.all(HangUp))) == (True, 1)
    assert CallRecord.from_log(call.log) == call.call.record
    assert call.disposition in ("completed", "abandoned")


def test_the_whole_path_number_and_password_may_be_typed_during_the_greeting() -> None:
    call = call_builtin().press(REFERENCE_KEYS[:2] + REFERENCE_KEYS[2:20] + "#" + REFERENCE_KEYS[20:] + "#")
    assert (call.node, call.heard) == ("greeting", ["greeting.welcome"])
    call.wait(4_000)
    assert (call.node, call.heard) == ("identity.check", ["greeting.welcome"])
    assert call.pending().params == {"number": REFERENCE_KEYS[2:20], "password": REFERENCE_KEYS[20:]}
    assert call.noted("no-match") == []
    accounts = MemoryAccounts()
    call.ask(accounts).listen()
    assert call.node == "main.account.balance-lookup"
    call.ask(accounts).wait(100)
    assert call.call.served


def test_the_log_is_the_same_bytes_every_time() -> None:
    logs = []
    for _ in range(2):
        *_, call = reference()
        logs.append("\n".join(entry.to_json() for entry in call.hang_up().log))
    assert logs[0] == logs[1]


def test_in_silence_the_call_ends_soon() -> None:
    call = call_builtin()
    while not call.over and call.at < 600_000:
        if call.all(TransferCall):
            call.event(events.TransferEnded(call.all(TransferCall)[-1].request_id, "no-answer"))
        if call.asked:
            call.ask(MemoryAccounts())
        call.wait(10_000)
    assert call.over


def test_a_hundred_thousand_keys_in_a_row() -> None:
    accounts, call, calls = MemoryAccounts(), call_builtin(), 1
    for number in range(100_000):
        if call.over:
            call, calls = call_builtin(), calls + 1
        call.event(events.KeyPressed("1234567890*#"[(number * number + number // 7) % 12]))
        call.at += 100
        if call.asked and number % 5 == 0:
            call.ask(accounts)
        if call.playing is not None and number % 11 == 0:
            call.step()
        if number % 500 == 499:
            call.log.clear()
            call.done[:] = [action for action in call.done[-50:] if not isinstance(action, HangUp)]
            if not call.over and number % 2_000 == 1_999:
                call.hang_up()
    assert calls > 40


# --- privacy ----------------------------------------------------------------------------------------------------------

PRIVATE = re.compile(r"^(balance|spending|deposits|aid|insurance|claim-status|loss|verify\.passed)")


@cache
def everybody() -> tuple[SyntheticPerson, ...]:
    return people()


@st.composite
def talks(draw: st.DrawFn) -> tuple[int, list[str]]:
    """A person, and what they do: keys, words, their own number and password."""
    who = draw(st.integers(0, len(everybody()) - 1))
    things = ["number", "password", "card", "identify", "listen", "wait", "agent", *"0123459*#", *WORDS]
    return who, draw(st.lists(st.sampled_from(things), max_size=30))


def play(person: SyntheticPerson, doings: list[str]) -> Phone:
    accounts, call = MemoryAccounts(), call_builtin()
    number, card = person.person.certno.replace("X", "*"), person.person.ss_card_no or ""
    typed = {"number": number, "password": person.password, "card": "".join(filter(str.isdecimal, card)) + "#"}
    for doing in doings:
        if call.over:
            break
        if doing == "identify":
            for key in ("1", "1", *number, *person.password):
                while call.asked or call.playing:
                    go_on(call, accounts)
                call.press(key)
        elif doing in typed:
            call.press(typed[doing])
        elif doing == "listen":
            go_on(call, accounts)
        elif doing == "wait":
            call.wait(5_000)
        elif doing == "agent":
            call.event(events.AgentAnswered(next((a.request_id for a in call.all(TransferCall)), 0)))
        elif len(doing) == 1 and doing in "0123456789*#":
            call.press(doing)
        else:
            call.say(doing)
        go_on(call, accounts)
    return call


def lines(log: list[LogEntry]) -> str:
    return "\n".join(entry.to_json() for entry in log)


@settings(max_examples=120, deadline=None)
@given(talks())
def test_no_log_line_holds_a_number_password_name_or_caller(talk: tuple[int, list[str]]) -> None:
    person = everybody()[talk[0]]
    log = lines(play(person, talk[1]).log)
    card = person.person.ss_card_no
    names = [one.person.psn_name for one in everybody()]
    for secret in (person.person.certno, person.password, card, card and card[1:], NUMBER, SPOKEN_NUMBER, *names):
        assert not secret or secret not in log


@settings(max_examples=120, deadline=None)
@given(talks())
def test_no_account_data_before_verification(talk: tuple[int, list[str]]) -> None:
    verified = False
    for entry in play(everybody()[talk[0]], talk[1]).log:
        if entry.event == "lookup-answered":
            facts = entry.data["facts"]
            verified = verified or (isinstance(facts, dict) and facts.get("caller.verified") is True)
        elif entry.event == "play-prompt":
            assert verified or not PRIVATE.match(str(entry.data["prompt"]))


def test_the_property_tests_reach_verified_callers() -> None:
    call = play(everybody()[0], ["identify", "listen", "listen"])
    assert call.call.facts.get("caller.verified") is True
    assert any(PRIVATE.match(prompt) for prompt in call.heard)


def test_a_number_said_anywhere_is_cut() -> None:
    call = call_builtin().wait(5_000).say(f"我的身份证号{SPOKEN_NUMBER}")
    assert call.noted("utterance-heard")[0]["text"].endswith("•零零一三")
