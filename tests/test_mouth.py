"""What the hotline says beside its prompts: music, tones, what it announces; one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ivr.audio.pcm import level_dbfs
from ivr.audio.tones import hold_music, tone
from ivr.lines.call_audio import Parts
from ivr.session.actions import CancelTransfer, HangUp, StopListening, StopPrompt, TransferCall
from ivr.session.events import PromptFinished
from tests.sound_calls import BLOCK, RATE, Bench, Never, NoisyVoice, offer, prompt, word

RAMP = RATE // 100  # what begins is faded in


def test_music_plays_while_an_agent_is_waited_for_and_gives_way_to_prompts() -> None:
    bench = Bench(Parts(NoisyVoice(ms=500)))
    bench.perform(offer(), TransferCall(1, "agents"))
    bench.wait(400)
    ringing = bench.wait(900)
    assert level_dbfs(ringing) > -25
    music = hold_music(RATE)
    bench.wait(4_000)
    later = bench.wait(2_000)
    correlation = np.correlate(music.astype(float), later[: RATE // 2].astype(float))
    own = float(np.square(later[: RATE // 2].astype(float)).sum())
    assert correlation.max() > 0.95 * own
    bench.perform(prompt(1))
    np.testing.assert_allclose(bench.wait(400)[1_000:], word("请按1", 500)[1_000 : 400 * 16])
    bench.wait(600)
    assert level_dbfs(bench.wait(500)) > -40  # music again
    bench.perform(CancelTransfer(1))
    assert not bench.wait(500)[BLOCK:].any()


def test_no_music_begins_in_the_gap_between_two_prompts() -> None:
    bench = Bench(Parts(NoisyVoice(ms=500)))
    bench.perform(offer(), TransferCall(1, "agents"), prompt(1))
    bench.wait(500)
    assert not bench.wait(200).any()
    bench.perform(prompt(2))
    np.testing.assert_allclose(bench.wait(400)[200:], word("请按1", 500)[200 : 400 * 16])


def test_music_ends_when_the_agent_answers() -> None:
    bench = Bench()
    bench.perform(offer(), TransferCall(1, "agents"))
    bench.wait(1_000)
    bench.perform(StopListening())
    assert not bench.wait(500)[BLOCK:].any()


def test_an_announcement_is_a_part_of_the_first_prompt() -> None:
    bench = Bench(Parts(NoisyVoice(ms=500), announcement="本次通话将被录音。"))
    bench.perform(prompt(1))
    spoken = bench.wait(1_000)
    np.testing.assert_allclose(spoken[200:7_000], word("本次通话将被录音。", 500)[200:7_000])
    bench.wait(500)
    assert bench.events == [(64, PromptFinished(1))]  # 500 ms, 300 ms of silence, 500 ms
    bench.perform(prompt(2))
    bench.wait(1_000)
    assert bench.events[-1] == (75 + 24, PromptFinished(2))


def test_subtitles_of_the_first_prompt_begin_when_its_announcement_is_over() -> None:
    bench = Bench(Parts(NoisyVoice(ms=500), announcement="本次通话将被录音。"))
    bench.perform(prompt(1, "您好您好"))
    shares = []
    for _ in range(15):
        bench.wait(100)
        shares.append(bench.audio.mouth.share_of(1))
    assert shares[:8] == [0.0] * 8  # 500 ms, 300 ms of silence
    assert shares[8:13] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0], abs=0.05)
    assert bench.audio.mouth.words_between(0, RATE * 800 // 1_000) == ""
    assert bench.audio.mouth.words_between(0, RATE * 1_100 // 1_000) == "您好"


def test_when_the_hotline_has_hung_up_the_caller_hears_the_busy_tone() -> None:
    bench = Bench(Parts(NoisyVoice(ms=500)))
    bench.perform(prompt(1))
    bench.wait(600)
    bench.perform(HangUp("completed"))
    after = bench.wait(2_000)
    busy = tone("busy", RATE)
    begins = int(np.flatnonzero(after)[0]) - int(np.flatnonzero(busy)[0])
    assert 0 <= begins <= RATE // 2
    np.testing.assert_allclose(after[begins : begins + len(busy)][RAMP:], busy[RAMP:], atol=1)


def test_whoever_hangs_up_hears_no_tone() -> None:
    bench = Bench(Parts(NoisyVoice(ms=500)))
    bench.perform(prompt(1))
    bench.wait(100)
    bench.perform(StopPrompt(1), HangUp("abandoned", by_caller=True))
    assert not bench.wait(2_000)[BLOCK:].any()


class Later(Never):
    """A background in which things are done when the test says so."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    def submit(self, task: Any, then: Any) -> None:
        self._waiting.append(lambda: then(task()))

    def work(self) -> None:
        while self._waiting:
            self._waiting.pop(0)()


def test_it_rings_until_the_voice_has_the_first_words() -> None:
    later = Later()
    bench = Bench(Parts(NoisyVoice(ms=500), speaking=later))
    bench.perform(prompt(1, "您好"))
    waited = bench.wait(1_500)
    ring = tone("ring-back", RATE)
    assert not waited[: RATE // 5].any()  # a voice that has them at once is not rung for
    begins = int(np.flatnonzero(waited)[0]) - int(np.flatnonzero(ring)[0])
    np.testing.assert_allclose(waited[begins:][RAMP:], ring[: len(waited) - begins][RAMP:], atol=1)
    later.work()
    spoken = bench.wait(1_000)
    np.testing.assert_allclose(spoken[BLOCK * 2 : BLOCK * 20], word("您好", 500)[BLOCK * 2 : BLOCK * 20], atol=1)
    assert bench.events[-1][1] == PromptFinished(1)
    bench.perform(prompt(2))
    assert not bench.wait(1_500).any()  # a call that was answered does not ring
