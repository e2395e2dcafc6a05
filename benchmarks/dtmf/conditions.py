"""Dialling under every condition of the table: what is sent, and how much of it is heard.

SNR is the power of both tones against that of white noise over the whole band, ITU-T's limits are those of Q.23 and
Q.24. Between 23 and 40 ms, and between 1.5 % + 2 Hz and 3.5 %, the standard leaves it to the receiver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from ivr.audio.dtmf_generator import HIGH_HZ, KEYS, LOW_HZ, key_tone
from ivr.audio.pcm import Samples, saturated

ROUNDS: Final = 30
Limit = Literal["hear", "refuse", "free"]


@dataclass(frozen=True, slots=True)
class Condition:
    """Tones are 50 ms at -15 dBFS each with 50 ms between them, in silence, where nothing else is said."""

    name: str
    limit: Limit = "hear"
    tone_ms: float = 50
    pause_ms: float = 50
    level_dbfs: float = -15.0
    twist_db: float = 0.0
    error: float = 0.0  # of both frequencies, in parts of one
    error_hz: float = 0.0  # on top, away from nominal
    high_error_sign: int = 1
    snr_db: float | None = None
    speech_db: float | None = None  # speech below one tone, by root mean square


CONDITIONS: Final = (
    *(Condition(f"SNR {snr} dB", snr_db=snr) for snr in (30, 20, 15, 12, 10, 8, 6, 4, 3, 2, 1, 0)),
    *(Condition(f"SNR {snr} dB, 40 ms", tone_ms=40, pause_ms=40, snr_db=snr) for snr in (20, 10, 6, 3)),
    *(Condition(f"{ms} ms", "refuse", tone_ms=ms) for ms in (15, 20, 22)),
    *(Condition(f"{ms} ms", "free", tone_ms=ms) for ms in (25, 28, 30, 35)),
    *(Condition(f"{ms} ms", tone_ms=ms, pause_ms=40) for ms in (40, 45, 50, 70)),
    *(Condition(f"20 ms, SNR {snr} dB", "refuse", tone_ms=20, snr_db=snr) for snr in (20, 10)),
    *(Condition(f"{100 * off:+.1f} %", error=off) for off in (-0.015, -0.01, 0.01, 0.015)),
    Condition("+1.5 % + 2 Hz, 40 ms", tone_ms=40, error=0.015, error_hz=2),
    Condition("-1.5 % - 2 Hz, 40 ms", tone_ms=40, error=-0.015, error_hz=-2),
    Condition("low +1.5 %, high -1.5 %", error=0.015, high_error_sign=-1),
    Condition("+1.5 %, SNR 12 dB", error=0.015, snr_db=12),
    Condition("-1.5 %, SNR 12 dB", error=-0.015, snr_db=12),
    *(Condition(f"{100 * off:+.1f} %", "free", error=off) for off in (-0.025, 0.025)),
    *(Condition(f"{100 * off:+.1f} %", "refuse", error=off) for off in (-0.035, 0.035)),
    *(Condition(f"{100 * off:+.1f} %, 400 ms", "refuse", tone_ms=400, error=off) for off in (-0.035, 0.035)),
    *(Condition(f"twist {twist:+d} dB", twist_db=twist) for twist in (-8, -6, -4, -2, 2, 4, 6)),
    *(Condition(f"twist {twist:+d} dB, SNR 15 dB", twist_db=twist, snr_db=15) for twist in (-8, 4)),
    *(Condition(f"{level} dBFS", level_dbfs=level) for level in (-7, -20, -25, -30, -35, -40)),
    *(Condition(f"speech {below:+d} dB", speech_db=-below) for below in (-20, -15, -10, -6, -3, 0)),
)


def dialling(condition: Condition, speech: Samples, seed: int = 1, rounds: int = ROUNDS) -> tuple[Samples, str]:
    """What the condition sounds like at 8 kHz, and which keys are in it: all sixteen so many times, in any order."""
    draw = np.random.default_rng(seed)
    parts, keys = [np.zeros(4000, np.int16)], ""
    for _ in range(rounds):
        for key in draw.permutation(list(KEYS)):
            parts.append(_tone(condition, str(key), draw))
            parts.append(np.zeros(round(8 * condition.pause_ms) + int(draw.integers(0, 102)), np.int16))
            keys += str(key)
    parts.append(np.zeros(4000, np.int16))
    samples = np.concatenate(parts).astype(np.float64)
    tone = 32767 * 10 ** (condition.level_dbfs / 20)
    if condition.snr_db is not None:
        samples += draw.normal(0, tone * 10 ** (-condition.snr_db / 20), len(samples))
    if condition.speech_db is not None:
        voice = np.resize(speech.astype(np.float64), len(samples))
        loudness = np.sqrt(np.mean(np.square(voice[np.abs(voice) > 50])))
        samples += voice * (tone / np.sqrt(2) * 10 ** (-condition.speech_db / 20) / loudness)
    return saturated(samples), keys


def _tone(condition: Condition, key: str, draw: np.random.Generator) -> Samples:
    row, column = divmod(KEYS.index(key), 4)
    return key_tone(
        key,
        condition.tone_ms,
        level_dbfs=condition.level_dbfs,
        twist_db=condition.twist_db,
        low_error=condition.error + condition.error_hz / LOW_HZ[row],
        high_error=condition.high_error_sign * (condition.error + condition.error_hz / HIGH_HZ[column]),
        phases=(draw.uniform(0, 6.28), draw.uniform(0, 6.28)),
    )


def right(sent: str, heard: str) -> int:
    """How many keys of what was sent were heard in order: the longest common subsequence (Hyyrö, bit by bit)."""
    every = (1 << len(sent)) - 1
    where = {key: sum(1 << at for at, other in enumerate(sent) if other == key) for key in set(sent)}
    rows = every
    for key in heard:
        met = rows & where.get(key, 0)
        rows = (rows + met | rows - met) & every
    return len(sent) - rows.bit_count()
