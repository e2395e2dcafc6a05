"""What the network is shown: which utterances, in which form, under which labels.

Theory of operation. Utterances are drawn so that each kind (digits, phrases, other words, nothing) has its share
whatever the corpus holds most of, and within a kind a source counts as the square root of what it has: a thousand
utterances of a synthetic voice must not drown a hundred of a human one. Drawn utterances are grouped by length, so that
little of a batch is padding.

To learn what it must refuse, half of the words that no hotline knows are labelled with the single phone of garbage
instead of their own; the other half teaches the sounds of Mandarin. Which half is drawn anew each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.speech.phones import BASE_PHONES, GARBAGE, base_id, syllable_phones
from models.training.features import COEFFICIENTS
from models.training.loss import PhoneBigram, Transcripts, pair_counts
from models.training.network import SUBSAMPLING
from models.training.perturbation import Floats, perturbed
from models.training.shards import read_shard
from models.training.utterances import DIGITS, OTHER_DIGITS, hotline_phrases

SHARES: Final = {"digits": 0.42, "phrase": 0.26, "words": 0.26, "nothing": 0.06}
REFUSED: Final = 0.5  # of the words no hotline knows
_SMOOTHING: Final = 0.1  # of the phone bigram, towards equal probabilities


@dataclass(frozen=True, slots=True)
class Example:
    """Frames (n, 40) as float16, base phones per word, and for each word whether it may be called garbage."""

    frames: npt.NDArray[np.float16]
    words: tuple[tuple[int, ...], ...]
    refusable: tuple[bool, ...]
    kind: str
    source: str

    @property
    def shortest(self) -> int:
        """Output frames that the words take at least."""
        return sum(len(word) for word in self.words) + 1


@dataclass(frozen=True, slots=True)
class Batch:
    """``frames`` (B, T + 2 * context, 40), ``lengths`` (B,) in output frames, what is said, and where it is loud.

    ``loudness`` (B, ceil(T / 3)) is 0 for the quiet and 1 for the loud parts of an utterance.
    """

    frames: Floats
    lengths: npt.NDArray[np.int64]
    said: Transcripts
    loudness: Floats


def read_examples(shards: Sequence[Path], *, without_voice: str | None = None) -> list[Example]:
    """The utterances of feature shards; ``without_voice`` leaves out a voice, by a part of its name."""
    known = {*DIGITS, *OTHER_DIGITS, *hotline_phrases()}
    examples = []
    for path in shards:
        source = path.name.rsplit("-", 1)[0]
        for item in read_shard(path, "frames"):
            if without_voice and (without_voice in item.voice or without_voice in source):
                continue
            said = item.utterance
            words = tuple(tuple(_phones(syllables)) for syllables in said.syllables)
            refusable = tuple(said.kind == "words" and word not in known for word in said.words)
            example = Example(item.data, words, refusable, said.kind, source)
            if len(item.data) >= 1.3 * SUBSAMPLING * example.shortest:
                examples.append(example)
    return examples


def _phones(syllables: Sequence[str]) -> Iterator[int]:
    for syllable in syllables:
        for phone in syllable_phones(syllable):
            yield base_id(phone)


def shares(examples: Sequence[Example]) -> npt.NDArray[np.float64]:
    """How likely each example is to be drawn next; they sum to 1."""
    sizes = Counter((example.kind, example.source) for example in examples)
    weights = np.array([sizes[example.kind, example.source] ** -0.5 for example in examples])
    kinds = np.array([example.kind for example in examples])
    for kind in set(kinds):
        weights[kinds == kind] *= SHARES[kind] / weights[kinds == kind].sum()
    return weights / weights.sum()


def bigram_of(examples: Sequence[Example], seed: int) -> PhoneBigram:
    """The phone bigram of what training will show, from twenty thousand draws."""
    chance = np.random.default_rng(seed)
    phones = len(BASE_PHONES)
    counts = np.zeros((phones + 1, phones + 1))
    for index in chance.choice(len(examples), 20000, p=shares(examples)):
        counts += pair_counts(labels(examples[index], chance), phones)
    return PhoneBigram.counted(counts, smoothing=_SMOOTHING)


def labels(example: Example, chance: np.random.Generator, refused: float = REFUSED) -> list[list[int]]:
    """Base phones per word, a share of the words that may be refused being garbage."""
    garbage = base_id(GARBAGE)
    return [
        [garbage] if refusable and chance.random() < refused else list(word)
        for word, refusable in zip(example.words, example.refusable, strict=True)
    ]


def drawn(examples: Sequence[Example], frames: int, seed: int) -> Iterator[list[int]]:
    """Indices of batches of about ``frames`` frames, without end."""
    chance = np.random.default_rng(seed)
    weights, lengths = shares(examples), np.array([len(example.frames) for example in examples])
    while True:
        chosen = chance.choice(len(examples), 4000, p=weights)
        chosen = chosen[np.argsort(lengths[chosen] * chance.uniform(0.93, 1.07, len(chosen)))]
        batches: list[list[int]] = [[]]
        longest = 0
        for index in chosen:
            longest = max(longest, int(lengths[index]))
            if batches[-1] and longest * (len(batches[-1]) + 1) > frames:
                batches.append([])
                longest = int(lengths[index])
            batches[-1].append(int(index))
        for number in chance.permutation(len(batches)):
            yield batches[number]


def batch_of(
    examples: Sequence[Example],
    context: int,
    chance: np.random.Generator,
    *,
    perturb: bool = True,
    refused: float = REFUSED,
) -> Batch:
    """The examples as the network reads them; edge frames are repeated for its context, as Kaldi's decoder does."""
    shapes = []
    for example in examples:
        frames = example.frames.astype(np.float32)
        if perturb:
            other = perturbed(frames, chance)[chance.integers(SUBSAMPLING) :]
            frames = other if len(other) >= 1.2 * SUBSAMPLING * example.shortest else frames
        shapes.append(frames)
    lengths = np.array([len(frames) for frames in shapes])
    padded = np.empty((len(shapes), lengths.max() + 2 * context, COEFFICIENTS), np.float32)
    for row, frames in zip(padded, shapes, strict=True):
        row[:context] = frames[0]
        row[context : context + len(frames)] = frames
        row[context + len(frames) :] = frames[-1]
    said = Transcripts.of([labels(example, chance, refused) for example in examples])
    loudness = np.full((len(shapes), -(-lengths.max() // SUBSAMPLING)), 0.5, np.float32)
    for row, frames, example in zip(loudness, shapes, examples, strict=True):
        energy = frames[::SUBSAMPLING, 0]  # the first coefficient is the mean of the bands' logarithms
        low, high = np.percentile(energy, (10, 95))
        if example.words:
            row[: len(energy)] = np.clip((energy - low) / (high - low + 1e-3), 0, 1)
    return Batch(padded, -(-lengths // SUBSAMPLING), said, loudness)
