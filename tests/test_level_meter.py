"""What is wrong with a microphone, and that nothing is said of a good one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ivr.audio.level_meter import LevelMeter, Levels
from ivr.audio.pcm import SILENT_DBFS, Samples, saturated

RATE = 16000


def voice(loudness: float, room: float = 20, offset: float = 0) -> Samples:
    """Two seconds: words of a tone over the noise of a room."""
    at = np.arange(2 * RATE) / RATE
    words = loudness * np.sin(2 * np.pi * 200 * at) * (np.sin(2 * np.pi * 1.5 * at) > 0)
    return saturated(words + np.random.default_rng(1).normal(0, room, len(at)) + offset)


def measured(samples: Samples) -> Levels:
    meter = LevelMeter(RATE)
    meter.feed(samples)
    return meter.levels()


def test_a_good_microphone() -> None:
    levels = measured(voice(6000))
    assert levels.problems() == []
    assert levels.peak_dbfs == pytest.approx(-14.7, abs=0.1)
    assert levels.speech_dbfs == pytest.approx(-14.7, abs=0.2)
    assert levels.room_dbfs == pytest.approx(-61.3, abs=1.5)
    assert levels.milliseconds == 2000
    assert not levels.muted


@pytest.mark.parametrize(
    ("samples", "problem"),
    [
        (np.zeros(0, np.int16), "no sound at all"),
        (np.zeros(RATE, np.int16), "is muted"),
        (np.full(RATE, 900, np.int16), "is muted"),
        (voice(90_000), "too loud"),
        (voice(6000, offset=3000), "constant offset"),
        (voice(300, room=1), "very soft"),
        (voice(3000, room=2000), "almost as loud"),
    ],
)
def test_what_is_wrong(samples: Samples, problem: str) -> None:
    found = measured(samples).problems()
    assert len(found) == 1
    assert problem in found[0]


def test_a_short_word_in_utter_silence_is_heard() -> None:
    """Many a microphone passes nothing at all between words; a word may be less than a tenth of what was heard."""
    samples = np.zeros(5 * RATE, np.int16)
    samples[2 * RATE : 2 * RATE + RATE // 4] = voice(6000)[: RATE // 4]
    levels = measured(samples)
    assert levels.problems() == []
    assert levels.speech_dbfs == pytest.approx(-14.7, abs=0.5)


def test_one_full_scale_sample_is_no_clipping() -> None:
    samples = voice(6000)
    samples[::1000] = 32767
    assert measured(samples).clipped == 0
    samples[5000:5003] = -32768
    assert measured(samples).clipped == 3 / len(samples)


@given(
    arrays.arrays(np.int16, st.integers(0, 900), elements=st.sampled_from([-32768, 0, 32767, 32767, 32767])),
    st.lists(st.integers(0, 900), max_size=6),
)
def test_chunks_change_nothing(samples: Samples, cuts: list[int]) -> None:
    meter, edges = LevelMeter(RATE), [0, *sorted(cut % (len(samples) + 1) for cut in cuts), len(samples)]
    for start, end in itertools.pairwise(edges):
        meter.feed(samples[start:end])
    assert meter.levels() == measured(samples)


def test_the_display_moves_with_the_latest_block() -> None:
    meter = LevelMeter(RATE)
    assert meter.now_dbfs == SILENT_DBFS
    meter.feed(voice(6000)[:3200])
    loud = meter.now_dbfs
    meter.feed(np.zeros(320, np.int16))
    assert (loud > -20, meter.now_dbfs) == (True, SILENT_DBFS)
