"""Making the corpus: audio shards of every source of speech, then feature shards of every audio shard.

Theory of operation. A *source* says utterances; each shard of a source is drawn from a generator seeded by the
source's name and the shard's number. So shards can be made in any order, by several processes, and a run that was
stopped goes on with the shards that are missing: the result is the same. Feature shards are copies of an audio shard
under different conditions (``augmentation.py``), seeded in the same way.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from models.training.augmentation import conditioned
from models.training.background import Background
from models.training.features import cepstra
from models.training.shards import Spoken, read_shard, write_shard
from models.training.utterances import NOTHING

PER_SHARD: Final = 200  # utterances
_BABBLERS: Final = 200
_PATIENCE: Final = 500  # utterances that a source may refuse in a row
_LONGEST: Final = 16 * 16000  # samples; what is longer takes too much memory in training
_FORMANTS: Final = (0.84, 1.19)  # how far a voice's formants are moved altogether: a man's, a child's

Report = Callable[[str, int, int], None]
"""Called with what is made, how many shards of it are there, and how many are wanted."""


class Source(Protocol):
    """A voice, or many, that can say what it likes."""

    name: str

    def spoken(self, chance: random.Random) -> Spoken:
        """One utterance, int16 at 16 kHz. ``ValueError``: this one cannot be said; ask for another."""


def make_audio(source: Source, folder: Path, shards: int, report: Report, *, per_shard: int = PER_SHARD) -> list[Path]:
    """Makes those of a source's audio shards that are missing from ``folder``; returns the paths of all."""
    paths = [folder / f"{source.name}-{number:03d}.npz" for number in range(shards)]
    for number, path in enumerate(paths):
        if not path.exists():
            chance = random.Random(seed_of(path.stem))
            write_shard(path, "audio", [_one(source, chance) for _ in range(per_shard)])
        report(source.name, number + 1, shards)
    return paths


def make_features(audio: Iterable[Path], folder: Path, copies: Mapping[str, int], report: Report) -> list[Path]:
    """Makes the missing feature shards: each audio shard under as many sets of conditions as its source has copies."""
    jobs = [
        (path, folder / f"{path.stem}.{copy}.npz")
        for path in audio
        for copy in range(copies.get(path.name.rsplit("-", 1)[0], 1))
    ]
    for number, (path, made) in enumerate(jobs):
        if not made.exists():
            write_shard(made, "frames", list(_heard(path, seed_of(made.stem))))
        report("features", number + 1, len(jobs))
    return [made for _, made in jobs]


def make_nothing(folder: Path, shards: int, voices: Path, report: Report, *, per_shard: int = PER_SHARD) -> list[Path]:
    """Feature shards in which nobody says a word; the babble in them is of the audio shard ``voices``."""
    background = Background([item.data for item in read_shard(voices, "audio")])
    paths = [folder / f"nothing-{number:03d}.npz" for number in range(shards)]
    for number, path in enumerate(paths):
        if not path.exists():
            chance = np.random.default_rng(seed_of(path.stem))
            write_shard(path, "frames", [_silence(background, chance) for _ in range(per_shard)])
        report("nothing", number + 1, shards)
    return paths


def seed_of(name: str) -> int:
    """The same number for the same name, on every machine."""
    return zlib.crc32(name.encode())


def _one(source: Source, chance: random.Random) -> Spoken:
    for _ in range(_PATIENCE):
        try:
            spoken = source.spoken(chance)
        except ValueError:  # this voice has no such sound: another utterance
            continue
        if len(spoken.data) <= _LONGEST:
            return spoken
    raise RuntimeError(f"{source.name} can say none of {_PATIENCE} utterances: too few sounds of it are recorded")


def _heard(path: Path, seed: int) -> Iterable[Spoken]:
    chance = np.random.default_rng(seed)
    clean = list(read_shard(path, "audio"))
    background = Background([clean[index].data for index in chance.permutation(len(clean))[:_BABBLERS]])
    for item in clean:
        samples, moved = conditioned(item.data, chance, background)
        warp = float(np.clip(chance.uniform(*_FORMANTS) / moved, 0.78, 1.3))
        yield Spoken(item.utterance, item.voice, _frames(samples, warp, chance))


def _silence(background: Background, chance: np.random.Generator) -> Spoken:
    length = int(chance.uniform(0.6, 4) * 16000)
    sound = np.rint(background.alone(length, chance) * 16000).astype(np.int16)
    samples, _ = conditioned(sound, chance, Background())
    return Spoken(NOTHING, "nobody", _frames(samples, 1.0, chance))


def _frames(samples: npt.NDArray[np.int16], warp: float, chance: np.random.Generator) -> npt.NDArray[np.float16]:
    dither = 1.0 if chance.random() < 0.4 else 0.0
    return cepstra(samples.astype(np.float32), warp, dither, int(chance.integers(2**31))).astype(np.float16)
