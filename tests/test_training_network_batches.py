"""What the network is shown: other voices out of the same frames, kinds in their shares, garbage for some words."""

from __future__ import annotations

import os
from itertools import islice

import numpy as np
import pytest

if "CI" not in os.environ:
    pytest.importorskip("torch", reason="PyTorch is not installed (pip install --group training)")
    pytest.importorskip("numba", reason="numba is not installed (pip install --group training)")

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.speech.phones import GARBAGE, base_id
from models.training.batches import SHARES, Example, batch_of, drawn, labels, shares
from models.training.features import cepstra
from models.training.perturbation import at_tempo, perturbed, with_noise


def frames(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 5, (count, 40)).astype(np.float16)


def example(kind: str, source: str, words: int, count: int = 90) -> Example:
    return Example(frames(count), ((5, 30),) * words, (kind == "words",) * words, kind, source)


CORPUS = (
    *(example("digits", "big", 4) for _ in range(100)),
    *(example("digits", "small", 2) for _ in range(4)),
    *(example("phrase", "big", 1) for _ in range(30)),
    *(example("words", "big", 2) for _ in range(30)),
    *(example("nothing", "nothing", 0) for _ in range(5)),
)


def test_kinds_have_their_shares_and_small_sources_are_heard() -> None:
    weights = shares(CORPUS)
    for kind, share in SHARES.items():
        assert sum(weights[i] for i, one in enumerate(CORPUS) if one.kind == kind) == pytest.approx(share)
    small = sum(weights[i] for i, one in enumerate(CORPUS) if one.source == "small")
    assert small == pytest.approx(SHARES["digits"] * 2 / (10 + 2))  # roots of 4 and of 100


def test_batches_keep_to_their_size_and_follow_the_seed() -> None:
    batches = list(islice(drawn(CORPUS, 1000, seed=3), 20))
    assert all(len(batch) * max(len(CORPUS[i].frames) for i in batch) <= 1000 for batch in batches)
    assert batches == list(islice(drawn(CORPUS, 1000, seed=3), 20))
    assert batches != list(islice(drawn(CORPUS, 1000, seed=4), 20))


def test_only_words_that_no_hotline_knows_become_garbage_and_about_half_of_them() -> None:
    chance = np.random.default_rng(1)
    assert labels(example("digits", "big", 3), chance) == [[5, 30]] * 3
    unknown = [word for _ in range(200) for word in labels(example("words", "big", 2), chance)]
    garbage = sum(word == [base_id(GARBAGE)] for word in unknown)
    assert garbage + sum(word == [5, 30] for word in unknown) == len(unknown)
    assert 0.4 < garbage / len(unknown) < 0.6


@given(context=st.integers(1, 40), counts=st.lists(st.integers(30, 200), min_size=1, max_size=5))
@settings(deadline=None, max_examples=20)
def test_a_batch_repeats_the_edges_as_far_as_the_network_looks(context: int, counts: list[int]) -> None:
    spoken = [Example(frames(count, count), ((5, 30),), (False,), "digits", "x") for count in counts]
    batch = batch_of(spoken, context, np.random.default_rng(0), perturb=False)
    assert batch.frames.shape == (len(counts), max(counts) + 2 * context, 40)
    assert list(batch.lengths) == [-(-count // 3) for count in counts]
    for row, one in zip(batch.frames, spoken, strict=True):
        assert (row[:context] == one.frames[0]).all()
        assert (row[context : context + len(one.frames)] == one.frames).all()
        assert (row[context + len(one.frames) :] == one.frames[-1]).all()


def test_loud_parts_are_told_from_quiet_ones_unless_nobody_speaks() -> None:
    signal = np.random.default_rng(0).normal(0, 5, 16000)
    signal[6000:10000] *= 500
    sound = cepstra(signal.astype(np.float32)).astype(np.float16)
    said, nobody = (Example(sound, words, (False,) * len(words), "digits", "x") for words in (((5, 30),), ()))
    loudness = batch_of([said, nobody], 3, np.random.default_rng(0), perturb=False).loudness
    assert loudness[0, :10].max() < 0.3
    assert loudness[0, 15:19].min() > 0.7
    assert (loudness[1] == 0.5).all()


@given(seed=st.integers(0, 10**6), count=st.integers(20, 300))
@settings(deadline=None, max_examples=30)
def test_a_perturbed_utterance_stays_an_utterance(seed: int, count: int) -> None:
    before = frames(count, seed).astype(np.float32)
    after = perturbed(before, np.random.default_rng(seed))
    assert after.shape[1] == 40
    assert count / 1.25 - 2 <= len(after) <= count / 0.83 + 2
    assert np.isfinite(after).all()
    assert (after == perturbed(before, np.random.default_rng(seed))).all()


def test_tempo_keeps_the_beginning_and_noise_only_adds() -> None:
    bands = np.cumsum(np.ones((60, 40), np.float32), axis=0)
    assert at_tempo(bands, 1.2)[:3, 0] == pytest.approx([1.0, 2.2, 3.4])
    assert (with_noise(bands, np.random.default_rng(0), 10.0) >= bands).all()
