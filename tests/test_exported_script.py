"""A call that was made on changed accounts is exported as a script that makes it again on fresh ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.people import people
from ivr.hotlines import open_hotline
from ivr.lines.call_audio import Parts
from ivr.session.call_log import LogEntry
from ivr.testing.exported_script import exported_script
from ivr.testing.replay import script_from_log
from ivr.testing.suite import Suite
from ivr.testing.virtual_call import VirtualCall
from tests.sound_calls import NoisyVoice, sound_call

FLOW = open_hotline(None).flow
SUITE = Suite()
WANG = next(one for one in people() if one.person.handle == "wang-balance")


def phoned(keys: str, **account: int | str) -> list[LogEntry]:
    """A call of 王 to the hotline, whose account was changed before."""
    person = replace(WANG.person, account=replace(WANG.person.account, **account))  # type: ignore[arg-type]
    log: list[LogEntry] = []
    call = VirtualCall(SUITE.hotlines.exchange("").new_call(log.append), MemoryAccounts([replace(WANG, person=person)]))
    call.answer()
    call.press(keys, 250)
    call.run_until_quiet()
    call.hang_up()
    return log


def made_again(text: str, folder: Path) -> tuple[LogEntry, ...]:
    script = folder / "again.call.yaml"
    script.write_text(text, encoding="utf-8")
    (outcome,) = SUITE.run(script).outcomes
    assert outcome.passed, (text, outcome.failure)
    return outcome.log


def heard_and_known(log: Sequence[LogEntry]) -> list[object]:
    return [entry.data for entry in log if entry.event in ("node-entered", "play-prompt", "lookup-answered")]


BALANCE = f"11{WANG.person.certno}#{WANG.password}"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(["normal", "frozen", "closed", "none"]))
def test_whatever_was_in_the_account_the_call_is_made_again(
    tmp_path_factory: pytest.TempPathFactory, fen: int, state: str
) -> None:
    log = phoned(BALANCE, balc=fen, state=state)
    text, failure = exported_script(log, "a call", "", FLOW)
    assert failure == ""
    again = made_again(text, tmp_path_factory.mktemp("again"))
    assert heard_and_known(again) == heard_and_known(log)


def test_nothing_is_dictated_where_the_accounts_say_the_same() -> None:
    text, failure = exported_script(phoned(BALANCE), "a call", "", FLOW)
    assert failure == ""
    assert "answers" not in text


def test_what_the_log_does_not_hold_is_told(tmp_path: Path) -> None:
    script = tmp_path / "spending.call.yaml"
    steps = (Path(__file__).parent / "calls" / "lines-of-spending.call.yaml").read_text("utf-8")
    script.write_text(steps, encoding="utf-8")
    failures = []
    for outcome in SUITE.run(script).outcomes:
        text, failure = exported_script(outcome.log, outcome.name, "", FLOW)
        failures.append(failure)
        assert yaml.safe_load(text)["steps"]
    assert any("heard" in failure for failure in failures)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ("{query: balance, changes: {account.balance: 0}, fails: backend-down}", "keep 'facts', 'changes' or 'fails'"),
        ("{query: balance, changes: {account.balance: 0}, facts: {account.state: normal}}", "keep one of them"),
        ("{query: balance, changes: {account.balance: 0}, after: 3s}", "accounts: {slow"),
        ("{query: balance, changes: {account.balanse: 0}}", "query balance does not give account.balanse"),
        ("{query: balance, changes: {account.balance: much}}", "account.balance of query balance has the wrong type"),
    ],
)
def test_changes_that_make_no_sense_are_refused_with_their_line(tmp_path: Path, answers: str, why: str) -> None:
    script = tmp_path / "x.call.yaml"
    script.write_text(f"call: x\nsteps:\n  - answers: {answers}\n  - hears: greeting.welcome\n", encoding="utf-8")
    result = SUITE.run(script)
    assert [problem.line for problem in result.problems] == [3]
    assert why in f"{result.problems[0]}"


@pytest.mark.parametrize("said", ["{number of: caller}", "{number of: wang-balance, only: 1-18}"])
def test_a_script_says_whose_number_it_is(tmp_path: Path, said: str) -> None:
    script = tmp_path / "x.call.yaml"
    script.write_text(
        "call: x\ncaller: {person: wang-balance}\nskipping: any\nsteps:\n"
        "  - presses: '11'\n  - hears: verify.id-number\n"
        f"  - says: {said}\n  - hears: verify.heard\n  - says: 对的\n  - hears: verify.password\n",
        encoding="utf-8",
    )
    (outcome,) = SUITE.run(script).outcomes
    assert outcome.passed, outcome.failure


@pytest.mark.parametrize("start", [0, 6])
def test_a_number_that_was_taken_as_it_was_not_heard_first_is_said_again(tmp_path: Path, start: int) -> None:
    own = WANG.person.certno[start:]
    misheard = own[:3] + str((int(own[3]) + 1) % 10) + own[4:]
    first = f"  - says: '{WANG.person.certno[:start]}'\n" if start else ""
    script = tmp_path / "x.call.yaml"
    script.write_text(
        "call: x\nskipping: any\nsteps:\n  - presses: '11'\n  - hears: verify.id-number\n"
        f"{first}  - {{says: '{misheard}', confidence: 0.7, alternatives: {{'{own}': 0.2}}}}\n"
        "  - hears: verify.heard\n  - says: 对的\n  - hears: verify.password\n"
        f"  - presses: '{WANG.password}'\n  - hangs up\n",
        encoding="utf-8",
    )
    result = SUITE.run(script)
    assert not result.problems, result.problems
    (outcome,) = result.outcomes
    assert outcome.passed, outcome.failure
    assert "lookup-answered" in [entry.event for entry in outcome.log]
    exported, failure = exported_script(outcome.log, outcome.name, "", FLOW)
    assert not failure
    assert own not in exported
    assert misheard not in exported
    assert heard_and_known(made_again(exported, tmp_path)) == heard_and_known(outcome.log)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('{keys: "123"}', "keys are pressed"),
        ("{number of: wang-balence}", "wang-balence"),
        ("{number of: caller}", "nobody says who the caller is"),
        ("{number of: wang-balance, only: 1-19}", "more keys than there are"),
    ],
)
def test_numbers_that_nobody_can_say_are_refused_with_their_line(tmp_path: Path, said: str, why: str) -> None:
    script = tmp_path / "x.call.yaml"
    script.write_text(f"call: x\nsteps:\n  - hears: greeting.welcome\n  - says: {said}\n", encoding="utf-8")
    result = SUITE.run(script)
    assert why in "\n".join(map(str, result.problems))
    assert {problem.line for problem in result.problems} == {4}


def test_words_that_are_no_secret_may_be_advised_against_too() -> None:
    log = [
        LogEntry(0, "call-answered", {"local_time": "2026-03-02T09:30:00"}),
        LogEntry(0, "node-entered", {"node": "claims", "by": ""}),
        LogEntry(9, "utterance-heard", {"text": "一二三四", "confidence": 1.0}),
        LogEntry(9, "keys-advised", {"node": "claims"}),
        LogEntry(10, "call-ended", {"disposition": "abandoned"}),
    ]
    assert {"says": "一二三四"} in yaml.safe_load(script_from_log(log))["steps"]


def test_what_must_be_completed_by_hand_is_told() -> None:
    log = phoned("", balc=1)
    log.insert(-2, LogEntry(log[-2].at, "utterance-heard", {"text": "•••", "confidence": 1.0}))
    text, failure = exported_script(log, "a call", "", FLOW)
    assert "${what-was-said}" in text
    assert "by hand" in failure


def test_a_long_number_said_to_a_menu_is_as_little_understood_again(tmp_path: Path) -> None:
    log: list[LogEntry] = []
    call = VirtualCall(SUITE.hotlines.exchange("").new_call(log.append), MemoryAccounts())
    call.answer()
    call.wait(30_000)
    call.say(f"我的号码是{WANG.person.certno}")
    call.run_until_quiet()
    call.press("1", 250)
    call.run_until_quiet()
    call.hang_up()
    assert any("我的号码是•" in str(entry.data.get("text")) for entry in log)
    text, failure = exported_script(log, "a call", "", FLOW)
    assert failure == ""
    assert heard_and_known(made_again(text, tmp_path)) == heard_and_known(log)


def test_a_call_that_a_slow_voice_made_long_is_made_again_without_sound(tmp_path: Path) -> None:
    log: list[LogEntry] = []
    call = sound_call(Parts(NoisyVoice(ms=30_000)), log)
    call.answer()
    call.run_until_quiet()
    call.press("9")
    call.wait(25_000)  # the offer is counted to last for 12 seconds
    call.press("1")
    call.wait(20_000)
    call.hang_up()
    call.close()
    text, failure = exported_script(log, "slow", "", FLOW)
    assert failure == ""
    again = made_again(text, tmp_path)
    assert [entry.data for entry in again if entry.event == "choice"] == [{"choice": "main.account"}]
