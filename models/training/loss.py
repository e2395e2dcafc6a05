"""Alignment-free, lattice-free MMI: how the network learns words from sound without being told where each one is.

Theory of operation. The network gives every frame a score for each of its outputs. A sequence of phones is a path: each
phone costs one frame at its *entering* output, then any number (also none) at its *staying* output, each choice with
probability 1/2. The loss of an utterance is

    log(sum over every path of any phone sequence) - log(sum over the paths of what was said)

where both sums carry the probability of the phone sequence under a bigram of phones (:class:`PhoneBigram`). The first
sum is the *denominator*, the second the *numerator*; silence may stand between words, at the start and at the end. The
gradient is the difference of the two sums' state probabilities, found by one forward and one backward pass each.

As both states of a phone go on alike, the denominator's step is one product with the small phone-by-phone matrix
instead of the one between all outputs. It runs on probabilities scaled per frame; the numerator, whose states may be
far less likely than the best one, runs on logarithms. Neither holds Python's lock, so threads may share the work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import torch

Floats = npt.NDArray[np.float32]
_HALF = math.log(0.5)
_IMPOSSIBLE = -1e30
_SILENCE = 0  # base phone number


@dataclass(frozen=True, slots=True)
class PhoneBigram:
    """Log-probabilities of one base phone after another, (P + 1, P + 1): row P is the start, column P the end."""

    log_probabilities: npt.NDArray[np.float64]

    @property
    def phones(self) -> int:
        """The number of base phones, P."""
        return len(self.log_probabilities) - 1

    @classmethod
    def counted(cls, counts: npt.NDArray[np.float64], *, smoothing: float) -> PhoneBigram:
        """From counts of (P + 1, P + 1) pairs, each row mixed with a share of equal probabilities.

        Silence never follows silence, and an utterance has at least one phone.
        """
        phones = len(counts) - 1
        even = np.ones_like(counts)
        even[_SILENCE, _SILENCE] = even[phones, phones] = 0
        counts = counts * even
        even /= even.sum(1, keepdims=True)
        seen = counts / np.maximum(counts.sum(1, keepdims=True), 1e-9)
        share = np.where(counts.sum(1, keepdims=True) > 0, smoothing, 1.0)
        mixed = (1 - share) * seen + share * even
        return cls(np.log(np.maximum(mixed, 1e-12)))


def pair_counts(words: list[list[int]], phones: int, *, pause: float = 0.3, edge: float = 0.9) -> npt.NDArray[Any]:
    """Expected pairs (P + 1, P + 1) of one utterance given as base phones per word, silence being optional.

    ``pause`` and ``edge`` are the shares of silence between two words, and at the start and the end.
    """
    counts = np.zeros((phones + 1, phones + 1))
    last, share = phones, edge
    for word in words:
        counts[last, _SILENCE] += share
        counts[_SILENCE, word[0]] += share
        counts[last, word[0]] += 1 - share
        np.add.at(counts, (word[:-1], word[1:]), 1)
        last, share = word[-1], pause
    if not words:
        edge = 1.0
    counts[last, _SILENCE] += edge
    counts[_SILENCE, phones] += edge
    counts[last, phones] += 1 - edge
    return counts


@dataclass(frozen=True, slots=True)
class Transcripts:
    """What is said in a batch of B utterances: silence, words and silences, as rows of at most K units.

    ``units`` (B, K) base phones; ``optional`` (B, K) which may be left out (silence); ``counts`` (B,) units per row.
    """

    units: npt.NDArray[np.int64]
    optional: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, batch: list[list[list[int]]]) -> Transcripts:
        """From base phones per word, for each utterance; no words is an utterance of silence."""
        rows = [_units(words) for words in batch]
        counts = np.array([len(row) for row in rows])
        units = np.zeros((len(rows), counts.max()), np.int64)
        for row, sequence in zip(units, rows, strict=True):
            row[: len(sequence)] = sequence
        optional = (units == _SILENCE) & (counts[:, None] > 1)
        return cls(units, optional, counts)


def _units(words: list[list[int]]) -> list[int]:
    sequence = [_SILENCE]
    for word in words:
        sequence += [*word, _SILENCE]
    return sequence


def numerator(
    scores: Floats, lengths: npt.NDArray[np.int64], said: Transcripts, bigram: PhoneBigram
) -> tuple[npt.NDArray[np.float64], Floats]:
    """Log-sums (B,) over the paths of what was said, and the outputs' probabilities (B, T, N).

    An utterance too short for its phones has a log-sum below -1e29 and probabilities of zero.
    """
    sums, probabilities = np.zeros(len(scores)), np.zeros_like(scores)
    _numerator(scores, lengths, said.units, said.optional, said.counts, bigram.log_probabilities, sums, probabilities)
    return sums, probabilities


def denominator(
    scores: Floats, lengths: npt.NDArray[np.int64], bigram: PhoneBigram
) -> tuple[npt.NDArray[np.float64], Floats]:
    """Log-sums (B,) over all paths, and the outputs' probabilities (B, T, N) under them."""
    sums, probabilities = np.zeros(len(scores)), np.zeros_like(scores)
    _denominator(scores, lengths, np.exp(bigram.log_probabilities).astype(np.float32), sums, probabilities)
    return sums, probabilities


