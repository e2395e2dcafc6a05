"""The ring between a sound card's callback and a call: nothing is lost, doubled or swapped, and nobody waits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.audio.pcm import Samples
from ivr.audio.sample_ring import SampleRing

STEPS = st.lists(st.tuples(st.sampled_from(["put", "take", "cut"]), st.integers(0, 20)), max_size=60)


@given(st.integers(1, 12), STEPS)
def test_what_is_taken_is_what_was_put_in_order(capacity: int, steps: list[tuple[str, int]]) -> None:
    ring, expected, counted = SampleRing(capacity), list[int](), 0
    for what, length in steps:
        match what:
            case "put":
                block = np.arange(counted, counted + length, dtype=np.int16)
                room = capacity - len(expected)
                assert ring.put(block) == min(length, room)
                expected += block[:room].tolist()
                counted += length
            case "take":
                out: Samples = np.full(length, -1, np.int16)
                count = ring.take_into(out)
                assert out[:count].tolist() == expected[:length]
                assert (out[count:] == -1).all()
                del expected[:count]
            case _:
                ring.skip_to(ring.end - length)
                del expected[: max(0, len(expected) - length)]
        assert len(ring) == len(expected)


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns in the middle of nearly everything."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless")
def test_two_threads_need_no_lock() -> None:
    ring, sent = SampleRing(97), np.random.default_rng(0).integers(-32_768, 32_767, 20_000).astype(np.int16)
    received: list[Samples] = []

    def take() -> None:
        out, missing = np.zeros(31, np.int16), len(sent)
        while missing:
            count = ring.take_into(out)
            missing -= count
            received.append(out[:count].copy())

    taker = Thread(target=take)
    taker.start()
    at = 0
    while at < len(sent):
        at += ring.put(sent[at : at + 53])
    taker.join()
    assert np.array_equal(np.concatenate(received), sent)


def test_a_ring_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        SampleRing(0)
