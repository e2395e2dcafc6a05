"""What a virtual recogniser makes of what a virtual caller says: its confusion matrix, drawn from row by row.

Theory of operation. An utterance is understood as it was meant, rejected, or taken for something else, with the
probabilities of the caller's persona. What it is taken for is the row of a confusion matrix: for a phrase, the other
phrases on offer, the likelier the more characters the two share; for a digit, those that sound alike. A digit is a
shorter word than a phrase and is heard right more often: by the fourth root, a phrase having about four characters.

Confidences overlap, as those of real recognisers do, so that the bands of a document are put to the test: what was
understood may be asked back, and what was confused may be accepted. All figures are assumptions, like the personas.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random

from ivr.session.events import UtteranceHeard
from ivr.testing.personas import Persona

_WORDS = dict(zip("0123456789X", (*"零幺二三四五六七八九", "叉"), strict=True))
_ALIKE = {"0": "6", "1": "76", "2": "8", "3": "4", "4": "3", "5": "26", "6": "90", "7": "1", "8": "7", "9": "61"}
_RIGHT, _CONFUSED = (0.75, 1.0), (0.4, 0.9)  # ranges of confidence
_SHARED = 4  # how much likelier each shared character makes it to be taken for a phrase
_REJECTED = UtteranceHeard("", 0.0)


def heard_phrase(rng: Random, persona: Persona, meant: str, offered: Sequence[str]) -> UtteranceHeard:
    """What is heard when ``meant`` is said while ``offered`` can be recognised."""
    chance = rng.random()
    if chance < persona.heard_right:
        return UtteranceHeard(meant, rng.uniform(*_RIGHT))
    if chance < persona.heard_right + persona.heard_nothing:
        return _REJECTED
    others, sums = _row(meant, tuple(offered))
    if not others:
        return _REJECTED
    return UtteranceHeard(rng.choices(others, cum_weights=sums)[0], rng.uniform(*_CONFUSED))


def heard_digits(rng: Random, persona: Persona, meant: str) -> UtteranceHeard:
    """What is heard when a group of digits (and X) is said."""
    if rng.random() < persona.heard_nothing:
        return _REJECTED
    right = persona.heard_right**0.25
    heard = [digit if rng.random() < right else rng.choice(_ALIKE.get(digit, digit)) for digit in meant]
    confidence = _RIGHT if "".join(heard) == meant else _CONFUSED
    return UtteranceHeard("".join(map(_WORDS.__getitem__, heard)), rng.uniform(*confidence))


@lru_cache(maxsize=4_096)
def _row(meant: str, offered: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Off the diagonal: what else may be heard, with running sums of its weights."""
    said = set(meant)
    others = tuple(phrase for phrase in offered if phrase != meant)
    return others, tuple(accumulate(1 + _SHARED * len(said & set(phrase)) for phrase in others))
