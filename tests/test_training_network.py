"""Training the speech model: its loss against every path counted one by one, its network against what Vosk makes of it.

Needs PyTorch and numba, which no user of the hotline does: ``pip install --group training``. CI installs them.
"""

from __future__ import annotations

import itertools
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

if "CI" not in os.environ:
    pytest.importorskip("torch", reason="PyTorch is not installed (pip install --group training)")
    pytest.importorskip("numba", reason="numba is not installed (pip install --group training)")

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.speech.phones import PDF_COUNT, base_id
from ivr.speech.pronouncing import load_pronouncing
from ivr.speech.word_graph import GraphCosts
from models.training.features import RATE, cepstra
from models.training.loss import MutualInformationLoss, PhoneBigram, Transcripts, denominator, numerator, pair_counts
from models.training.network import Network, Normalisation, Shape
from models.training.packaging import write_model
from models.training.training import Schedule

PHONES = 3  # silence and two others


def phone_sequences(frames: int) -> list[tuple[int, ...]]:
    return [phones for length in range(1, frames + 1) for phones in itertools.product(range(PHONES), repeat=length)]


def log_sum(scores: np.ndarray, bigram: PhoneBigram, sequences: list[tuple[int, ...]]) -> float:
    """Every sequence of phones in every alignment, one after the other."""
    frames, table, total = len(scores), bigram.log_probabilities, 0.0
    for phones in sequences:
        pairs = zip((PHONES, *phones), (*phones, PHONES), strict=True)
        sequence = sum(table[one, other] for one, other in pairs)
        for starts in itertools.combinations(range(1, frames), len(phones) - 1):
            bounds = (0, *starts, frames)
            path = sequence + frames * math.log(0.5)  # each frame ends in staying or in going on
            for phone, start, end in zip(phones, bounds, bounds[1:], strict=False):
                path += scores[start, 2 * phone] + scores[start + 1 : end, 2 * phone + 1].sum()
            total += math.exp(path)
    return math.log(total)


def random_case(seed: int, frames: int) -> tuple[np.ndarray, PhoneBigram]:
    chance = np.random.default_rng(seed)
    scores = chance.normal(0, 1.5, (1, frames, 2 * PHONES)).astype(np.float32)
    return scores, PhoneBigram.counted(chance.uniform(0, 5, (PHONES + 1, PHONES + 1)), smoothing=0.1)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), frames=st.integers(1, 5))
def test_the_denominator_is_the_sum_over_every_path(seed: int, frames: int) -> None:
    scores, bigram = random_case(seed, frames)
    found, probabilities = denominator(scores, np.array([frames]), bigram)
    assert found[0] == pytest.approx(log_sum(scores[0], bigram, phone_sequences(frames)), abs=1e-4)
    assert probabilities[0].sum(-1) == pytest.approx(np.ones(frames), abs=1e-4)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), frames=st.integers(3, 6), words=st.sampled_from(([[1]], [[1, 2]], [[1], [2]])))
def test_the_numerator_is_the_sum_over_the_paths_of_what_was_said(
    seed: int, frames: int, words: list[list[int]]
) -> None:
    scores, bigram = random_case(seed, frames)
    gaps = itertools.product((False, True), repeat=len(words) + 1)
    sequences = []
    for silences in gaps:
        phones = [0] * silences[0]
        for word, silence in zip(words, silences[1:], strict=True):
            phones += [*word, *([0] * silence)]
        if len(phones) <= frames:
            sequences.append(tuple(phones))
    found, probabilities = numerator(scores, np.array([frames]), Transcripts.of([words]), bigram)
    assert found[0] == pytest.approx(log_sum(scores[0], bigram, sequences), abs=1e-4)
    assert probabilities[0].sum(-1) == pytest.approx(np.ones(frames), abs=1e-4)


def test_an_utterance_of_nothing_is_silence_from_end_to_end() -> None:
    scores, bigram = random_case(1, 4)
    found, _ = numerator(scores, np.array([4]), Transcripts.of([[]]), bigram)
    assert found[0] == pytest.approx(log_sum(scores[0], bigram, [(0,)]), abs=1e-4)


def test_the_gradient_is_that_of_the_loss() -> None:
    scores, bigram = random_case(7, 6)
    said, lengths = Transcripts.of([[[1], [2, 1]]]), np.array([5])  # the last frame is padding
    values = torch.tensor(scores, requires_grad=True)
    loss, _ = MutualInformationLoss.apply(values, lengths, said, bigram)
    loss.backward()
    assert values.grad is not None
    assert not values.grad[0, 5].any()
    step = 1e-2
    for frame, output in ((0, 0), (1, 2), (3, 5), (4, 3)):
        shifted = []
        for sign in (1, -1):
            moved = scores.copy()
            moved[0, frame, output] += sign * step
            shifted.append(float(MutualInformationLoss.apply(torch.tensor(moved), lengths, said, bigram)[0]))
        assert values.grad[0, frame, output] == pytest.approx((shifted[0] - shifted[1]) / (2 * step), abs=2e-3)


