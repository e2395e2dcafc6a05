"""Who speaks in the test sets: the voices that no training hears, and recorded people as they are.

A recorded person is a folder of ``--recordings``. Two of them are trained on, so a figure on ``tan`` or ``wang`` is
honest only for a model that was trained ``--without`` them; any further folder of syllables is a person for tests.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from models.training.espeak_voice import EspeakVoice, variants
from models.training.recorded_speaker import RecordedSpeaker
from models.training.recordings import Recording, syllable_recordings, word_recordings
from models.training.shards import Spoken
from models.training.test_sets import Plan, identities_said_by, planned, said_by
from models.training.utterances import Utterance

SYNTHETIC: Final = Plan(1, 4, 4, 2, 4, 10, 6)  # there are many of them
PERSON: Final = Plan(3, 20, 20, 10, 20, 25, 30)
QUICK: Final = Plan(1, 1, 1, 1, 1, 2, 1)


@dataclass(frozen=True, slots=True)
class TestVoices:
    """All voices for tests; ``strangers`` are the words that nobody offers. The same folders give the same sounds."""

    __test__ = False  # for pytest: no test in itself

    strangers: tuple[str, ...]
    quick: bool = False

    def espeak(self) -> Iterator[Spoken]:
        """Each variant that is kept for tests; two of them if it is to be quick."""
        for variant in variants(tests=True)[: 2 if self.quick else None]:

            def say(utterance: Utterance, chance: random.Random, variant: str = variant) -> Spoken:
                voice = EspeakVoice(variant, chance.randint(30, 70), chance.randint(135, 190))
                return Spoken(utterance, voice.name, voice.say(utterance, chance))

            chance = random.Random(variant)
            plan = QUICK if self.quick else SYNTHETIC
            yield from said_by(say, planned(plan, self.strangers, chance), chance)
            yield from identities_said_by(say, plan, variant)

    def kokoro(self, voices: Path) -> Iterator[Spoken]:
        """Each of its four voices that are kept for tests."""
        from models.training.kokoro_voice import TEST_MANDARIN, TEST_TIMBRES, Kokoro

        kokoro = Kokoro(voices, self.strangers)
        for name in (*TEST_MANDARIN, *TEST_TIMBRES):

            def say(utterance: Utterance, chance: random.Random, name: str = name) -> Spoken:
                voice = kokoro.test_voice(chance, name)
                return Spoken(utterance, f"kokoro-{name}", kokoro.say(utterance, voice, chance))

            chance = random.Random(name)
            yield from said_by(say, planned(SYNTHETIC, self.strangers, chance), chance)
            yield from identities_said_by(say, SYNTHETIC, name)

    def people(self, recordings: Path) -> Iterator[tuple[str, Iterator[Spoken]]]:
        """By the name of each recorded person what she or he says."""
        for folder in sorted(path for path in recordings.iterdir() if path.is_dir()):
            name, _, kind = folder.name.partition("-")
            if kind == "words":
                yield name, self._person(name, word_recordings(folder), replace(PERSON, single=2, phrases=60))
            elif kind == "syllables":
                yield name, self._person(name, syllable_recordings(folder), PERSON)

    def _person(self, name: str, recordings: dict[str, Recording], plan: Plan) -> Iterator[Spoken]:
        person, chance = RecordedSpeaker(name, recordings.values(), self.strangers, faithful=1.0), random.Random(name)

        def say(utterance: Utterance, chance: random.Random) -> Spoken:
            return Spoken(utterance, name, person.as_recorded(utterance, chance))

        yield from said_by(say, list(planned(plan, self.strangers, chance)), chance)
        yield from identities_said_by(say, plan, name)
