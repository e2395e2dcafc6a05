"""One clean utterance, as many telephones and rooms as we like: everything between a mouth and the recogniser.

Theory of operation. In the order in which it happens to real speech: the speaker (faster or slower, with higher or
lower voice and formants), silence around the words, the room, other sounds (``background.py``), the microphone
(a random smooth frequency response), its level and clipping, and, half of the time, the telephone network: 300 to
3400 Hz, 8 kHz, G.711, sometimes lost packets. Every step is drawn at random within limits that telephony has; all
draws come from one seeded generator, so the same seed gives the same samples.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import soxr
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import fftconvolve

from ivr.audio.g711 import decoded, encoded
from models.training.background import Background

Signal = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int16]

RATE: Final = 16000
_FULL: Final = 32767


def conditioned(
    samples: Samples, chance: np.random.Generator, background: Background, *, clean: bool = False
) -> tuple[Samples, float]:
    """The utterance under conditions drawn from ``chance``, and the factor by which its formants moved (1: not).

    ``samples`` are int16 at 16 kHz, and so is the result. ``clean`` leaves out all but the silence and the level.
    """
    signal = samples / 32768.0
    moved = 1.0
    if not clean and chance.random() < 0.7:
        moved = chance.uniform(0.8, 1.18) if chance.random() < 0.5 else chance.uniform(0.92, 1.08)
        signal = resampled(signal, moved)
    signal = surrounded(signal, chance)
    signal /= np.abs(signal).max() + 1e-9
    if not clean:
        if chance.random() < 0.35:
            signal = in_a_room(signal, chance)
        if chance.random() < 0.75:
            signal = background.added(signal, chance)
        if chance.random() < 0.5:
            signal = through_a_microphone(signal, chance)
    signal = at_a_level(signal, chance, clips=not clean and chance.random() < 0.05)
    if not clean and chance.random() < 0.5:
        signal = over_the_telephone(signal, chance)
    return _to_samples(signal), moved


def resampled(signal: Signal, factor: float) -> Signal:
    """Played ``factor`` times as fast: shorter, with voice and formants higher by as much."""
    return np.asarray(soxr.resample(signal, RATE * factor, RATE, quality="MQ"))


def surrounded(signal: Signal, chance: np.random.Generator) -> Signal:
    """With 0.1 to 0.7 s of silence before and after."""
    before, after = (chance.uniform(0.1, 0.7, 2) * RATE).astype(int)
    return np.pad(signal, (before, after))


def in_a_room(signal: Signal, chance: np.random.Generator) -> Signal:
    """With the reverberation of a room that falls by 60 dB in 0.1 to 0.6 s."""
    length = int(RATE * chance.uniform(0.1, 0.6))
    response = chance.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length) * chance.uniform(0.02, 0.13)
    response[: chance.integers(0, 80)] = 0  # until the first reflection
    response[0] = 1
    return np.asarray(fftconvolve(signal, response)[: len(signal)])


def through_a_microphone(signal: Signal, chance: np.random.Generator) -> Signal:
    """A smooth frequency response, 6 dB up and down, and the ends of the band cut softly."""
    hertz = _frequencies(len(signal))
    points = np.array([0, 200, 500, 1000, 2000, 3500, 5500, 8000])
    decibels = np.interp(hertz, points, chance.uniform(-6, 6, len(points)))
    low, high = chance.uniform(30, 200), chance.uniform(4500, 8000)
    return _filtered(signal, 10 ** (decibels / 20) * _band(hertz, low, high, chance.choice((2, 4)), 10))


def at_a_level(signal: Signal, chance: np.random.Generator, *, clips: bool) -> Signal:
    """With its peak between full scale and 28 dB below; if it ``clips``, the peaks are cut off first."""
    signal = signal / (np.abs(signal).max() + 1e-9)
    if clips:
        signal = np.clip(signal * chance.uniform(1.5, 4), -1, 1)
    return np.asarray(signal * 10 ** (-chance.uniform(0, 28) / 20))


def over_the_telephone(signal: Signal, chance: np.random.Generator) -> Signal:
    """Band-limited, at 8 kHz through mu-law or A-law (or linear), and back at 16 kHz."""
    if chance.random() < 0.85:
        hertz = _frequencies(len(signal))
        low, high = chance.uniform(150, 350), chance.uniform(3200, 3900)
        tilt = 10 ** (chance.uniform(-4, 4) * (np.minimum(hertz, 4000) - 1500) / 2000 / 20)
        signal = _filtered(
            signal, tilt * _band(hertz, low, high, chance.choice((4, 6, 8)), chance.choice((10, 16, 24)))
        )
    narrow = _to_samples(soxr.resample(signal, RATE, 8000, quality=str(chance.choice(("HQ", "MQ")))))
    coding = chance.random()
    if coding < 0.5:
        narrow = decoded(encoded(narrow, "mu"), "mu")
    elif coding < 0.85:
        narrow = decoded(encoded(narrow, "a"), "a")
    if chance.random() < 0.1:
        narrow = with_lost_packets(narrow, chance)
    wide = soxr.resample(narrow / 32768.0, 8000, RATE, quality=str(chance.choice(("HQ", "MQ", "LQ"))))
    return np.asarray(wide)


def with_lost_packets(narrow: Samples, chance: np.random.Generator) -> Samples:
    """Some packets of 20 ms at 8 kHz are silent, or repeat the one before, as jitter buffers do."""
    narrow = narrow.copy()
    packets = len(narrow) // 160
    for packet in range(1, packets):
        if chance.random() < 0.02:
            here = slice(packet * 160, packet * 160 + 160)
            narrow[here] = narrow[packet * 160 - 160 : packet * 160] if chance.random() < 0.5 else 0
    return narrow


def _frequencies(length: int) -> npt.NDArray[np.float64]:
    """In Hz, of the spectrum of ``length`` samples, padded to a size whose transform is fast."""
    return np.fft.rfftfreq(next_fast_len(length, real=True), 1 / RATE)


def _band(
    hertz: npt.NDArray[np.float64], low: float, high: float, steepness_low: int, steepness_high: int
) -> npt.NDArray[np.float64]:
    below = 1 / np.sqrt(1 + (low / np.maximum(hertz, 1e-3)) ** steepness_low)
    return np.asarray(below / np.sqrt(1 + (hertz / high) ** steepness_high))


def _filtered(signal: Signal, response: npt.NDArray[np.float64]) -> Signal:
    size = next_fast_len(len(signal), real=True)
    return np.asarray(irfft(rfft(signal, size) * response, size)[: len(signal)])


def _to_samples(signal: Signal) -> Samples:
    return np.rint(np.clip(signal, -1, 1) * _FULL).astype(np.int16)
