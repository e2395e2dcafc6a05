"""The figures of an evaluation as a table for people. Shares in per cent, all voices with the 95 % interval below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ivr.speech.evaluation.conditions import condition
from ivr.speech.evaluation.figures import ALL_VOICES, LENGTHS, Figures
from ivr.speech.evaluation.scoring import Rate

_COLUMNS: Final = (
    ("digits", "wrong"),
    *((f"{length} digit{'s' if length > 1 else ''}", "right") for length in LENGTHS),
    ("identity", "right"),
    ("identity", "wrong"),
    ("phrases", "right"),
    ("phrases", "wrong"),
    ("answers", "right"),
    ("answers", "wrong"),
    ("words", "in menu"),
    ("words", "in field"),
    ("words", "in quest."),
    ("noise", "in menu"),
    ("noise", "in field"),
    ("noise", "in quest."),
)
_WIDTH: Final = 10


def report(table: dict[str, dict[str, Figures]]) -> Iterator[str]:
    """Lines; a block for each condition. Columns without trials stay empty."""
    for name, voices in table.items():
        longest = max(len("95 % interval"), *map(len, voices)) + 1
        yield f"{name}: {condition(name).description}"
        for row in (0, 1):
            yield " " * longest + "".join(f"{column[row]:>{_WIDTH}}" for column in _COLUMNS)
        for voice, figures in voices.items():
            rates = _rates(figures)
            yield f"{voice:<{longest}}" + "".join(f"{_per_cent(rate):>{_WIDTH}}" for rate in rates)
            if voice == ALL_VOICES:
                yield f"{'95 % interval':<{longest}}" + "".join(f"{_interval(rate):>{_WIDTH}}" for rate in rates)
        yield ""


def _rates(figures: Figures) -> tuple[Rate, ...]:
    return (
        figures.digit_errors,
        *(figures.strings[str(length)] for length in LENGTHS),
        figures.identities,
        figures.identities_wrong,
        figures.phrases,
        figures.phrases_wrong,
        figures.answers,
        figures.answers_wrong,
        figures.words_in_menu,
        figures.words_in_field,
        figures.words_in_question,
        figures.noise_in_menu,
        figures.noise_in_field,
        figures.noise_in_question,
    )


def _per_cent(rate: Rate) -> str:
    return f"{100 * rate.share:.1f}" if rate.trials else "–"


def _interval(rate: Rate) -> str:
    return f"{100 * rate.low:.0f}–{100 * rate.high:.0f}" if rate.trials else ""
