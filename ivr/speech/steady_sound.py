"""Whether what was heard is a machine's tone, a buzz or a whistle: no speech, however sure a recogniser is of it.

Theory of operation. What a machine hums now it hums the same way a fifth of a second later, to the shape of each wave.
No voice does: its pitch drifts by a percent or two even where it is meant to stay, which over 20 of its periods puts
the waves out of step. So a few pieces of the sound are looked for again that much later; how well they are found, by
the normalised correlation, is about one for a tone, whatever its pitch. Measured, in the median of the pieces: 0.90 to
1.00 for saws, squares and sines of 80 to 1,000 Hz, swelling or not, down to 20 dB above noise; at most 0.83 for 4,260
recordings of two people, single syllables among them; 0.43 for Kokoro; over the limit for 7 of 1,985 of espeak-ng's.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.audio.pcm import Samples

Frames = npt.NDArray[np.float64]

STEADY: Final = 0.88
_PIECE_MS: Final = 60
_LATER_MS: Final = 200
_LONGEST_PERIOD_MS: Final = 20  # 50 Hz
_PIECES: Final = 8
_BELOW_LOUDEST: Final = 0.1  # of the power
_FEWEST_PIECES: Final = 3


def sameness(samples: Samples, rate: int) -> float | None:
    """How well the sound is found again, 0 to 1; None for a sound too short to tell."""
    piece, later, span = (ms * rate // 1_000 for ms in (_PIECE_MS, _LATER_MS, _LONGEST_PERIOD_MS))
    sound = samples.astype(np.float64)
    starts = np.arange(0, len(sound) - later - span - piece, piece // 2)
    powers = np.array([np.square(sound[at : at + piece]).mean() for at in starts])
    loud = starts[powers > _BELOW_LOUDEST * powers.max(initial=0)]
    if len(loud) < _FEWEST_PIECES:
        return None
    few = loud[np.linspace(0, len(loud) - 1, min(_PIECES, len(loud))).astype(int)]
    return float(np.median([_found(sound[at : at + piece], sound[at + later :][: span + piece]) for at in few]))


def is_steady(samples: Samples, rate: int) -> bool:
    same = sameness(samples, rate)
    return same is not None and same > STEADY


def _found(wanted: Frames, among: Frames) -> float:
    energies = np.concatenate(([0.0], np.cumsum(np.square(among))))
    there = energies[len(wanted) :] - energies[: -len(wanted)]
    products = np.correlate(among, wanted)
    return float((products / np.sqrt(there * (wanted @ wanted) + 1)).max())
