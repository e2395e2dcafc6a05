"""What happens to a voice between the caller's mouth and the recogniser: noise, and the telephone network.

Theory of operation. Every recording is brought to one level of speech and gets quiet around it, as an utterance has
that an end-pointer cut out. Noise is at the caller's place: it covers the quiet too, at a level so many decibels below
the speech, and goes through the telephone with it. White noise is the hiss of a bad microphone; babble is six other
recordings of the test at once, the hardest noise, since it is speech. The telephone passes 300 to 3400 Hz at 8 kHz as
mu-law (ITU-T G.711). Noise is drawn by the recording's name, so that it is the same in every run.
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from ivr.audio import g711
from ivr.audio.pcm import Samples, saturated
from ivr.audio.resampler import resampled
from ivr.audio.wav import Sound
from ivr.errors import UsageError
from ivr.speech.conditioning import levelled, speech_dbfs

Noise = Literal["", "white", "babble"]

_RATE: Final = 16_000
_TELEPHONE_RATE: Final = 8_000
_TELEPHONE_BAND: Final = (300.0, 3_400.0)
_TAPS: Final = 257  # edges of 200 Hz
_QUIET_BEFORE_MS: Final = 300  # what an end-pointer leaves around an utterance: a start that was soft, and
_QUIET_AFTER_MS: Final = 600  # the silence by which it knew the end
_TALKERS: Final = 6
_NAME: Final = re.compile(r"(16k|8k)(?:-(white|babble)-(-?\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Condition:
    """``str`` of it is its name: 16k, 8k, 16k-white-20, 8k-babble-10."""

    telephone: bool
    noise: Noise = ""
    snr_db: int = 0

    def __str__(self) -> str:
        return ("8k" if self.telephone else "16k") + (f"-{self.noise}-{self.snr_db}" if self.noise else "")

    @property
    def description(self) -> str:
        channel = "telephone, 8 kHz" if self.telephone else "wide band, 16 kHz"
        return f"{channel}, {self.noise} noise at {self.snr_db} dB" if self.noise else channel


USUAL: Final = ("16k", "8k", "16k-white-20", "16k-babble-15", "8k-white-20", "8k-white-15", "8k-babble-15")


def condition(name: str) -> Condition:
    """By its name. Raises UsageError that says how names are made."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise UsageError(f"{name!r} is no condition; write 16k or 8k, and noise as in 16k-white-20 or 8k-babble-10")
    channel, noise, snr = found.groups()
    kinds: dict[str | None, Noise] = {None: "", "white": "white", "babble": "babble"}
    return Condition(channel == "8k", kinds[noise], int(snr or 0))


class Channel:
    """The way to the recogniser; ``crowd`` are the sounds of which babble is made."""

    def __init__(self, crowd: list[Sound], rate: int) -> None:
        """``rate``: what the recogniser expects."""
        self._rate = rate
        self._crowd = [np.asarray(_at_speech_level(sound), np.float64) for sound in crowd]

    def carried(self, sound: Sound, name: str, under: Condition) -> Samples:
        """What arrives, at the recogniser's rate; ``name`` decides about the noise."""
        speech = _at_speech_level(sound)
        signal = np.pad(speech.astype(np.float64), (_RATE * _QUIET_BEFORE_MS // 1000, _RATE * _QUIET_AFTER_MS // 1000))
        if under.noise:
            chance = random.Random(f"{name} {under}")
            noise = self._white(len(signal), chance) if under.noise == "white" else self._babble(len(signal), chance)
            wanted = speech_dbfs(speech, _RATE) - under.snr_db
            signal = signal + noise * 10 ** ((wanted - _rms_dbfs(noise)) / 20)
        if under.telephone:
            passed = resampled(saturated(np.convolve(signal, _telephone_filter(), "same")), _RATE, _TELEPHONE_RATE)
            return resampled(g711.decoded(g711.encoded(passed, "mu"), "mu"), _TELEPHONE_RATE, self._rate)
        return resampled(saturated(signal), _RATE, self._rate)

    def _white(self, length: int, chance: random.Random) -> npt.NDArray[np.float64]:
        return np.random.default_rng(chance.getrandbits(64)).normal(0, 1_000, length)

    def _babble(self, length: int, chance: random.Random) -> npt.NDArray[np.float64]:
        mixture = np.zeros(length)
        for _ in range(_TALKERS):
            at = -chance.randrange(_RATE)
            while at < length:
                voice = chance.choice(self._crowd)
                start, end = max(at, 0), min(at + len(voice), length)
                if end > start:
                    mixture[start:end] += voice[start - at : end - at]
                at += max(len(voice), _RATE // 10)
        return mixture


def _at_speech_level(sound: Sound) -> Samples:
    return levelled(resampled(sound.samples, sound.rate, _RATE), _RATE)


def _rms_dbfs(signal: npt.NDArray[np.float64]) -> float:
    """Of the whole signal, on the scale of ``speech_dbfs``."""
    return 10 * math.log10(max(2 * float(np.mean(np.square(signal))), 1e-9)) - 20 * math.log10(32767)


@cache
def _telephone_filter() -> npt.NDArray[np.float64]:
    """A band-pass as the difference of two windowed low-passes."""
    at = np.arange(_TAPS) - _TAPS // 2
    low, high = (2 * edge / _RATE * np.sinc(2 * edge / _RATE * at) for edge in _TELEPHONE_BAND)
    taps: npt.NDArray[np.float64] = (high - low) * np.hamming(_TAPS)
    return taps
