"""Finding a model's confidence bands: the scores below which it must not be believed, and above which it may be.

Theory of operation. For each kind of expectation there are results that should be let in (what was said was heard
right) and results that should not (another thing was heard, or what was said is nothing here). The band is drawn where
a caller suffers least:

- *reject* is the lowest score at which at most ``STRANGERS`` of the words that nobody offers, and of the noises, are
  let in; but it turns away at most ``TURNED_AWAY`` of what was heard right. Where both cannot be had, the second
  counts, and the figures say so: what is let in wrongly is at least asked back, if it scores below
- *accept*, the lowest score from which on at most ``MISTAKES`` of what is taken at once are wrong; but at most
  ``ASKED_BACK`` of what was heard right is confirmed needlessly.

Scores are those of the recogniser without bands. The recordings must be of voices that the model was not trained on,
and not those whose figures are reported afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ivr.speech.confidence_bands import AS_SCORED, CAUTIOUS, Band, ConfidenceBands
from ivr.speech.evaluation.hearing import Heard, Task

STRANGERS: Final = 0.05
TURNED_AWAY: Final = 0.05
MISTAKES: Final = 0.01
ASKED_BACK: Final = 0.30

UNBANDED: Final = ConfidenceBands(AS_SCORED, AS_SCORED, AS_SCORED)
"""For the recogniser while scores are collected."""

_FEWEST: Final = 20  # results of a sort, below which a share of a few per cent means nothing
_TASKS: Final[dict[str, tuple[Task, tuple[Task, ...]]]] = {
    "phrases": ("phrase", ("words in a menu", "noise in a menu")),
    "digits": ("digits", ("words in a field", "noise in a field")),
    "yes-no": ("answer", ("words in a question", "noise in a question")),
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """The band for one kind, and what it does to the results that it was drawn from (shares of 1)."""

    kind: str
    band: Band
    turned_away: float  # of what was heard right
    asked_back: float  # of what was heard right
    strangers: float  # let in, of what should be rejected
    mistakes: float  # of what is taken at once
    results: int
    measured: bool  # False: too few results, so the cautious band holds


def calibrated(heard: Sequence[Heard]) -> tuple[Calibration, ...]:
    """The calibrations for phrases, digits, and yes and no, from results that were heard ``UNBANDED``."""
    return tuple(
        _calibration(
            kind,
            [one for one in heard if one.task == task],
            [one for one in heard if one.task in strange],
        )
        for kind, (task, strange) in _TASKS.items()
    )


def bands_of(calibrations: Sequence[Calibration]) -> ConfidenceBands:
    by_kind = {one.kind: one.band for one in calibrations}
    return ConfidenceBands(by_kind["phrases"], by_kind["digits"], by_kind["yes-no"])


def _calibration(kind: str, said: Sequence[Heard], strange: Sequence[Heard]) -> Calibration:
    right = sorted(one.confidence for one in said if one.understood and one.understood == one.meant)
    wrong = [one.confidence for one in said if one.understood and one.understood != one.meant]
    strangers = [one.confidence if one.understood else 0.0 for one in strange]
    measured = len(right) >= _FEWEST and len(strangers) >= _FEWEST
    band = _band(right, wrong, strangers) if measured else CAUTIOUS
    taken = [score for score in (*wrong, *strangers) if score >= band.accept]
    right_taken = _share_from(band.accept, right)
    return Calibration(
        kind,
        band,
        turned_away=1 - _share_from(band.reject, right),
        asked_back=_share_from(band.reject, right) - right_taken,
        strangers=_share_from(band.reject, strangers),
        mistakes=len(taken) / max(1, len(taken) + round(right_taken * len(right))),
        results=len(said) + len(strange),
        measured=measured,
    )


def _band(right: Sequence[float], wrong: Sequence[float], strangers: Sequence[float]) -> Band:
    """``right`` is sorted and not empty."""
    scores = sorted({0.0, *right, *wrong, *strangers})
    highest_reject = right[int(TURNED_AWAY * len(right))]
    reject = next(score for score in scores if score >= highest_reject or _share_from(score, strangers) <= STRANGERS)
    highest_accept = right[int((TURNED_AWAY + ASKED_BACK) * len(right))]
    accept = next(
        score
        for score in scores
        if score >= highest_accept or (score >= reject and _wrong_from(score, right, (*wrong, *strangers)) <= MISTAKES)
    )
    return Band(reject, accept)


def _share_from(score: float, scores: Sequence[float]) -> float:
    return sum(one >= score for one in scores) / len(scores) if scores else 0.0


def _wrong_from(score: float, right: Sequence[float], wrong: Sequence[float]) -> float:
    """The share of wrong ones among all that have at least this score."""
    good, bad = sum(one >= score for one in right), sum(one >= score for one in wrong)
    return bad / (good + bad) if good + bad else 0.0
