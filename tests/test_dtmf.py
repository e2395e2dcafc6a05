"""Keys made and heard again: what a caller dials arrives, once, in order, whatever the chunks."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.audio.dtmf_detector import DtmfDetector, DtmfDetectors, KeyHeard
from ivr.audio.dtmf_generator import KEYS, dialled, key_tone

Samples = npt.NDArray[np.int16]
keys = st.text(st.sampled_from(KEYS), max_size=8)
rates = st.sampled_from([8000, 16000])


def heard(samples: Samples, rate: int = 8000) -> list[KeyHeard]:
    return DtmfDetector(rate).feed(samples)


def text(samples: Samples, rate: int = 8000) -> str:
    return "".join(key.key for key in heard(samples, rate))


def noise(seed: int, count: int, loudness: float) -> npt.NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, loudness, count)


def mixed(samples: Samples, other: npt.NDArray[np.float64]) -> Samples:
    return np.clip(np.rint(samples + other), -32768, 32767).astype(np.int16)


@given(keys, rates, st.floats(40, 300), st.floats(40, 300), st.floats(-40, -6))
@settings(deadline=None, max_examples=60)
def test_what_is_dialled_is_heard(dialling: str, rate: int, tone_ms: float, pause_ms: float, level: float) -> None:
    samples = dialled(dialling, tone_ms, pause_ms, rate=rate, level_dbfs=level)
    assert text(np.concatenate((np.zeros(rate // 20, np.int16), samples)), rate) == dialling


@given(
    keys,
    rates,
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 300.0, 2000.0, 8000.0]),
    st.lists(st.integers(1, 3000), min_size=1, max_size=9),
)
@settings(deadline=None, max_examples=40)
def test_chunks_change_nothing(dialling: str, rate: int, seed: int, loudness: float, sizes: list[int]) -> None:
    samples = dialled(dialling, 60, 50, rate=rate)
    samples = mixed(samples, noise(seed, len(samples), loudness))
    whole = heard(samples, rate)
    detector, pieces, at = DtmfDetector(rate), [], 0
    for size in itertools.cycle(sizes):
        pieces += detector.feed(samples[at : at + size])
        at += size
        if at >= len(samples):
            break
    assert pieces == whole


@given(st.integers(0, 400), keys.filter(bool), rates)
@settings(deadline=None, max_examples=30)
def test_a_key_is_told_within_two_blocks_of_the_one_that_makes_it_sure(lead: int, dialling: str, rate: int) -> None:
    samples = np.concatenate((np.zeros(lead, np.int16), dialled(dialling, 60, 45, rate=rate)))
    detector, block, told = DtmfDetector(rate), rate // 50, 0
    for end in range(block, len(samples) + 1, block):
        for key in detector.feed(samples[end - block : end]):
            told += 1
            assert key.heard_at <= end < key.heard_at + 2 * block
    assert told == len(dialling)


def test_single_samples_change_nothing() -> None:
    samples = mixed(dialled("19#", 50, 45), noise(5, 3 * 760, 500))
    detector, pieces = DtmfDetector(), []
    for at in range(len(samples)):
        pieces += detector.feed(samples[at : at + 1])
    assert pieces == heard(samples)
    assert len(pieces) == 3


@given(st.lists(st.text(st.sampled_from(KEYS), min_size=1, max_size=3), min_size=1, max_size=5), st.integers(1, 900))
@settings(deadline=None, max_examples=30)
def test_many_calls_in_step_hear_what_each_would_alone(dialling: list[str], size: int) -> None:
    calls = [dialled(some, 70 + 10 * number, 60) for number, some in enumerate(dialling)]
    length = max(map(len, calls))
    block = np.stack([np.pad(call, (0, length - len(call))) for call in calls])
    together = DtmfDetectors(len(calls))
    found: list[list[KeyHeard]] = [[] for _ in calls]
    for at in range(0, length, size):
        for call, some in enumerate(together.feed(block[:, at : at + size])):
            found[call] += some
    assert found == [heard(row) for row in block]


def test_of_many_calls_one_that_had_a_key_long_ago_keeps_little() -> None:
    calls, key = 100, key_tone("5", 60)
    detectors, found = DtmfDetectors(calls), 0
    tracemalloc.start()
    try:
        for call in range(calls):
            samples = np.zeros((calls, 1200), np.int16)
            samples[call, : len(key)] = key
            found += sum(map(len, detectors.feed(samples)))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == calls
    assert kept < 2_000_000  # bytes; what is measured of all calls at once is 400,000, once for each key


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_key_is_placed_where_it_began_and_told_while_it_is_held(rate: int) -> None:
    lead = rate // 4
    samples = np.concatenate((np.zeros(lead, np.int16), key_tone("7", 500, rate=rate), np.zeros(rate, np.int16)))
    (key,) = heard(samples, rate)
    assert abs(key.started_at - lead) <= rate * 0.003
    assert key.heard_at - lead <= rate * 0.050


def test_a_key_is_suspected_before_it_is_sure_and_held_until_it_ends() -> None:
    detector = DtmfDetector()
    samples = np.concatenate((key_tone("5", 100), np.zeros(800, np.int16)))
    told: list[tuple[bool, str, int]] = []
    for at in range(0, len(samples), 40):
        count = len(detector.feed(samples[at : at + 40]))
        told.append((detector.suspects, detector.held, count))
    first_suspicion = next(at for at, (suspects, _, _) in enumerate(told) if suspects)
    sure = next(at for at, (_, _, count) in enumerate(told) if count)
    assert first_suspicion < sure
    assert told[sure][1] == "5"
    assert told[-1] == (False, "", 0)


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("lead", [0, 51, 97, 140])
def test_a_key_is_let_go_of_soon_after_it_is_over(rate: int, lead: int) -> None:
    block = rate // 50
    before = np.zeros(lead * rate // 8000, np.int16)
    samples = np.concatenate((before, key_tone("5", 200, rate=rate), np.zeros(rate // 4, np.int16)))
    detector, held = DtmfDetector(rate), []
    for end in range(block, len(samples) + 1, block):
        detector.feed(samples[end - block : end])
        if detector.held:
            held.append(end)
    over = len(before) + rate // 5
    assert held == list(range(held[0], held[-1] + 1, block))
    assert held[0] <= len(before) + rate * 0.080
    assert over <= held[-1] <= over + rate * 0.080


def test_one_long_press_is_one_key() -> None:
    assert text(np.concatenate((key_tone("8", 30_000), np.zeros(800, np.int16)))) == "8"


def test_a_key_that_is_down_when_the_line_opens_counts() -> None:
    assert text(key_tone("4", 80, phases=(1.0, 2.0))) == "4"


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("size_ms", [1, 20, 33])
def test_nothing_is_forgotten_that_a_key_in_quick_dialling_needs(rate: int, size_ms: int) -> None:
    draw, parts = np.random.default_rng(size_ms), [np.zeros(400, np.int16)]
    for key in KEYS * 20:
        parts += [
            key_tone(key, draw.uniform(28, 60), rate=rate),
            np.zeros(draw.integers(18, 30) * rate // 1000, np.int16),
        ]
    parts.append(np.zeros(rate // 4, np.int16))
    samples, size = np.concatenate(parts), size_ms * rate // 1000
    whole, single, several = heard(samples, rate), DtmfDetector(rate), DtmfDetectors(2, rate)
    alone, together, beside = [], [], []
    for chunk in (samples[at : at + size] for at in range(0, len(samples), size)):
        alone += single.feed(chunk)
        first, second = several.feed(np.stack([chunk, chunk]))
        together += first
        beside += second
    assert len(whole) > 280
    assert alone == together == beside == whole


@pytest.mark.parametrize("rate", [8000, 16000])
def test_chunks_change_nothing_of_a_key_that_fades_as_the_line_opens(rate: int) -> None:
    for key, fall, count in itertools.product("0A", (0.6, 0.75, 0.9), range(32 * rate // 1000, 36 * rate // 1000, 7)):
        tone = key_tone(key, 60, rate=rate, phases=(1.0, 2.0))[10 : 10 + count] * np.linspace(1, fall, count)
        samples = np.concatenate((np.rint(tone).astype(np.int16), np.zeros(rate // 8, np.int16)))
        detector = DtmfDetector(rate)
        pieces = [some for at in range(0, len(samples), 20) for some in detector.feed(samples[at : at + 20])]
        assert pieces == heard(samples, rate)


def test_a_key_after_another_without_a_pause() -> None:
    assert text(np.concatenate((key_tone("1", 100), key_tone("9", 100)))) == "19"


@pytest.mark.parametrize("rate", [7999, 0, 22050, 48000])
def test_other_rates_are_refused(rate: int) -> None:
    with pytest.raises(ValueError, match="resample first"):
        DtmfDetector(rate)


@pytest.mark.parametrize("key", ["", "E", "11", "a"])
def test_no_telephone_has_such_a_key(key: str) -> None:
    with pytest.raises(ValueError, match="no telephone has the key"):
        key_tone(key)


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_long_silence_between_keys_changes_nothing(rate: int) -> None:
    detector, found = DtmfDetector(rate), []
    for key in "1#5":
        for samples in (np.zeros(rate * 7 + 31, np.int16), key_tone(key, 60, rate=rate)):
            for start in range(0, len(samples), rate // 50):
                found += detector.feed(samples[start : start + rate // 50])
    assert "".join(key.key for key in found) == "1#5"
    starts = [key.started_at for key in found]
    assert np.abs(np.diff(starts) - (rate * 7 + 31 + rate * 60 // 1000)).max() <= rate * 0.003


def test_a_huge_chunk_after_small_ones() -> None:
    samples = np.tile(np.concatenate((key_tone("3", 60), np.zeros(9000, np.int16))), 9)
    detector = DtmfDetector()
    found = detector.feed(samples[:77]) + detector.feed(samples[77:])
    assert found == heard(samples)
    assert len(found) == 9


def test_a_key_starts_and_ends_without_a_click() -> None:
    tone = key_tone("D", 60, phases=(1.5, 1.5)).astype(int)
    steps = np.abs(np.diff(np.concatenate(([0], tone, [0]))))
    assert steps[:3].max() < 0.5 * steps.max()
    assert steps[-3:].max() < 0.5 * steps.max()


def test_nothing_dialled_is_no_audio() -> None:
    assert len(dialled("")) == 0
    assert heard(np.zeros(0, np.int16)) == []
