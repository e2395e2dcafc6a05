"""The sixteen tones of a telephone keypad (ITU-T Q.23), as samples.

A key is two sines, one of the low group (its row) and one of the high group (its column). Levels are given per tone,
0 dBFS being a full-scale sine; twist is the level of the high tone above the low one, so a line that swallows high
frequencies has a negative twist. Frequency errors are given in parts of one, so that 0.015 is the 1.5 % of Q.23.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

LOW_HZ = (697.0, 770.0, 852.0, 941.0)
HIGH_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
KEYS = "123A456B789C*0#D"  # row by row: the key of row r and column c is KEYS[4 * r + c]

_RAMP_MS = 1.0


def key_tone(
    key: str,
    tone_ms: float = 100,
    *,
    rate: int = 8000,
    level_dbfs: float = -9.0,
    twist_db: float = 0.0,
    low_error: float = 0.0,
    high_error: float = 0.0,
    phases: tuple[float, float] = (0.0, 0.0),
) -> npt.NDArray[np.int16]:
    """One key as int16 mono samples at ``rate`` Hz. ``ValueError`` for a key that no telephone has.

    ``level_dbfs`` is the level of the louder tone. The ends are ramped over 1 ms, inside ``tone_ms``: no click.
    """
    if len(key) != 1 or key not in KEYS:
        raise ValueError(f"no telephone has the key {key!r}: give one of {KEYS}")
    row, column = divmod(KEYS.index(key), 4)
    count = round(tone_ms * rate / 1000)
    at = np.arange(count) / rate
    loudest = 32767 * 10 ** (level_dbfs / 20)
    low = loudest * 10 ** (min(0.0, -twist_db) / 20)
    high = loudest * 10 ** (min(0.0, twist_db) / 20)
    samples = low * np.sin(2 * math.pi * LOW_HZ[row] * (1 + low_error) * at + phases[0])
    samples += high * np.sin(2 * math.pi * HIGH_HZ[column] * (1 + high_error) * at + phases[1])
    ramp = min(round(_RAMP_MS * rate / 1000), count // 2)
    if ramp:
        slope = np.arange(1, ramp + 1) / (ramp + 1)
        samples[:ramp] *= slope
        samples[-ramp:] *= slope[::-1]
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


def dialled(
    keys: Iterable[str], tone_ms: float = 100, pause_ms: float = 100, *, rate: int = 8000, level_dbfs: float = -9.0
) -> npt.NDArray[np.int16]:
    """Several keys as a telephone sends them: each key is followed by ``pause_ms`` of silence."""
    pause = np.zeros(round(pause_ms * rate / 1000), np.int16)
    parts: list[npt.NDArray[np.int16]] = []
    for key in keys:
        parts += [key_tone(key, tone_ms, rate=rate, level_dbfs=level_dbfs), pause]
    return np.concatenate(parts) if parts else pause[:0]
