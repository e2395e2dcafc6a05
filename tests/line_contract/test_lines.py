"""What every line must do, whatever it is made of: ``ivr.lines.line.Line``."""

from __future__ import annotations

from ivr.session.actions import (
    Action,
    CancelTransfer,
    HangUp,
    LookUp,
    StartRecording,
    StopListening,
    StopPrompt,
    StopRecording,
    TransferCall,
)
from ivr.session.events import KeyPressed, PromptFinished
from tests.line_contract.conftest import Phoned
from tests.sound_calls import offer, prompt


def finished(phoned: Phoned) -> list[int]:
    return [event.play_id for event in phoned.posted if isinstance(event, PromptFinished)]


def test_a_prompt_that_is_heard_out_finishes_exactly_once(phoned: Phoned) -> None:
    async def story(phoned: Phoned) -> None:
        phoned.line.perform(prompt(1, delay_ms=200))
        await phoned.pass_ms(1_000)
        assert finished(phoned) == []
        await phoned.pass_ms(2_000)
        assert finished(phoned) == [1]

    phoned.talk(story)
    assert finished(phoned) == [1]


def test_a_prompt_that_is_stopped_never_finishes(phoned: Phoned) -> None:
    async def story(phoned: Phoned) -> None:
        phoned.line.perform(prompt(1))
        await phoned.pass_ms(500)
        phoned.line.perform(StopPrompt(1))
        await phoned.pass_ms(2_000)

    phoned.talk(story)
    assert finished(phoned) == []


def test_a_prompt_that_is_replaced_never_finishes(phoned: Phoned) -> None:
    async def story(phoned: Phoned) -> None:
        phoned.line.perform(prompt(1))
        await phoned.pass_ms(500)
        phoned.line.perform(prompt(2))
        await phoned.pass_ms(3_000)

    phoned.talk(story)
    assert finished(phoned) == [2]


def test_prompts_in_a_row_finish_in_order(phoned: Phoned) -> None:
    async def story(phoned: Phoned) -> None:
        for play_id in (1, 2, 3):
            phoned.line.perform(prompt(play_id))
            await phoned.pass_ms(2_000)

    phoned.talk(story)
    assert finished(phoned) == [1, 2, 3]


def test_keys_are_reported_in_order_and_none_is_lost(phoned: Phoned) -> None:
    async def story(phoned: Phoned) -> None:
        phoned.line.perform(offer())
        phoned.line.perform(prompt(1))
        for key in "1*#0":
            await phoned.pass_ms(200)
            phoned.press(key)
            await phoned.pass_ms(200)

    phoned.talk(story)
    assert [event.key for event in phoned.posted if isinstance(event, KeyPressed)] == list("1*#0")


def test_a_line_decides_nothing_a_key_stops_no_prompt_by_itself(phoned: Phoned) -> None:
    async def story(phoned: Phoned) -> None:
        phoned.line.perform(offer())
        phoned.line.perform(prompt(1))
        await phoned.pass_ms(300)
        phoned.press("1")
        await phoned.pass_ms(2_000)

    phoned.talk(story)
    assert finished(phoned) == [1]


EVERY_ACTION: list[Action] = [
    prompt(9), StopPrompt(9), offer(), StopListening(), LookUp(1, "balance", {}), StartRecording(2, 1_000),
    StopRecording(2), TransferCall(3, "agents"), CancelTransfer(3), StopPrompt(77), StopRecording(77),
    CancelTransfer(77), HangUp("completed"),
]  # fmt: skip


def test_no_action_is_ever_refused(phoned: Phoned) -> None:
    async def story(phoned: Phoned) -> None:
        for action in (*EVERY_ACTION, *reversed(EVERY_ACTION)):
            phoned.line.perform(action)
            await phoned.pass_ms(20)

    phoned.talk(story)


def test_nothing_is_reported_once_it_is_closed(phoned: Phoned) -> None:
    async def story(phoned: Phoned) -> None:
        phoned.line.perform(prompt(1))
        await phoned.pass_ms(100)

    phoned.talk(story)
    assert phoned.posted == []


def test_a_line_that_could_not_be_opened_can_be_closed(phoned: Phoned) -> None:
    async def story(phoned: Phoned) -> None:
        pass

    phoned.talk(story, opens=False)
