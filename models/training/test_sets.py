"""Recordings to test with, in the form that ``ivr models evaluate --data`` reads: WAV files and ``utterances.tsv``.

Theory of operation. A *plan* is what one voice says: each digit alone, strings of 4, 6 and 18, phrases of the hotline
and answers, words that nobody offers, and identity numbers, which are strings of 18 with a check digit. The voices are
those that no training shard holds: four of Kokoro, ten of espeak-ng, and recorded people as they are (for a person whom
the model was trained on, train another ``--without``).
Nothing is added to the sound but a little silence: rooms, noise and telephones are the evaluation's business.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from models.training.background import Background
from models.training.shards import Spoken
from models.training.utterances import (
    DIGITS,
    NOTHING,
    Utterance,
    any_digits,
    identity_number,
    offered_phrases,
    pronounced,
    utterance_of,
)

RATE: Final = 16000
_KINDS: Final = {"digits": "digits", "phrase": "command", "words": "oov", "nothing": "nonspeech"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How many utterances of each sort a voice says; ``single`` times each of the ten digits and 幺 alone."""

    single: int = 1
    four: int = 8
    six: int = 8
    eighteen: int = 5
    identities: int = 5
    phrases: int = 20
    others: int = 12


def planned(plan: Plan, words: tuple[str, ...], chance: random.Random) -> Iterator[Utterance]:
    """What a voice says; ``words`` are those that nobody offers (any that sound like an offered one are left out)."""
    for _ in range(plan.single):
        yield from (utterance_of("digits", [word]) for word in (*DIGITS, "幺"))
    for length, count in ((4, plan.four), (6, plan.six), (18, plan.eighteen)):
        yield from (any_digits(chance, length) for _ in range(count))
    offered = offered_phrases()
    yield from (utterance_of("phrase", [phrase]) for phrase in chance.sample(offered, min(plan.phrases, len(offered))))
    sounds = {_toneless(phrase) for phrase in (*offered, *DIGITS, "幺", "两", "叉", "洞", "拐", "勾")}
    strange = [word for word in words if _toneless(word) not in sounds]
    yield from (utterance_of("words", [word]) for word in chance.sample(strange, min(plan.others, len(strange))))


def said_by(
    say: Callable[[Utterance, random.Random], Spoken], utterances: Iterable[Utterance], chance: random.Random
) -> Iterator[Spoken]:
    """Each utterance said; what the voice cannot say (``ValueError``) is left out."""
    for utterance in utterances:
        try:
            yield say(utterance, chance)
        except ValueError:
            continue


def identities_said_by(say: Callable[[Utterance, random.Random], Spoken], plan: Plan, name: str) -> Iterator[Spoken]:
    """The identity numbers that the voice of this ``name`` says, drawn apart from all else."""
    chance = random.Random(f"{name}, identity numbers")
    yield from said_by(say, (identity_number(chance) for _ in range(plan.identities)), chance)


def silences(count: int, babblers: Iterable[Spoken], seed: int) -> Iterator[Spoken]:
    """``count`` recordings of 1 to 4 s in which nobody says a word; the babble is of ``babblers``."""
    chance = np.random.default_rng(seed)
    background = Background([spoken.data for spoken in babblers])
    for _ in range(count):
        sound = background.alone(int(chance.uniform(1, 4) * RATE), chance) * 10 ** (-chance.uniform(3, 30) / 20)
        yield Spoken(NOTHING, "nobody", np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16))


def write_test_set(folder: Path, spoken: Iterable[Spoken]) -> int:
    """Writes the WAV files (16 kHz, 16 bit) and, last of all, the table; returns how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["file\tvoice\tkind\ttext"]
    for number, item in enumerate(spoken):
        name = f"{item.voice}-{number:04d}.wav"
        padded = np.pad(item.data, (RATE * 3 // 10, RATE * 4 // 10))
        soundfile.write(folder / name, padded, RATE, subtype="PCM_16")
        rows.append(f"{name}\t{item.voice}\t{_KINDS[item.utterance.kind]}\t{''.join(item.utterance.words)}")
    (folder / "utterances.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return len(rows) - 1


def _toneless(word: str) -> tuple[str, ...]:
    return tuple(syllable[:-1] for syllable in pronounced(word))
