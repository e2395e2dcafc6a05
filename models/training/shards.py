"""Utterances on disk: many in one compressed-free ``.npz`` file (a shard), with what is said in each.

A shard holds three arrays: the data of all utterances end to end (``audio``, int16 at 16 kHz, or ``frames``,
float16 with one row of 40 coefficients for each 10 ms), ``offsets`` (where each begins, and the end of the last) and
``entries`` (JSON: kind, words, pinyin, word_lengths, voice of each). A shard is written under another name and
then renamed, so that one that exists is whole and an interrupted run goes on after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.training.utterances import Utterance


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is said, by whom, and its data: int16 samples at 16 kHz, or float16 frames ``(frames, 40)``."""

    utterance: Utterance
    voice: str
    data: npt.NDArray[Any]


def write_shard(path: Path, name: str, spoken: Sequence[Spoken]) -> None:
    """Writes utterances; ``name`` is ``audio`` or ``frames``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [_entry(item) for item in spoken]
    offsets = np.cumsum([0, *(len(item.data) for item in spoken)], dtype=np.int64)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        arrays = {name: np.concatenate([item.data for item in spoken]), "offsets": offsets}
        np.savez(file, entries=np.array(json.dumps(entries, ensure_ascii=False)), **arrays)
    unfinished.replace(path)


def read_shard(path: Path, name: str) -> Iterator[Spoken]:
    """The utterances of a shard, in order. ``KeyError`` if it holds other data than ``name``."""
    with np.load(path, allow_pickle=False) as shard:
        data, offsets = shard[name], shard["offsets"]
        entries = json.loads(str(shard["entries"]))
    for index, entry in enumerate(entries):
        yield Spoken(_utterance(entry), entry["voice"], data[offsets[index] : offsets[index + 1]])


def hours(path: Path, name: str) -> float:
    """How much speech a shard holds."""
    with np.load(path, allow_pickle=False) as shard:
        return float(shard["offsets"][-1]) / 3600 / {"audio": 16000, "frames": 100}[name]


def _entry(spoken: Spoken) -> dict[str, Any]:
    utterance = spoken.utterance
    return {
        "kind": utterance.kind,
        "words": utterance.words,
        "pinyin": utterance.flat_syllables,
        "word_lengths": [len(word) for word in utterance.syllables],
        "voice": spoken.voice,
    }


def _utterance(entry: dict[str, Any]) -> Utterance:
    syllables = iter(entry["pinyin"])
    by_word = tuple(tuple(next(syllables) for _ in range(length)) for length in entry["word_lengths"])
    return Utterance(entry["kind"], tuple(entry["words"]), by_word)
