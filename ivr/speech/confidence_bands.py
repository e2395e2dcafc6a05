"""What a model's scores are worth: measured on speech that it was not trained on, and kept beside it.

Theory of operation. A score is the share of the recogniser's own belief (0..1) in what it heard, against everything
else that it thought of. Models differ in how sure they are of themselves, so ``bands.json`` in a model's folder names,
for each kind of expectation, the score at which a result may be *accepted* at once and the one below which it must be
*rejected*; between the two the caller is asked. Scores are stretched so that these two become the hotline's own 0.8 and
0.5 (``speech`` in a flow document), and a document needs to know nothing of models:

    {"format": 1,
     "phrases": {"reject": 0.45, "accept": 0.9},
     "digits":  {"reject": 0.3,  "accept": 0.8},
     "yes-no":  {"reject": 0.6,  "accept": 0.95},
     "measured": "how and on what; free text"}

A kind that is absent has the cautious bands below.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ivr.errors import SpeechError
from ivr.speech.recogniser import Expectation

BANDS_FILE: Final = "bands.json"
REJECT: Final = 0.5  # what a document without bands of its own rejects below, and accepts from: see SpeechBands
ACCEPT: Final = 0.8


@dataclass(frozen=True, slots=True)
class Band:
    reject: float
    accept: float

    def calibrated(self, score: float) -> float:
        """The score on the scale on which ``reject`` is 0.5 and ``accept`` 0.8."""
        score = min(max(score, 0.0), 1.0)
        if score >= self.accept:
            return ACCEPT + (1 - ACCEPT) * _share(score, self.accept, 1.0)
        if score >= self.reject:
            return REJECT + (ACCEPT - REJECT) * _share(score, self.reject, self.accept)
        return REJECT * _share(score, 0.0, self.reject)


def _share(score: float, low: float, high: float) -> float:
    return (score - low) / (high - low) if high > low else 1.0


CAUTIOUS: Final = Band(reject=0.5, accept=0.9)
AS_SCORED: Final = Band(REJECT, ACCEPT)  # changes no score


@dataclass(frozen=True, slots=True)
class ConfidenceBands:
    phrases: Band = CAUTIOUS
    digits: Band = CAUTIOUS
    yes_no: Band = CAUTIOUS

    def band(self, expected: Expectation, meaning: str) -> Band:
        """The one for what was heard (a ``Grammar.meaning``) where this was expected."""
        if meaning.startswith("digits"):
            return self.digits
        return self.yes_no if expected.yes_no else self.phrases


def write_bands(folder: Path, bands: ConfidenceBands, measured: str) -> None:
    """Keep them beside the model. Raises ``SpeechError`` if they cannot be written."""
    kinds = zip(("phrases", "digits", "yes-no"), (bands.phrases, bands.digits, bands.yes_no), strict=True)
    data = {"format": 1} | {kind: asdict(band) for kind, band in kinds} | {"measured": measured}
    file = folder / BANDS_FILE
    try:
        file.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise SpeechError(f"{file}: cannot be written ({error.strerror}); copy the model to a place of yours") from None


def bands_of_model(folder: Path) -> ConfidenceBands:
    """The bands beside a model, or the cautious ones. Raises ``SpeechError`` for a file that is none."""
    file = folder / BANDS_FILE
    if not file.is_file():
        return ConfidenceBands()
    try:
        return _read(json.loads(file.read_text("utf-8")))
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise SpeechError(
            f"{file}: these are no confidence bands ({error}); delete the file, or take the model anew"
        ) from error


def _read(data: dict[str, Any]) -> ConfidenceBands:
    if data["format"] != 1:
        raise ValueError(f"format {data['format']!r} is not 1")
    return ConfidenceBands(*(_band(data, kind) for kind in ("phrases", "digits", "yes-no")))


def _band(data: dict[str, Any], kind: str) -> Band:
    if kind not in data:
        return CAUTIOUS
    band = Band(float(data[kind]["reject"]), float(data[kind]["accept"]))
    if not 0 <= band.reject <= band.accept <= 1:
        raise ValueError(f"{kind}: 0 <= reject <= accept <= 1 does not hold")
    return band
