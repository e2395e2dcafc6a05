"""What waits for a loudspeaker: heard in order, and left out without a click when somebody interrupts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.audio.pcm import Samples
from ivr.audio.player import RAMP_MS, Player
from ivr.audio.waiting_sound import WaitingSound

LOUD = 20_000


def wave(rate: int, seconds: float = 1.0, hertz: float = 440.0) -> Samples:
    return (LOUD * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.int16)


def heard(waiting: WaitingSound, count: int) -> Samples:
    out: Samples = np.full(count, 77, np.int16)
    waiting.take_into(out)
    return out


def test_what_was_put_is_heard_in_order_and_then_silence() -> None:
    waiting = WaitingSound(8_000, 1_000)
    waiting.put(np.arange(1, 251, dtype=np.int16))
    assert heard(waiting, 160).tolist() == list(range(1, 161))
    assert len(waiting) == 90
    assert heard(waiting, 160).tolist() == [*range(161, 251), *[0] * 70]


@given(st.sampled_from([8_000, 16_000, 44_100, 48_000]), st.integers(0, 14), st.integers(0, 900), st.integers(0, 1))
def test_an_interrupted_prompt_ends_within_a_ramp_and_without_a_click(
    rate: int, blocks: int, taken: int, next_prompt: int
) -> None:
    block, ramp = rate // 50, rate * RAMP_MS // 1_000
    player, waiting = Player(rate), WaitingSound(rate, 2 * rate)
    player.play(wave(rate))
    before = [player.read(block) for _ in range(blocks)]
    for spoken in before:
        waiting.put(spoken)
    sound = [heard(waiting, min(taken, block * blocks))]
    player.stop()
    if next_prompt:
        player.play(wave(rate))
    waiting.cut()
    assert len(waiting) == 0
    between = heard(waiting, ramp)  # the sound card is quicker than the call
    for _ in range(3):
        waiting.put(player.read(block))
        sound.append(heard(waiting, block))
    steps = np.abs(np.diff(np.concatenate((sound[0], between, *sound[1:])).astype(int)))
    steepest = LOUD * 2 * np.pi * 440 / rate
    if len(sound[0]) + ramp <= block * blocks:  # else the loudspeaker had run dry
        assert steps.max(initial=0) <= 2 * (steepest + LOUD / ramp) + 2
        if not next_prompt:
            assert not np.concatenate(sound[1:])[2 * ramp + 1 :].any()


def test_less_than_a_ramp_that_waits_is_heard() -> None:
    waiting = WaitingSound(8_000, 1_000)
    waiting.put(np.full(30, 1_000, np.int16))
    waiting.cut()
    waiting.put(np.full(160, 900, np.int16))
    assert heard(waiting, 160).tolist() == [1_000] * 30 + [900] * 130


@pytest.mark.parametrize("count", [39, 160])
def test_what_comes_instead_comes_at_once(count: int) -> None:
    waiting = WaitingSound(8_000, 1_000)
    waiting.put(np.full(480, 1_000, np.int16))
    waiting.cut()
    waiting.put(np.full(160, -1_000, np.int16))
    first = heard(waiting, count)
    assert first[-1] == -1_000
    assert len(waiting) == 160 - count
