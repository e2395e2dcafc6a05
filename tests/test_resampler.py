"""Other sample rates: passband, aliases, delay, exact counts, the same samples in any chunks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ivr.audio.dtmf_detector import DtmfDetector
from ivr.audio.dtmf_generator import KEYS, dialled
from ivr.audio.pcm import Samples
from ivr.audio.resampler import StreamResampler, resampled

DEVICE_RATES = [48000, 44100, 32000, 24000, 22050, 16000, 11025, 8000]
PAIRS = sorted(
    {
        pair
        for device, ours in itertools.product(DEVICE_RATES, [8000, 16000])
        if device != ours
        for pair in ((device, ours), (ours, device))
    }
)


def sine(hertz: float, rate: int, seconds: float = 0.5) -> Samples:
    return np.rint(20_000 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.int16)


def gain_db(hertz: float, from_rate: int, to_rate: int) -> float:
    out = StreamResampler(from_rate, to_rate).feed(sine(hertz, from_rate))[to_rate // 50 :].astype(float)
    return float(20 * np.log10(np.sqrt(2 * np.mean(np.square(out))) / 20_000 + 1e-9))


@pytest.mark.parametrize(("from_rate", "to_rate"), PAIRS)
def test_the_band_of_a_telephone_passes_untouched(from_rate: int, to_rate: int) -> None:
    for hertz in (300, 697, 1633, 2500, 3400):
        assert gain_db(hertz, from_rate, to_rate) == pytest.approx(0, abs=0.1)
    slope = min(from_rate, to_rate) / 2 - 550
    assert gain_db(slope, from_rate, to_rate) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(("from_rate", "to_rate"), [pair for pair in PAIRS if pair[0] > pair[1] + 1500])
def test_what_cannot_be_carried_does_not_fold_back(from_rate: int, to_rate: int) -> None:
    for above in (450, 700, 1200):
        if to_rate / 2 + above < from_rate / 2:
            assert gain_db(to_rate / 2 + above, from_rate, to_rate) < -57


@pytest.mark.parametrize(("from_rate", "to_rate"), [pair for pair in PAIRS if pair[0] < pair[1]])
def test_no_image_appears_above_what_there_was(from_rate: int, to_rate: int) -> None:
    for hertz in (700, 2500, from_rate / 2 - 450):
        out = StreamResampler(from_rate, to_rate).feed(sine(hertz, from_rate))[to_rate // 50 :].astype(float)
        spectrum = np.abs(np.fft.rfft(out * np.hanning(len(out))))
        images = np.fft.rfftfreq(len(out), 1 / to_rate) > from_rate / 2 + 400
        assert spectrum[images].max(initial=0) < spectrum.max() * 10 ** (-56 / 20)


@pytest.mark.parametrize(("from_rate", "to_rate"), PAIRS)
def test_the_delay_is_two_milliseconds(from_rate: int, to_rate: int) -> None:
    resampler = StreamResampler(from_rate, to_rate)
    assert resampler.delay_ms == 2
    click = np.zeros(from_rate // 10, np.int16)
    click[from_rate // 20 : from_rate // 20 + 3] = 30_000
    out = resampler.feed(click).astype(float)
    middle = np.average(np.arange(len(out)), weights=out) / to_rate
    assert middle - (from_rate // 20 + 1) / from_rate == pytest.approx(0.002, abs=0.00005)


@given(
    st.sampled_from(PAIRS),
    arrays.arrays(np.int16, st.integers(0, 1200)),
    st.lists(st.integers(0, 300), max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_chunks_change_nothing(rates: tuple[int, int], some: Samples, cuts: list[int]) -> None:
    resampler, pieces = StreamResampler(*rates), []
    edges = [0, *sorted(cut % (len(some) + 1) for cut in cuts), len(some)]
    for start, end in itertools.pairwise(edges):
        pieces.append(resampler.feed(some[start:end]))
    assert np.array_equal(np.concatenate(pieces), StreamResampler(*rates).feed(some))
    assert sum(map(len, pieces)) == -(-len(some) * rates[1] // rates[0])


@pytest.mark.parametrize(("from_rate", "to_rate"), PAIRS)
def test_a_constant_stays_what_it_is(from_rate: int, to_rate: int) -> None:
    out = StreamResampler(from_rate, to_rate).feed(np.full(from_rate // 10, -12_345, np.int16))
    assert (out[to_rate // 200 :] == -12_345).all()


def test_full_scale_saturates_and_never_wraps() -> None:
    square = np.where(np.arange(4800) // 40 % 2, 32767, -32768).astype(np.int16)
    out = StreamResampler(48000, 16000).feed(square)[100:].astype(int)
    assert np.abs(np.diff(out)).max() <= 65535
    assert (np.sign(out[np.abs(out) > 3000]) == np.sign(np.roll(square[::3], 32)[100:][np.abs(out) > 3000])).all()


def test_the_end_of_a_stream_can_be_had() -> None:
    resampler = StreamResampler(48000, 8000)
    out = np.concatenate((resampler.feed(sine(1000, 48000, 0.1)), resampler.flush()))
    assert len(out) == 816
    assert np.array_equal(resampler.feed(sine(1000, 48000, 0.1)), out[:800])


@pytest.mark.parametrize("rate", [48000, 44100])
def test_keys_survive_the_way_through_a_sound_card(rate: int) -> None:
    there, back = StreamResampler(8000, rate), StreamResampler(rate, 8000)
    keys = DtmfDetector().feed(back.feed(there.feed(dialled(KEYS, 50, 50))))
    assert "".join(key.key for key in keys) == KEYS


def test_the_same_rate_is_no_work() -> None:
    some = sine(500, 8000)
    assert StreamResampler(8000, 8000).feed(some) is some
    assert StreamResampler(8000, 8000).delay_ms == 0
    assert resampled(some, 8000, 8000) is some


@pytest.mark.parametrize("rates", [(0, 8000), (8000, -1), (48001, 8000)])
def test_other_ratios_are_refused(rates: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="resample"):
        StreamResampler(*rates)


@pytest.mark.parametrize(("from_rate", "to_rate"), PAIRS)
def test_a_whole_sound_keeps_its_length_and_pitch(from_rate: int, to_rate: int) -> None:
    out = resampled(sine(1000, from_rate), from_rate, to_rate)
    assert abs(len(out) - to_rate // 2) <= 1
    expected = sine(1000, to_rate)[to_rate // 20 : -to_rate // 20]
    assert np.abs(out[to_rate // 20 :][: len(expected)].astype(int) - expected).max() < 40
