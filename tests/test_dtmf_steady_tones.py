"""The short way to a key never says yes where the whole model says no, and is taken by keys as telephones send them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from ivr.audio.dtmf_bank import NOMINAL_HZ, tone_bank
from ivr.audio.dtmf_judge import modelled, tones_of
from ivr.audio.dtmf_steady_tones import are_steady

Floats = npt.NDArray[np.float64]
FULL = 12000.0


def verdicts(sound: Floats, key: int, rate: int) -> tuple[bool, bool]:
    """Of a stretch: whether it is steady, and whether the model finds a key."""
    bank = tone_bank(rate)
    samples = np.rint(sound)
    blocks = sliding_window_view(samples.astype(np.float32), bank.block)[:: bank.hop]
    middle = samples[bank.block // 2 : bank.block // 2 + (len(blocks) - 1) * bank.hop]
    steady = are_steady(middle.astype(np.float32), bank.turns_of_key[key]) is True
    tones = tones_of(bank.correlations_of_key(key, blocks), key, bank)
    stretch = modelled(middle, tones, bank) if tones is not None else None
    return steady, stretch is not None and stretch.is_key()


def tone(hertz: float, rate: int, count: int, phase: float) -> Floats:
    return np.asarray(np.sin(2 * np.pi * hertz / rate * np.arange(count) + phase))


def length(blocks: int, rate: int) -> int:
    bank = tone_bank(rate)
    return bank.block + (blocks - 1) * bank.hop


@given(
    key=st.integers(0, 15),
    rate=st.sampled_from([8000, 16000]),
    blocks=st.integers(7, 13),
    errors=st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05)) | st.just((0.0, 0.0)),
    twist_db=st.floats(-16, 16) | st.just(0.0),
    rise_db=st.tuples(st.floats(-8, 8), st.floats(-8, 8)) | st.just((0.0, 0.0)),
    noise_db=st.floats(-50, -6),
    third=st.tuples(st.floats(100, 3400), st.floats(-40, 3) | st.just(-99.0)),
    bend=st.floats(-40, 40) | st.just(0.0),
    missing=st.floats(0, 0.3) | st.just(0.0),
    seed=st.integers(0, 2**32 - 1),
)
@settings(deadline=None, max_examples=150)
def test_steady_tones_are_a_key(
    key: int,
    rate: int,
    blocks: int,
    errors: tuple[float, float],
    twist_db: float,
    rise_db: tuple[float, float],
    noise_db: float,
    third: tuple[float, float],
    bend: float,
    missing: float,
    seed: int,
) -> None:
    draw, count = np.random.default_rng(seed), length(blocks, rate)
    at = np.linspace(-0.5, 0.5, count)
    sound = draw.normal(0, FULL / 4 * 10 ** (noise_db / 20), count)
    sound += FULL / 4 * 10 ** (third[1] / 20) * tone(third[0], rate, count, draw.uniform(0, 6.28))
    pair = NOMINAL_HZ[key // 4], NOMINAL_HZ[4 + key % 4]
    for hertz, error, rise, level in zip(pair, errors, rise_db, (0.0, twist_db), strict=True):
        glide = np.cos(
            2 * np.pi * (hertz * (1 + error) + bend * at) * (np.arange(count) / rate) + draw.uniform(0, 6.28)
        )
        sound += FULL / 4 * 10 ** ((level / 2 + rise * at) / 20) * glide
    sound[: int(missing * count)] = draw.normal(0, FULL / 8, int(missing * count))  # another sound before the key
    steady, is_key = verdicts(sound, key, rate)
    assert is_key or not steady


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("key", range(16))
def test_keys_as_telephones_send_them_are_steady(key: int, rate: int) -> None:
    low, high = NOMINAL_HZ[key // 4], NOMINAL_HZ[4 + key % 4]
    count = length(7, rate)
    noise = np.random.default_rng(key).normal(0, FULL / 30, count)
    sound = FULL * (tone(low * 1.002, rate, count, 1) + 1.2 * tone(high * 0.998, rate, count, 2)) + noise
    assert verdicts(sound, key, rate) == (True, True)


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("twist_db", [-12, 12])
def test_tones_with_too_much_twist_are_not_steady(twist_db: float, rate: int) -> None:
    count = length(7, rate)
    sound = 3000 * tone(770, rate, count, 1) + 3000 * 10 ** (twist_db / 20) * tone(1336, rate, count, 2)
    assert verdicts(sound, 5, rate) == (False, False)


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize(("low", "high"), [(0.035, 0), (-0.035, 0), (0, 0.035), (0, -0.035)])
def test_tones_of_other_frequencies_are_not_steady(low: float, high: float, rate: int) -> None:
    count = length(7, rate)
    sound = 3000 * (tone(770 * (1 + low), rate, count, 1) + tone(1336 * (1 + high), rate, count, 2))
    assert verdicts(sound, 5, rate) == (False, False)


@pytest.mark.parametrize("rate", [8000, 16000])
def test_one_tone_noise_and_a_loud_third_are_not_steady(rate: int) -> None:
    count = length(7, rate)
    pair = FULL * (tone(770, rate, count, 1) + tone(1336, rate, count, 2))
    noise = np.random.default_rng(1).normal(0, FULL, count)
    assert verdicts(pair, 5, rate)[0]
    for other in (FULL * tone(770, rate, count, 1), noise, pair + FULL / 1.5 * tone(1000, rate, count, 0)):
        assert not verdicts(other, 5, rate)[0]
