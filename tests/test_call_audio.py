"""The sound of one call: keys and prompts, block by block, without any engine."""

from __future__ import annotations

from threading import Event

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.audio.dtmf_generator import dialled, key_tone
from ivr.audio.pcm import Samples, level_dbfs
from ivr.errors import SpeechError
from ivr.lines.background import Worker
from ivr.lines.call_audio import Parts
from ivr.session.actions import Action, CancelTransfer, HangUp, StopListening, StopPrompt, TransferCall
from ivr.session.events import KeyPressed, PromptFinished
from tests.sound_calls import BLOCK, RATE, Bench, Never, NoisyVoice, offer, prompt, word

RAMP = RATE // 100  # what begins is faded in


def test_a_prompt_begins_in_the_next_block_and_finishes_with_its_last_sample() -> None:
    bench = Bench(Parts(NoisyVoice(ms=990)))
    bench.perform(prompt())
    spoken = bench.wait(2_000)
    np.testing.assert_allclose(spoken[200 : RATE * 98 // 100], word("请按1", 990)[200 : RATE * 98 // 100])
    assert bench.events == [(49, PromptFinished(1))]
    assert not spoken[RATE:].any()


def test_the_silence_before_a_prompt_is_part_of_it() -> None:
    bench = Bench(Parts(NoisyVoice(ms=100)))
    bench.perform(prompt(delay_ms=500))
    spoken = bench.wait(1_000)
    assert not spoken[: RATE // 2].any()
    assert spoken[RATE // 2 + BLOCK : RATE // 2 + 2 * BLOCK].any()
    assert bench.events == [(29, PromptFinished(1))]


def test_a_stopped_prompt_falls_silent_within_a_block_and_never_finishes() -> None:
    bench = Bench(Parts(NoisyVoice()))
    bench.perform(prompt())
    bench.wait(200)
    bench.perform(StopPrompt(1))
    assert not bench.wait(2_000)[BLOCK:].any()
    assert bench.events == []


def test_a_replaced_prompt_never_finishes() -> None:
    bench = Bench(Parts(NoisyVoice()))
    bench.perform(prompt(1))
    bench.wait(200)
    bench.perform(prompt(2, "再见"))
    bench.wait(3_000)
    assert [event for _, event in bench.events] == [PromptFinished(2)]


def test_a_key_is_reported_while_it_is_held_and_once() -> None:
    bench = Bench()
    bench.perform(offer())
    bench.wait(500)
    bench.feed(key_tone("5", 400, rate=RATE))
    bench.wait(500)
    ((block, event),) = bench.events
    assert event == KeyPressed("5")
    assert 25 <= block <= 27  # 60 ms at the most


def test_keys_that_no_telephone_has_mean_nothing() -> None:
    bench = Bench()
    bench.feed(dialled("ABCD", rate=RATE))
    assert bench.events == []


def test_a_key_stops_the_prompt_in_the_block_in_which_it_is_heard() -> None:
    bench = Bench(Parts(NoisyVoice(ms=5_000)))
    bench.react = lambda _: bench.perform(StopPrompt(1))
    bench.perform(prompt())
    bench.wait(500)
    before = len(bench.out)
    bench.feed(key_tone("1", 100, rate=RATE))
    silent = next(n for n, block in enumerate(bench.out[before:]) if not block.any())
    assert silent <= 3  # heard within 40 ms or so, faded out by the end of the next block


def test_the_prompt_is_ducked_while_a_key_may_be_on_its_way() -> None:
    bench = Bench(Parts(NoisyVoice(ms=5_000)))
    bench.perform(prompt())
    bench.wait(500)
    loud = level_dbfs(bench.out[-1])
    bench.feed(key_tone("1", 100, rate=RATE))
    bench.wait(40)
    assert min(map(level_dbfs, bench.out[-7:])) < loud - 12
    bench.wait(300)
    assert level_dbfs(bench.out[-1]) > loud - 6


class Hoarse:
    def sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        raise SpeechError("no voice is here")


def test_without_a_voice_prompts_take_as_long_and_are_silent() -> None:
    for voice in (None, Hoarse()):
        bench = Bench(Parts(voice))
        bench.perform(prompt(1), prompt(2))
        assert not bench.wait(1_500).any()
        assert bench.events == [(49, PromptFinished(2))]
        assert bench.warnings == ([] if voice is None else ["no voice is here"])


actions = st.sampled_from(
    [*(f"play {n}" for n in (0, 300, 700)), "stop", "listen", "deaf", "transfer", "cancel", "end"]
)
sounds = st.sampled_from(["silence", "word", "1", "#", "loud"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(actions, sounds), max_size=12))
def test_every_prompt_that_was_not_stopped_or_replaced_finishes_exactly_once(steps: list[tuple[str, str]]) -> None:
    bench = Bench(Parts(NoisyVoice(ms=350)))
    live, due, played = 0, set(), 0
    for act, sound in steps:
        action: Action
        match act.split():
            case ["play", delay]:
                played += 1
                due.discard(live)
                live = played
                due.add(live)
                action = prompt(played, delay_ms=int(delay))
            case ["stop"]:
                due.discard(live)
                action = StopPrompt(live)
            case ["listen"]:
                action = offer("余额")
            case ["deaf"]:
                action = StopListening()
            case ["transfer"]:
                action = TransferCall(1, "agents")
            case ["cancel"]:
                action = CancelTransfer(1)
            case _:
                action = HangUp("completed")
        bench.perform(action)
        bench.feed(
            {
                "silence": np.zeros(RATE // 5, np.int16),
                "word": word("余额", 300),
                "loud": np.full(RATE // 10, 32767, np.int16),
            }.get(sound, key_tone(sound, 80, rate=RATE) if len(sound) == 1 else np.zeros(0, np.int16))
        )
        finished = [event.play_id for _, event in bench.events if isinstance(event, PromptFinished)]
        due -= set(finished)
        if live in finished:
            live = 0
    bench.wait(1_500)
    finished = [event.play_id for _, event in bench.events if isinstance(event, PromptFinished)]
    assert len(finished) == len(set(finished))
    assert due <= set(finished)


def test_the_same_blocks_give_the_same_call() -> None:
    def talk() -> tuple[list[object], bytes]:
        bench = Bench(Parts(NoisyVoice()))
        bench.perform(prompt(1), offer("余额"))
        bench.feed(dialled("12", rate=RATE))
        bench.wait(900)
        return list(bench.events), np.concatenate(bench.out).tobytes()

    assert talk() == talk()


class Broken:
    def sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        raise ZeroDivisionError("somebody else's bug")


def test_a_voice_that_breaks_its_promise_costs_the_sound_and_not_the_call() -> None:
    bench = Bench(Parts(Broken()))
    bench.perform(prompt(1))
    bench.wait(1_500)
    assert bench.events == [(49, PromptFinished(1))]
    assert bench.warnings == ["the voice has failed (ZeroDivisionError: somebody else's bug)"]


def test_what_was_given_to_a_worker_is_done_before_the_end_or_said_not_to_be() -> None:
    worker, disk, written = Worker("files"), Event(), []
    worker.submit(lambda: disk.wait(10), lambda _: None)
    worker.submit(lambda: written.append("the last second"), lambda _: None)
    assert not worker.finish(0.01)
    disk.set()
    assert worker.finish(10)
    assert written == ["the last second"]


def test_a_voice_that_never_answers_is_given_up() -> None:
    bench = Bench(Parts(NoisyVoice(), speaking=Never()))
    bench.perform(prompt(1))
    bench.wait(17_000)
    assert [event for _, event in bench.events] == [PromptFinished(1)]
    assert bench.warnings == ["the voice does not answer, so prompts are shown and not heard"]
    bench.perform(prompt(2))
    bench.wait(1_100)
    assert [event for _, event in bench.events] == [PromptFinished(1), PromptFinished(2)]
