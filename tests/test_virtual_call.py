"""Virtual time: prompts, lookups, agents and silences take their time, and none of ours."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from random import Random

import pytest

from ivr.accounts.faults import Faults, Faulty
from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Facts, Question
from ivr.agent_desk import AGENT_STATES, AgentDesk
from ivr.session.actions import Action, HangUp, LookUp, PlayPrompt, StopPrompt
from ivr.session.events import AgentAnswered, Event, KeyPressed, PromptFinished, TransferEnded
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME, VirtualCall
from tests.phones import NUMBER, PASSWORD, exchange, virtual_call


def answered(**options: object) -> VirtualCall:
    call = virtual_call(**options)
    call.answer()
    return call


def heard(call: VirtualCall) -> list[str]:
    return [one.prompt.prompt_id for one in call.heard]


def verified(**options: object) -> VirtualCall:
    call = answered(**options)
    for keys in ("1", "1", NUMBER, PASSWORD):
        call.run_until_quiet()
        call.press(keys)
    call.run_until_quiet()
    return call


def test_a_prompt_lasts_as_long_as_it_takes_to_speak() -> None:
    call = answered()
    greeting = call.heard[0].prompt
    call.run_until_quiet()
    assert call.heard[0].ended_at == greeting.delay_ms + greeting.speaking_ms
    assert call.heard[0].whole


def test_an_interrupted_prompt_was_heard_in_part() -> None:
    call = answered()
    call.run_until_quiet()
    call.press("1")
    call.wait(call.heard[-1].prompt.delay_ms + 1_200)
    call.press("1")
    offer = next(one for one in call.heard if one.prompt.prompt_id == "main.account.offer")
    assert offer.heard_ms == 1_200
    assert not offer.whole


def test_waiting_moves_the_clock_exactly() -> None:
    call = answered()
    call.wait(12_345)
    assert call.now == 12_345


@pytest.mark.parametrize(("early_ms", "reaction"), [(1, False), (0, False), (-1, True)])
def test_input_at_the_very_millisecond_of_a_deadline_comes_first(early_ms: int, reaction: bool) -> None:
    call = answered()
    call.run_until_quiet()
    deadline = call._session.status().timer_ends_at
    assert deadline is not None
    call.wait(deadline - call.now - early_ms)
    call.press("3")
    assert any("no-input" in prompt_id for prompt_id in heard(call)) is reaction


def test_the_reference_call_hears_the_balance() -> None:
    assert "balance.read" in heard(verified())


def test_keys_follow_each_other_at_their_pace() -> None:
    pressed: list[int] = []

    def watch(at: int, thing: Event | Action) -> None:
        if isinstance(thing, KeyPressed):
            pressed.append(at)

    call = answered(watch=watch)
    call.run_until_quiet()
    began = call.now
    call.press("333", pace_ms=400)
    assert pressed == [began, began + 400, began + 800]


def test_words_take_time_and_the_end_of_speech_too() -> None:
    call = answered()
    call.run_until_quiet()
    began = call.now
    call.say("余额", lasts_ms=900)
    assert call.now == began + 900 + 700


def test_a_slow_backend_delays_the_answer() -> None:
    slow = Faulty(MemoryAccounts(), Faults(slow_ms=3_000), Random(1))
    fast, late = verified(), verified(accounts=slow)
    assert "wait.filler" in heard(late)
    assert late.now > fast.now + 3_000


def test_a_backend_that_is_down_is_apologised_for() -> None:
    call = verified(accounts=Faulty(MemoryAccounts(), Faults(down=True), Random(1)))
    assert "balance.read" not in heard(call)
    assert not call.over


def test_lookups_see_the_clock_of_the_call() -> None:
    asked: list[datetime] = []

    class Listening(MemoryAccounts):
        def answer(self, question: Question) -> Facts:
            asked.append(question.at)
            return super().answer(question)

    verified(accounts=Listening(), local_time=DEFAULT_LOCAL_TIME)
    assert all(timedelta(0) < at - DEFAULT_LOCAL_TIME < timedelta(minutes=5) for at in asked)
    assert asked == sorted(asked)


def test_a_call_that_is_over_ignores_its_caller() -> None:
    call = answered()
    call.hang_up()
    before = (call.now, len(call.heard), call.disposition)
    call.press("123")
    call.say("余额")
    call.wait(1_000)
    call.hang_up()
    assert (call.now, len(call.heard), call.disposition) == before


def test_hanging_up_at_every_moment_ends_the_call_once() -> None:
    length = len(_things(10_000))
    for moment in range(0, length, 3):
        things = _things(moment)
        assert sum(isinstance(thing, HangUp) for thing in things) == 1
        assert isinstance(things[-1], HangUp)


def _things(most: int) -> list[Event | Action]:
    """A whole call, hung up after so many steps."""
    things: list[Event | Action] = []
    call = virtual_call(watch=lambda _at, thing: things.append(thing))
    keys = iter(["1", "1", *NUMBER, *PASSWORD, "0"])
    call.answer()
    for _ in range(most):
        if call.over:
            return things
        if call.quiet:
            if (key := next(keys, None)) is None:
                break
            call.press(key)
        else:
            call.step()
    call.hang_up()
    return things


def test_only_what_plays_is_stopped_and_each_prompt_ends_at_most_once() -> None:
    playing: int | None = None
    for thing in _things(10_000):
        if isinstance(thing, PlayPrompt):
            assert playing is None
            playing = thing.play_id
        elif isinstance(thing, StopPrompt | PromptFinished):
            assert playing == thing.play_id
            playing = None


def test_every_lookup_is_seen_with_its_parameters() -> None:
    assert next(thing.query for thing in _things(10_000) if isinstance(thing, LookUp)) == "identify"


@pytest.mark.parametrize("state", AGENT_STATES)
def test_a_transfer_comes_to_an_end_whatever_the_agents_do(state: str) -> None:
    call = answered(desk=AgentDesk(state))  # type: ignore[arg-type]  # one of the states
    call.run_until_quiet()
    call.press("0")
    call.run_until_quiet()
    if state in ("waiting", "no-answer"):
        call.press("1")
    call.run_until_quiet(through_transfers=True)
    call.run_to_the_end()
    assert call.disposition == ("transferred" if state in ("free", "waiting") else call.disposition)
    assert call.over


@pytest.mark.parametrize(
    ("desk", "expected"),
    [
        (AgentDesk("free", ring_ms=5, talk_ms=7), [(5, AgentAnswered(1)), (12, TransferEnded(1, "talked"))]),
        (AgentDesk("waiting", wait_ms=9, talk_ms=7), [(9, AgentAnswered(1)), (16, TransferEnded(1, "talked"))]),
        (AgentDesk("full"), [(1_000, TransferEnded(1, "busy"))]),
        (AgentDesk("no-answer", no_answer_ms=3), [(3, TransferEnded(1, "no-answer"))]),
    ],
)
def test_what_a_desk_makes_of_a_transfer(desk: AgentDesk, expected: list[tuple[int, Event]]) -> None:
    assert list(desk.transfer(1)) == expected


def test_what_a_desk_says_about_its_queue() -> None:
    assert AgentDesk("free").queue_status() == {"queue.state": "free", "queue.position": 0, "queue.wait": 0}
    assert AgentDesk("full").queue_status()["queue.state"] == "full"
    assert AgentDesk("waiting", position=4, wait_ms=8_000).queue_status() == {
        "queue.state": "waiting",
        "queue.position": 4,
        "queue.wait": 8_000,
    }
    assert AgentDesk("no-answer").queue_status()["queue.state"] == "waiting"


def test_a_minute_of_call_costs_next_to_nothing() -> None:
    exchange()
    began = time.perf_counter()
    for _ in range(20):
        verified()
    assert time.perf_counter() - began < 2.0
