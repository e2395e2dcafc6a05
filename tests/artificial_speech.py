"""Sounds to listen to, without a recording or an engine: something that is like speech, and much that is not."""

from __future__ import annotations

import numpy as np

from ivr.audio.pcm import Samples, saturated

Sound = np.ndarray[tuple[int], np.dtype[np.float64]]


def seconds(length: float, rate: int) -> Sound:
    """The moments of so many seconds."""
    return np.arange(round(length * rate)) / rate


def silence(length: float, rate: int) -> Sound:
    return np.zeros(round(length * rate))


def at_level(sound: Sound, dbfs: float) -> Sound:
    """The sound with this root mean square, where a full-scale sine has 0."""
    return sound * (10 ** (dbfs / 20) * 32767 / np.sqrt(2 * np.mean(sound**2)))


def voice(syllables: int, rate: int, *, dbfs: float = -24, pitch_hz: float = 140) -> Sound:
    """So many syllables of 200 ms, swelling and fading: harmonics of a gliding pitch, strongest at two formants."""
    moments = seconds(0.2 * syllables, rate)
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + 0.1 * np.sin(2 * np.pi * 1.3 * moments))) / rate
    sound = np.zeros(len(moments))
    for harmonic in range(1, int(3_400 / pitch_hz)):
        hertz = harmonic * pitch_hz
        strength = np.exp(-(((hertz - 600) / 300) ** 2)) + 0.4 * np.exp(-(((hertz - 1_700) / 500) ** 2)) + 0.03
        sound += strength * np.sin(harmonic * phase)
    swelling = np.sin(np.pi * (moments % 0.2) / 0.2) ** 0.5
    return at_level(sound * swelling, dbfs)


def whisper(syllables: int, rate: int, *, dbfs: float) -> Sound:
    moments = seconds(0.2 * syllables, rate)
    return at_level(noise(len(moments) / rate, rate, dbfs=-20) * np.sin(np.pi * (moments % 0.2) / 0.2) ** 0.5, dbfs)


def noise(length: float, rate: int, *, dbfs: float, seed: int = 0) -> Sound:
    return at_level(np.random.default_rng(seed).standard_normal(round(length * rate)), dbfs)


def hum(length: float, rate: int) -> Sound:
    moments = seconds(length, rate)
    strengths = {50: 3_000, 100: 1_500, 150: 1_500, 200: 800, 250: 400, 350: 100}
    return sum((level * np.sin(2 * np.pi * hertz * moments) for hertz, level in strengths.items()), moments * 0)


def music(length: float, rate: int) -> Sound:
    """Plucked notes, one every 400 ms, each heard for 800."""
    sound = silence(length + 1, rate)
    chance = np.random.default_rng(1)
    moments = seconds(0.8, rate)
    for at in np.arange(0, length, 0.4):
        hertz = 220 * 2 ** (chance.integers(0, 24) / 12)
        note = sum(np.sin(2 * np.pi * hertz * part * moments) / part for part in range(1, 6)) * np.exp(-moments / 0.5)
        start = round(at * rate)
        sound[start : start + len(note)] += 5_000 * note
    return sound[: round(length * rate)]


def samples(*parts: Sound) -> Samples:
    """The parts in a row."""
    return saturated(np.concatenate(parts))
