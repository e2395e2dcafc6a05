"""Sounds that are not the caller's words: noise, hum, babble, music, keys, clicks, breath; alone or behind speech.

Theory of operation. ``added`` puts one sound behind speech at a signal-to-noise ratio of 3 to 35 dB, low ones rarer.
``alone`` is a recording in which nobody says anything: the network must learn that it holds no word. Babble is made
of the training voices themselves, several at once, so no voice can be followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft

Signal = npt.NDArray[np.float64]

RATE: Final = 16000
_KEY_HERTZ: Final = ((697, 770, 852, 941), (1209, 1336, 1477, 1633))  # ITU-T Q.23
_RING_HERTZ: Final = (425.0, 450.0)  # ringing and dialling tones of most networks


class Background:
    """Sounds behind speech; ``voices`` are int16 utterances at 16 kHz from which babble is made (may be empty)."""

    def __init__(self, voices: Sequence[npt.NDArray[np.int16]] = ()) -> None:
        self._voices = [voice for voice in voices if len(voice) > RATE // 2]

    def added(self, signal: Signal, chance: np.random.Generator) -> Signal:
        """``signal`` with one sound behind it."""
        kind = chance.random()
        length = len(signal)
        if kind < 0.2 and self._voices:
            sound, ratio = self.babble(length, chance), chance.uniform(8, 35)
        elif kind < 0.3:
            sound, ratio = music(length, chance), chance.uniform(6, 35)
        elif kind < 0.36:
            sound, ratio = clicks(length, chance), chance.uniform(5, 30)
        else:
            sound, ratio = noise(length, chance), chance.triangular(3, 18, 38)
        loudness = np.sqrt(np.mean(signal**2)) + 1e-9
        return np.asarray(signal + sound / (np.std(sound) + 1e-9) * loudness * 10 ** (-ratio / 20))

    def babble(self, length: int, chance: np.random.Generator) -> Signal:
        """Three to seven voices at once."""
        sound = np.zeros(length)
        for _ in range(chance.integers(3, 8)):
            voice = self._voices[chance.integers(len(self._voices))].astype(np.float64)
            voice = np.roll(np.resize(voice, max(length, len(voice))), chance.integers(len(voice)))[:length]
            sound += voice / (np.std(voice) + 1e-9) * chance.uniform(0.4, 1)
        return sound

    def alone(self, length: int, chance: np.random.Generator) -> Signal:
        """``length`` samples in which nobody says a word, full scale 1."""
        kind = chance.random()
        if kind < 0.15:
            return noise(length, chance) * 1e-4
        if kind < 0.45:
            sound = noise(length, chance)
        elif kind < 0.55 and self._voices:
            sound = self.babble(length, chance)
        elif kind < 0.65:
            sound = music(length, chance)
        elif kind < 0.75:
            sound = clicks(length, chance)
        elif kind < 0.85:
            sound = breath(length, chance)
        else:
            sound = tones(length, chance)
        sound = sound / (np.abs(sound).max() + 1e-9)
        return np.asarray(sound + noise(length, chance) * 10 ** (-chance.uniform(30, 70) / 20))


def noise(length: int, chance: np.random.Generator) -> Signal:
    """White or coloured noise of deviation 1: steady, swelling, or with the hum of the mains."""
    size = next_fast_len(length, real=True)
    sound = chance.standard_normal(size)
    kind = chance.integers(5)
    if kind == 0:
        return sound[:length]
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 20)
    sound = irfft(rfft(sound) * hertz ** -chance.uniform(0.2, 1.1), size)[:length]
    sound /= np.std(sound) + 1e-12
    at = np.arange(length)
    if kind == 1:
        for harmonic in range(1, 8):
            hum = np.sin(2 * np.pi * 50 * harmonic * at / RATE + chance.uniform(0, 6))
            sound += chance.uniform(0, 1) * hum
    elif kind == 2:
        turns = max(4, length // 4000)
        sound *= np.interp(at, np.linspace(0, length, turns), chance.uniform(0.05, 1, turns))
    return np.asarray(sound / (np.std(sound) + 1e-12))


def music(length: int, chance: np.random.Generator) -> Signal:
    """Chords of plucked or held tones with overtones, one after the other, over a beat."""
    sound = np.zeros(length)
    beat = int(RATE * chance.uniform(0.15, 0.6))
    for start in range(0, length, beat):
        span = min(length - start, 3 * beat)
        at = np.arange(span) / RATE
        envelope = np.exp(-at * chance.uniform(0.5, 8)) * np.minimum(1, at / 0.01)
        for _ in range(chance.integers(1, 4)):
            pitch = 110 * 2 ** (chance.integers(0, 37) / 12)
            for overtone in range(1, 6):
                sound[start : start + span] += envelope * np.sin(2 * np.pi * pitch * overtone * at) / overtone**1.3
        if chance.random() < 0.5:
            drum = min(span, int(RATE * 0.08))
            sound[start : start + drum] += chance.standard_normal(drum) * np.exp(-np.arange(drum) / RATE * 50)
    return sound


def tones(length: int, chance: np.random.Generator) -> Signal:
    """Telephone keys, one after the other, or a ringing tone."""
    at = np.arange(length) / RATE
    if chance.random() < 0.4:
        cadence = (at + chance.uniform(0, 3)) % chance.choice((0.7, 2.0, 5.0)) < chance.choice((0.35, 1.0))
        return np.asarray(np.sin(2 * np.pi * chance.choice(_RING_HERTZ) * at) * cadence)
    sound = np.zeros(length)
    start = int(chance.uniform(0, 0.3) * RATE)
    while start < length:
        span = min(length - start, int(chance.uniform(0.05, 0.3) * RATE))
        for row in _KEY_HERTZ:
            sound[start : start + span] += np.sin(2 * np.pi * chance.choice(row) * at[:span])
        start += span + int(chance.uniform(0.05, 0.6) * RATE)
    return sound


def clicks(length: int, chance: np.random.Generator) -> Signal:
    """Taps, knocks and bumps: short bursts that ring at some frequency."""
    sound = 1e-4 * chance.standard_normal(length)
    for _ in range(chance.integers(1, 8)):
        span = int(chance.uniform(0.003, 0.12) * RATE)
        start = chance.integers(0, max(1, length - span))
        span = min(span, length - start)
        at = np.arange(span) / RATE
        burst = chance.standard_normal(span) * 0.5 + np.sin(2 * np.pi * chance.uniform(60, 3000) * at)
        sound[start : start + span] += burst * np.exp(-at / span * RATE * 5) * chance.uniform(0.2, 1)
    return sound


def breath(length: int, chance: np.random.Generator) -> Signal:
    """Breathing or blowing into the microphone: noise of one or two broad resonances that swells and dies."""
    size = next_fast_len(length, real=True)
    sound = np.zeros(length)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    for _ in range(chance.integers(1, 3)):
        centre, width = chance.uniform(150, 2500), chance.uniform(200, 1500)
        shape = np.exp(-(((hertz - centre) / width) ** 2))
        sound += irfft(rfft(chance.standard_normal(size)) * shape, size)[:length]
    middle, span = chance.uniform(0.2, 0.8) * length, chance.uniform(0.1, 0.4) * length
    return np.asarray(sound * np.exp(-(((np.arange(length) - middle) / span) ** 2)))
