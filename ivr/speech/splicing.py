"""Joining pieces of speech into one sentence, so that nobody hears where.

Theory of operation. Each piece is trimmed to its speech and brought to the level of all (``conditioning``). Where two
pieces meet inside a phrase they overlap for some milliseconds while one fades out and the other in, at constant power:
sounds that have nothing to do with each other add up by power, not by amplitude. Where the text has punctuation there
is a pause instead. Nothing starts or ends on a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ivr.audio.pcm import Samples, saturated
from ivr.speech.conditioning import faded, levelled, trimmed

OVERLAP_MS: Final = 15  # shorter than the shortest consonant
_KEPT_MS: Final = 12  # of silence at each joint, most of which the overlap takes away again
_PAUSES_MS: Final = {"，": 200, "、": 120, "；": 300, "：": 200, "。": 400, "？": 400, "！": 400, ",": 200, ".": 400}


def pause_ms(marks: str) -> int:
    """The silence that punctuation asks for; 0 for none."""
    return max((_PAUSES_MS.get(mark, 0) for mark in marks), default=0)


def fitted(piece: Samples, rate: int) -> Samples:
    """A piece as ``spliced`` wants it: speech from its first sample to its last, at the common level."""
    return levelled(trimmed(piece, rate, _KEPT_MS), rate)


def spliced(pieces: Sequence[tuple[Samples, int]], rate: int) -> Samples:
    """Fitted pieces, each with the milliseconds of silence after it; the pause after the last is left out."""
    if not pieces:
        return np.zeros(0, np.int16)
    overlap = rate * OVERLAP_MS // 1000
    length = sum(len(piece) + rate * pause // 1000 for piece, pause in pieces)
    mix = np.zeros(length)
    at = 0
    for number, (piece, pause) in enumerate(pieces):
        values = piece.astype(np.float64)
        joined = min(overlap, len(piece) // 2, at) if number and not pieces[number - 1][1] else 0
        if joined:
            turn = (np.arange(joined) + 0.5) / joined * np.pi / 2
            mix[at - joined : at] *= np.cos(turn)
            values[:joined] *= np.sin(turn)
            at -= joined
        else:
            values = _soft_start(values, rate)
        if pause:
            values = _soft_start(values[::-1], rate)[::-1]
        mix[at : at + len(values)] += values
        at += len(values)
        if number + 1 < len(pieces):
            at += rate * pause // 1000
    return faded(saturated(mix[:at]), rate)


def _soft_start(values: np.ndarray, rate: int) -> np.ndarray:
    length = min(rate * 4 // 1000, len(values) // 2)
    values[:length] *= (np.arange(length) + 0.5) / max(length, 1)
    return values
