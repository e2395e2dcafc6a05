"""Every voice and every recording comes out alike: one rate, one loudness, no silence around, no click at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ivr.audio.pcm import Samples
from ivr.audio.wav import Sound
from ivr.speech.conditioning import SPEECH_DBFS, conditioned, speech_dbfs, trimmed


def speech(rate: int, level: float, silence_ms: int = 300, speech_ms: int = 800) -> Samples:
    """Bursts of a syllable's length with pauses between them, and silence around."""
    at = np.arange(rate * speech_ms // 1000)
    bursts = np.sin(at * 2 * np.pi * 300 / rate) * (np.sin(at * 2 * np.pi * 4 / rate) > -0.5)
    silence = np.zeros(rate * silence_ms // 1000)
    return (np.concatenate((silence, level * bursts, silence)) * 32767).astype(np.int16)


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("level", [0.02, 0.1, 0.9])
def test_all_come_out_at_one_level_and_one_length(rate: int, level: float) -> None:
    out = conditioned(Sound(speech(rate, level), rate), 16_000)
    assert speech_dbfs(out, 16_000) == pytest.approx(SPEECH_DBFS, abs=0.7)
    assert len(out) / 16 == pytest.approx(800 + 40, abs=25)


def test_noise_under_the_speech_is_trimmed_like_silence() -> None:
    noise = np.random.default_rng(1).normal(0, 60, 16_000 * 2)  # -51 dBFS
    noisy = (speech(16_000, 0.5, 600) + noise[: 2000 * 16]).astype(np.int16)
    assert len(trimmed(noisy, 16_000)) / 16 == pytest.approx(840, abs=30)


def test_a_loud_peak_limits_what_soft_speech_may_gain() -> None:
    samples = speech(16_000, 0.01)
    samples[8000] = 20_000
    out = conditioned(Sound(samples, 16_000), 16_000)
    assert np.abs(out.astype(int)).max() <= 32767 * 10 ** (-0.9 / 20)


@settings(max_examples=60, deadline=None)
@given(npst.arrays(np.int16, st.integers(0, 3000)), st.sampled_from([8000, 16_000]))
def test_nothing_breaks_it_and_edges_are_soft(samples: Samples, rate: int) -> None:
    out = conditioned(Sound(samples, rate), rate)
    assert len(out) <= len(samples)
    if len(samples):
        assert len(out)
    if len(out) >= rate // 100:
        assert abs(int(out[0])) <= 600
        assert abs(int(out[-1])) <= 600
