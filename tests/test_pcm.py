"""Samples, levels, blocks, and the one-byte codes of the telephone network."""

from __future__ import annotations

import hashlib
import itertools
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ivr.audio import g711
from ivr.audio.pcm import (
    SILENT_DBFS,
    BlockCutter,
    amplified,
    block_length,
    level_dbfs,
    mixed,
    peak_dbfs,
    saturated,
)

samples = arrays.arrays(np.int16, st.integers(0, 500))
laws = st.sampled_from(["mu", "a"])
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)


@given(samples, st.lists(st.integers(0, 500)), st.integers(1, 170))
def test_blocks_are_whole_and_lose_nothing(some: np.ndarray, cuts: list[int], length: int) -> None:
    cutter, blocks, edges = BlockCutter(length), [], [0, *sorted(cut % (len(some) + 1) for cut in cuts), len(some)]
    for start, end in itertools.pairwise(edges):
        blocks += cutter.feed(some[start:end])
    blocks += cutter.flush()
    assert all(len(block) == length for block in blocks)
    joined = np.concatenate([*blocks, np.zeros(0, np.int16)])
    assert np.array_equal(joined[: len(some)], some)
    assert not joined[len(some) :].any()
    assert len(joined) - len(some) < length
    assert cutter.flush() == []


@pytest.mark.parametrize(("rate", "length"), [(8000, 160), (16000, 320), (22050, 441), (48000, 960)])
def test_a_block_lasts_twenty_milliseconds(rate: int, length: int) -> None:
    assert block_length(rate) == length


@pytest.mark.parametrize("rate", [0, -8000, 11025])
def test_a_rate_without_whole_blocks_is_refused(rate: int) -> None:
    with pytest.raises(ValueError, match="whole number"):
        block_length(rate)


def test_a_block_needs_a_length() -> None:
    with pytest.raises(ValueError, match="never fills"):
        BlockCutter(0)


@given(samples, samples, st.integers(0, 3_000))
def test_mixing_saturates_and_never_wraps(one: np.ndarray, other: np.ndarray, begins: int) -> None:
    mix = mixed((0, one), (begins, other))
    exact = np.zeros(max(len(one), begins + len(other)), int)
    exact[: len(one)] += one
    exact[begins : begins + len(other)] += other
    assert np.array_equal(mix, np.clip(exact, -32768, 32767))


@given(samples, st.floats(-60, 60))
def test_gain_saturates_and_keeps_the_sign(some: np.ndarray, gain: float) -> None:
    louder = amplified(some, gain)
    assert louder.dtype == np.int16
    assert ((louder == 0) | (np.sign(louder) == np.sign(some))).all()


def test_gain_is_in_decibels() -> None:
    some = np.array([1000, -2000], np.int16)
    assert amplified(some, 20).tolist() == [10_000, -20_000]
    assert amplified(some, -6.0206).tolist() == [500, -1000]


def test_levels() -> None:
    sine = saturated(32767 * np.sin(2 * np.pi * np.arange(8000) / 80))
    assert level_dbfs(sine) == pytest.approx(0, abs=0.01)
    assert peak_dbfs(sine) == pytest.approx(0, abs=0.01)
    assert level_dbfs(amplified(sine, -20)) == pytest.approx(-20, abs=0.01)
    assert peak_dbfs(np.array([-32768], np.int16)) == pytest.approx(0, abs=0.01)
    assert level_dbfs(np.full(99, 32767, np.int16)) == pytest.approx(3.01, abs=0.01)


@pytest.mark.parametrize("silence", [np.zeros(0, np.int16), np.zeros(99, np.int16)])
def test_silence_has_a_level(silence: np.ndarray) -> None:
    assert level_dbfs(silence) == peak_dbfs(silence) == SILENT_DBFS


def test_what_is_not_a_number_is_silent() -> None:
    odd = np.array([np.nan, np.inf, -np.inf, 1e30, -1e30, 1.5])
    assert saturated(odd).tolist() == [0, 32767, -32768, 32767, -32768, 2]


@given(st.binary(), laws)
def test_decoding_and_encoding_again_changes_no_sample(data: bytes, law: g711.Law) -> None:
    once = g711.decoded(data, law)
    assert np.array_equal(g711.decoded(g711.encoded(once, law), law), once)


@pytest.mark.parametrize("law", ["mu", "a"])
def test_the_codes_survive_being_decoded(law: g711.Law) -> None:
    codes = bytes(code for code in range(256) if not (law == "mu" and code == 0x7F))  # a second zero, as the law has it
    assert g711.encoded(g711.decoded(codes, law), law) == codes


@pytest.mark.parametrize(("law", "smallest"), [("mu", 8), ("a", 8)])
def test_no_sample_is_off_by_more_than_its_step(law: g711.Law, smallest: int) -> None:
    back = g711.decoded(g711.encoded(EVERY_SAMPLE, law), law).astype(int)
    size = np.minimum(np.abs(EVERY_SAMPLE.astype(int)), 32124 if law == "mu" else 32256)
    assert (np.abs(np.abs(back) - size) <= smallest + size / 30).all()


@pytest.mark.parametrize(
    ("law", "encoder", "decoder"),
    [("mu", "81d633c9e6972a18", "3dab54339e520bb2"), ("a", "38488f6fd710f468", "e04788d110e58ff8")],
)
def test_the_tables_are_those_of_the_standard(law: g711.Law, encoder: str, decoder: str) -> None:
    """Digests taken of tables that agreed bit by bit with another implementation."""
    assert hashlib.sha256(g711.encoded(EVERY_SAMPLE, law)).hexdigest().startswith(encoder)
    table = g711.decoded(bytes(range(256)), law).astype("<i2").tobytes()
    assert hashlib.sha256(table).hexdigest().startswith(decoder)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="audioop left Python with 3.13")
def test_audioop_agrees_bit_by_bit() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop
    data, codes = EVERY_SAMPLE.astype("<i2").tobytes(), bytes(range(256))
    assert g711.encoded(EVERY_SAMPLE, "mu") == audioop.lin2ulaw(data, 2)
    assert g711.encoded(EVERY_SAMPLE, "a") == audioop.lin2alaw(data, 2)
    assert g711.decoded(codes, "mu").tobytes() == audioop.ulaw2lin(codes, 2)
    assert g711.decoded(codes, "a").tobytes() == audioop.alaw2lin(codes, 2)