def test_words_that_do_not_fit_into_the_sound_count_nothing() -> None:
    scores, bigram = random_case(3, 2)
    values = torch.tensor(scores, requires_grad=True)
    loss, _ = MutualInformationLoss.apply(values, np.array([2]), Transcripts.of([[[1, 2, 1]]]), bigram)
    loss.backward()
    assert float(loss.detach()) == 0
    assert values.grad is not None
    assert not values.grad.any()


def test_pairs_of_an_utterance_are_as_many_as_its_phones_and_silences() -> None:
    counts = pair_counts([[1, 2], [1]], PHONES, pause=1.0, edge=1.0)
    expected = np.zeros((PHONES + 1, PHONES + 1))
    for pair in ((3, 0), (0, 1), (1, 2), (2, 0), (0, 1), (1, 0), (0, 3)):  # silence, 1 2, silence, 1, silence
        expected[pair] += 1
    assert counts == pytest.approx(expected)


def test_the_rate_of_learning_rises_and_falls_and_time_can_end_it() -> None:
    schedule = Schedule(steps=1000, minutes=10)
    rates = [schedule.rate_at(step, schedule.progress(step, 0.0)) for step in range(1000)]
    top = rates.index(max(rates))
    assert 90 <= top <= 110
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert schedule.progress(10, 600.0) == 1


@pytest.fixture(scope="module")
def network() -> Network:
    """Small, untrained, with normalisations and outputs that are not trivial."""
    torch.manual_seed(3)
    network = Network(Shape(PDF_COUNT, front=48, width=64, bottleneck=24, narrow=32))
    network.mean += torch.randn(40) * 3
    network.deviation *= 8
    network.train()
    with torch.no_grad():
        for _ in range(40):
            network(torch.randn(2, 300, 40) * 8)
    torch.nn.init.normal_(network.head.output.weight, std=0.3)
    torch.nn.init.normal_(network.head.output.bias, std=0.5)
    assert any(
        module.running_mean.abs().max() > 0.1 for module in network.modules() if isinstance(module, Normalisation)
    )
    return network.eval()


def test_three_frames_make_one_output(network: Network) -> None:
    for frames, outputs in ((1, 1), (3, 1), (4, 2), (30, 10), (31, 11)):
        with torch.no_grad():
            assert network(torch.zeros(2, frames + 2 * network.context, 40)).shape == (2, outputs, PDF_COUNT)


def test_vosk_gives_a_word_the_score_that_the_network_gives_it(network: Network, tmp_path: Path) -> None:
    """Vosk tells the score of its best path; up to the grammar's own cost it is that of the network's outputs."""
    vosk = pytest.importorskip("vosk")
    write_model(network, tmp_path, GraphCosts(word=20.0, unknown=30.0, silence=0.0))  # dear, so that one word is heard
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(tmp_path))
    differences = []
    for word, seed in itertools.product(("余额", "人工"), range(2)):
        sound = noise_and_tone(seed)
        recogniser = vosk.KaldiRecognizer(model, RATE, json.dumps([word], ensure_ascii=False))
        recogniser.SetMaxAlternatives(1)
        recogniser.AcceptWaveform(sound.tobytes())
        heard = json.loads(recogniser.FinalResult())["alternatives"][0]
        assert heard["text"] == word
        (phones, *_) = load_pronouncing().of(word)
        expected = best_path(scores_of(network, sound), [base_id(phone) for phone in phones])
        differences.append(heard["confidence"] - expected)
    assert differences == pytest.approx([differences[0]] * len(differences), abs=0.05)


def noise_and_tone(seed: int) -> np.ndarray:
    time = np.arange(int(1.5 * RATE)) / RATE
    noise = np.random.default_rng(seed).normal(0, 300 * (seed + 1), len(time))
    return (3000 * np.sin(2 * np.pi * (300 + 400 * seed * time) * time) + noise).astype(np.int16)


def scores_of(network: Network, sound: np.ndarray) -> np.ndarray:
    frames = cepstra(sound.astype(np.float32))
    edge = network.context
    frames = np.concatenate([np.repeat(frames[:1], edge, 0), frames, np.repeat(frames[-1:], edge, 0)])
    with torch.no_grad():
        return network(torch.from_numpy(frames)[None])[0].numpy()


def best_path(scores: np.ndarray, phones: list[int]) -> float:
    """The best alignment of the phones, with and without silence before and after."""
    best = -math.inf
    for before, after in itertools.product((0, 1), repeat=2):
        units = [0] * before + phones + [0] * after
        reached = np.full(len(units), -np.inf)
        reached[0] = scores[0, 2 * units[0]]
        for frame in scores[1:]:
            came = np.concatenate([[-np.inf], reached[:-1]]) + frame[[2 * unit for unit in units]]
            reached = np.maximum(came, reached + frame[[2 * unit + 1 for unit in units]])
        best = max(best, float(reached[-1]))
    return best
