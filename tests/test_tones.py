"""Tones and music: the frequency, level and cadence of the standard, loops without a seam, nothing taken for a key."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.audio.dtmf_detector import DtmfDetector
from ivr.audio.pcm import Samples, level_dbfs, peak_dbfs
from ivr.audio.tones import TONES, hold_music, tone

RATES = [8000, 16000, 22050, 44100, 48000]


def cadence(samples: Samples, rate: int) -> list[int]:
    """Milliseconds of sound and silence in turn, to the nearest 10."""
    loud = np.abs(samples.reshape(-1, rate // 100).astype(int)).max(axis=1) > 100
    edges = np.flatnonzero(np.diff(np.concatenate(([not loud[0]], loud, [not loud[-1]]))))
    return (np.diff(edges) * 10).tolist()


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("dial", [1000]),
        ("ring-back", [1000, 4000]),
        ("busy", [350, 350]),
        ("congestion", [700, 700]),
        ("vacant-number", [100, 100, 100, 100, 100, 100, 400, 400]),
    ],
)
def test_cadences(name: str, times: list[int], rate: int) -> None:
    assert cadence(tone(name, rate), rate) == times  # type: ignore[arg-type]  # each is a tone


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", TONES)
def test_frequency_and_level(name: str, rate: int) -> None:
    samples = tone(name, rate)  # type: ignore[arg-type]  # each is a tone
    spectrum = np.abs(np.fft.rfft(samples.astype(float)))
    assert spectrum.argmax() * rate / len(samples) == pytest.approx(450, abs=3)
    loud = samples[rate // 100 : rate // 100 + rate * 8 // 100]  # 36 whole waves
    assert level_dbfs(loud) == pytest.approx(-13.14, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", [*TONES, "music"])
def test_it_loops_without_a_click(name: str, rate: int) -> None:
    samples = hold_music(rate) if name == "music" else tone(name, rate)  # type: ignore[arg-type]  # each is a tone
    steps = np.abs(np.diff(np.concatenate((samples[-rate // 10 :], samples[: rate // 10])).astype(int)))
    inside = np.abs(np.diff(samples.astype(int))).max()
    assert steps.max() <= inside
    bends = np.abs(np.diff(samples.astype(int), 2)).max()
    assert np.abs(np.diff(np.concatenate((samples[-9:], samples[:9])).astype(int), 2)).max() <= bends


def test_no_tone_has_another_name() -> None:
    with pytest.raises(ValueError, match="no tone is called 'fax': give one of dial, ring-back"):
        tone("fax", 8000)  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("rate", [8000, 16000])
def test_nothing_is_taken_for_a_key(rate: int) -> None:
    for samples in [hold_music(rate), *(tone(name, rate) for name in TONES)]:
        assert DtmfDetector(rate).feed(np.tile(samples, 3)) == []


def test_the_music_is_softer_than_speech_and_never_silent_for_long() -> None:
    music = hold_music(8000)
    assert level_dbfs(music) == pytest.approx(-20, abs=0.1)
    assert peak_dbfs(music) < -3
    seconds = music[: len(music) // 8000 * 8000].reshape(-1, 8000)
    assert min(map(level_dbfs, seconds)) > -40
    assert 15 * 8000 < len(music) < 30 * 8000


def test_the_music_fits_a_telephone() -> None:
    spectrum = np.square(np.abs(np.fft.rfft(hold_music(16000).astype(float))))
    hertz = np.fft.rfftfreq(len(hold_music(16000)), 1 / 16000)
    assert spectrum[(hertz > 150) & (hertz < 3400)].sum() > 0.99 * spectrum.sum()


def test_nobody_may_write_into_what_all_share() -> None:
    with pytest.raises(ValueError, match="read-only"):
        hold_music(8000)[0] = 1