class MutualInformationLoss(torch.autograd.Function):
    """The loss summed over a batch of scores (B, T, N), and the numerator's probabilities for other uses.

    Utterances that are too short for what is said in them count nothing. ``hint`` (B, T, N), if there is one, is added
    to the scores in the numerator alone: where to look for what at first.
    """

    @staticmethod
    def forward(
        context: Any,
        scores: torch.Tensor,
        lengths: npt.NDArray[np.int64],
        said: Transcripts,
        bigram: PhoneBigram,
        hint: Floats | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One forward-backward pass of both sums; the gradient is kept for :meth:`backward`."""
        values = scores.detach().float().cpu().contiguous().numpy().copy()
        below, everything = denominator(values, lengths, bigram)
        if hint is not None:
            values += hint
        above, expected = numerator(values, lengths, said, bigram)
        possible = (above > _IMPOSSIBLE / 10) & np.isfinite(below)
        gradient = (everything - expected) * possible[:, None, None]
        context.save_for_backward(torch.from_numpy(gradient).to(scores.device))
        loss = torch.tensor(float((below - above)[possible].sum()), device=scores.device)
        probabilities = torch.from_numpy(expected).to(scores.device)
        context.mark_non_differentiable(probabilities)
        return loss, probabilities

    @staticmethod
    def backward(context: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """Scales the gradient that was kept."""
        (gradient,) = context.saved_tensors
        return gradient * gradients[0], None, None, None, None


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _log_add(one: float, other: float) -> float:
    if one < other:
        one, other = other, one
    return one if other < -1e29 else one + math.log1p(math.exp(other - one))


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _numerator(scores, lengths, units, optional, counts, bigram, sums, probabilities):  # type: ignore[no-untyped-def]
    start = end = len(bigram) - 1
    for b in range(len(scores)):
        K, T, row, skip = counts[b], lengths[b], units[b], optional[b]  # noqa: N806
        # [t, 2k] entering, [t, 2k + 1] staying in the k-th unit
        forward = np.full((T, 2 * K), _IMPOSSIBLE)
        for k in range(min(2, K)):
            if k == 0 or skip[0]:
                forward[0, 2 * k] = bigram[start, row[k]] + scores[b, 0, 2 * row[k]]
        for t in range(1, T):
            for k in range(K):
                phone = row[k]
                come = _IMPOSSIBLE
                for back in range(1, min(2, k) + 1):
                    if back == 1 or skip[k - 1]:
                        left = _log_add(forward[t - 1, 2 * (k - back)], forward[t - 1, 2 * (k - back) + 1])
                        come = _log_add(come, left + _HALF + bigram[row[k - back], phone])
                stay = _log_add(forward[t - 1, 2 * k], forward[t - 1, 2 * k + 1]) + _HALF
                if come > -1e29:
                    forward[t, 2 * k] = come + scores[b, t, 2 * phone]
                if stay > -1e29:
                    forward[t, 2 * k + 1] = stay + scores[b, t, 2 * phone + 1]
        total = _IMPOSSIBLE
        backward = np.full(K, _IMPOSSIBLE)  # both states of a unit go on alike
        for k in range(max(0, K - 2), K):
            if k == K - 1 or skip[K - 1]:
                backward[k] = _HALF + bigram[row[k], end]
                total = _log_add(total, _log_add(forward[T - 1, 2 * k], forward[T - 1, 2 * k + 1]) + backward[k])
        sums[b] = total
        if total < -1e29:
            continue
        for t in range(T - 1, -1, -1):
            if t < T - 1:
                for k in range(K):  # ascending: later units are read before they are overwritten
                    phone = row[k]
                    value = backward[k] + _HALF + scores[b, t + 1, 2 * phone + 1]
                    for ahead in range(1, min(2, K - 1 - k) + 1):
                        if ahead == 1 or skip[k + 1]:
                            follower = row[k + ahead]
                            onward = backward[k + ahead] + bigram[phone, follower] + scores[b, t + 1, 2 * follower]
                            value = _log_add(value, onward + _HALF)
                    backward[k] = value
            for k in range(K):
                for state in range(2):
                    share = forward[t, 2 * k + state] + backward[k] - total
                    if share > -30:
                        probabilities[b, t, 2 * row[k] + state] += math.exp(share)


@numba.njit(nogil=True, cache=True, fastmath=True)  # type: ignore[untyped-decorator]
def _denominator(scores, lengths, bigram, sums, probabilities):  # type: ignore[no-untyped-def]
    P = len(bigram) - 1  # noqa: N806
    follow = np.ascontiguousarray(bigram[:P, :P])
    follow_of = np.ascontiguousarray(follow.T)
    for b in range(len(scores)):
        T = lengths[b]  # noqa: N806
        enter, stay = np.empty((T, P), np.float32), np.empty((T, P), np.float32)  # exp of scores, scaled per frame
        forward_enter, forward_stay = np.empty((T, P), np.float32), np.empty((T, P), np.float32)
        scale = np.empty(T, np.float32)
        total = 0.0
        leaving = np.zeros(P, np.float32)
        for t in range(T):
            top = scores[b, t].max()
            total += top
            for p in range(P):
                enter[t, p] = math.exp(scores[b, t, 2 * p] - top)
                stay[t, p] = math.exp(scores[b, t, 2 * p + 1] - top)
            arriving = np.zeros(P, np.float32)
            if t == 0:
                arriving[:] = bigram[P, :P]
            else:
                for p in range(P):
                    for q in range(P):
                        arriving[q] += leaving[p] * follow[p, q]
            for p in range(P):
                forward_enter[t, p] = arriving[p] * enter[t, p]
                forward_stay[t, p] = leaving[p] * stay[t, p]
            scale[t] = 1 / (forward_enter[t].sum() + forward_stay[t].sum())
            total -= math.log(scale[t])
            for p in range(P):
                forward_enter[t, p] *= scale[t]
                forward_stay[t, p] *= scale[t]
                leaving[p] = (forward_enter[t, p] + forward_stay[t, p]) / 2
        ending = (leaving * bigram[:P, P]).sum()
        sums[b] = total + math.log(ending)
        backward = bigram[:P, P] / (2 * ending)
        ahead = np.empty(P, np.float32)
        for t in range(T - 1, -1, -1):
            if t < T - 1:
                ahead[:] = enter[t + 1] * backward * scale[t + 1] / 2
                backward *= stay[t + 1] * scale[t + 1] / 2
                for q in range(P):
                    for p in range(P):
                        backward[p] += follow_of[q, p] * ahead[q]
            for p in range(P):
                probabilities[b, t, 2 * p] = forward_enter[t, p] * backward[p]
                probabilities[b, t, 2 * p + 1] = forward_stay[t, p] * backward[p]
