"""Speech of espeak-ng: a robot, but with seventy voices, any pitch and any speed, and no recording needed.

espeak-ng is a formant synthesiser, so its speech is nobody's recording and free to use. Its Mandarin must be given as
toned pinyin to the voice ``cmn-latn-pinyin``: ``cmn`` spells pinyin as English (1.51). Variants (``+Andy``, ``+f3``)
change formants, voice quality and pitch. Those that whisper, croak or buzz teach nothing; ten are kept for testing
for ever.
"""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from models.training.shards import Spoken
from models.training.utterances import Utterance, any_utterance

Samples = npt.NDArray[np.int16]

RATE: Final = 16000
FOR_TESTS_ONLY: Final = ("Andy", "edward", "f3", "m5", "Michael", "Lee", "belinda", "quincy", "klatt4", "Alicia")
_NO_VOICES: Final = {
    *(
        "whisper",
        "whisperf",
        "Demonic",
        "croak",
        "announcer",
        "UniRobot",
        "fast",
        "anikaRobot",
        "kaukovalta",
        "norbert",
    ),
    *("5", "serious", "robosoft", *(f"robosoft{number}" for number in range(2, 9))),
}
_VARIANT: Final = re.compile(r"!v/(\S+)")


@dataclass(frozen=True, slots=True)
class EspeakVoice:
    """A variant with a pitch (0 to 99) and a speed in English words a minute, as espeak-ng counts."""

    variant: str
    pitch: int = 50
    speed: int = 160

    @property
    def name(self) -> str:
        return f"espeak-{self.variant}"

    def say(self, utterance: Utterance, chance: random.Random) -> Samples:
        """16 kHz samples, a third of full scale. Syllables are joined to groups of one to four as ``chance`` has it.

        Raises ``ValueError`` when espeak-ng says nothing, ``RuntimeError`` when it is not installed or fails.
        """
        command = [_program(), "-v", f"cmn-latn-pinyin+{self.variant}", "-s", str(self.speed), "-p", str(self.pitch)]
        if chance.random() < 0.25:
            command += ["-g", str(chance.choice((2, 5, 8)))]  # a pause between words, in 10 ms
        result = subprocess.run(  # noqa: S603  # our own arguments
            [*command, "--stdout", _grouped(utterance, chance)], capture_output=True, check=False
        )
        if result.returncode:
            raise RuntimeError(f"espeak-ng failed: {result.stderr.decode(errors='replace').strip()}")
        # espeak-ng writes to a pipe, so its header holds no true length: what follows the 44 bytes is the sound
        samples, rate = soundfile.read(io.BytesIO(result.stdout[44:]), **_RAW)
        if len(samples) < rate // 10:
            raise ValueError(f"espeak-ng says nothing for {utterance.flat_syllables}")
        samples = soxr.resample(samples, rate, RATE)
        return np.rint(samples / np.abs(samples).max() * 10900).astype(np.int16)


_RAW: Final = {"samplerate": 22050, "channels": 1, "format": "RAW", "subtype": "PCM_16", "dtype": "float32"}


@cache
def variants(*, tests: bool = False) -> tuple[str, ...]:
    """The variants to train with or, for ``tests``, those kept for testing."""
    listing = subprocess.run(  # noqa: S603  # our own arguments
        [_program(), "--voices=variant"], capture_output=True, check=True, text=True
    )
    names = [match[1] for match in map(_VARIANT.search, listing.stdout.splitlines()) if match]
    if tests:
        return tuple(name for name in FOR_TESTS_ONLY if name in names)
    return tuple(sorted(name for name in names if name not in _NO_VOICES and name not in FOR_TESTS_ONLY))


def any_voice(chance: random.Random, *, tests: bool = False) -> EspeakVoice:
    """A variant with a pitch and speed that people have; less extreme ``tests``."""
    variant = chance.choice(variants(tests=tests))
    if tests:
        return EspeakVoice(variant, chance.randint(30, 70), chance.randint(135, 190))
    return EspeakVoice(variant, chance.randint(10, 90), chance.randint(100, 230))


class EspeakSpeaker:
    """A source: every utterance by another variant, pitch and speed; ``words`` are its other words."""

    name = "espeak"

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words

    def spoken(self, chance: random.Random) -> Spoken:
        """One utterance of the usual mixture."""
        utterance, voice = any_utterance(chance, self._words), any_voice(chance)
        return Spoken(utterance, voice.name, voice.say(utterance, chance))


def _grouped(utterance: Utterance, chance: random.Random) -> str:
    syllables = [syllable.replace("v", "ü") for syllable in utterance.flat_syllables]
    text, start = "", 0
    pause = ", " if utterance.kind == "digits" else " "
    while start < len(syllables):
        size = chance.choice((1, 2, 3, 4))
        text += "".join(syllables[start : start + size]) + chance.choice((" ", " ", " ", pause))
        start += size
    return text.strip(" ,")


@cache
def _program() -> str:
    found = shutil.which("espeak-ng")
    if not found:
        raise RuntimeError("espeak-ng is not installed: 'apt-get install espeak-ng', or your system's package of it")
    return found
