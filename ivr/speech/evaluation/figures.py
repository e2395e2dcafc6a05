"""What the figures of an evaluation are: for each condition and voice, and for all voices together.

A result whose confidence is below the hotline's own limit (0.5) is *rejected*: the caller is asked again. The rest
counts as let in here, whether it is taken at once (from 0.8) or confirmed first. Digits are counted as heard, whatever
the confidence, since their errors are to be seen; so are whole strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ivr.speech.confidence_bands import REJECT
from ivr.speech.evaluation.hearing import Heard, Task
from ivr.speech.evaluation.scoring import Rate, digit_error_rate, share

LENGTHS: Final = (1, 4, 6, 18)
"""Of digit strings that have a figure of their own: a choice, a year, a password, a number without a check digit."""

ALL_VOICES: Final = "all"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one voice, or of all, under one condition."""

    digit_errors: Rate
    strings: dict[str, Rate]  # whole strings right, by "1", "4", "6", "18" and "any"
    identities: Rate  # identity numbers right in one go, whatever the confidence: their check digit vouches for them
    identities_wrong: Rate  # another number passed for it
    phrases: Rate  # let in and right
    phrases_wrong: Rate  # let in and wrong
    answers: Rate
    answers_wrong: Rate
    words_in_menu: Rate  # let in although nobody offers them
    words_in_field: Rate
    words_in_question: Rate
    noise_in_menu: Rate
    noise_in_field: Rate
    noise_in_question: Rate

    def as_data(self) -> dict[str, Any]:
        """For JSON: shares of 1, with the counts and the 95 % interval."""
        plain = {name: _as_data(getattr(self, name)) for name in self.__slots__ if name != "strings"}
        return plain | {"strings": {length: _as_data(rate) for length, rate in self.strings.items()}}


def figures_of(heard: Sequence[Heard]) -> Figures:
    """The figures of what was heard under one condition."""
    digits = [one for one in heard if one.task == "digits"]
    return Figures(
        digit_errors=digit_error_rate([(one.meant, _digits(one.understood)) for one in digits]),
        strings={
            **{str(length): _whole(one for one in digits if len(one.meant) == length) for length in LENGTHS},
            "any": _whole(digits),
        },
        identities=_counted(heard, "identity", lambda one: one.understood == one.meant),
        identities_wrong=_counted(heard, "identity", lambda one: one.understood not in ("", one.meant)),
        phrases=_counted(heard, "phrase", is_right),
        phrases_wrong=_counted(heard, "phrase", is_wrong),
        answers=_counted(heard, "answer", is_right),
        answers_wrong=_counted(heard, "answer", is_wrong),
        words_in_menu=_counted(heard, "words in a menu", is_let_in),
        words_in_field=_counted(heard, "words in a field", is_let_in),
        words_in_question=_counted(heard, "words in a question", is_let_in),
        noise_in_menu=_counted(heard, "noise in a menu", is_let_in),
        noise_in_field=_counted(heard, "noise in a field", is_let_in),
        noise_in_question=_counted(heard, "noise in a question", is_let_in),
    )


def by_condition_and_voice(heard: Iterable[Heard]) -> dict[str, dict[str, Figures]]:
    """Figures by the condition's name and the voice; ``ALL_VOICES`` first, then the voices by name."""
    groups: dict[str, list[Heard]] = {}
    for one in heard:
        groups.setdefault(str(one.condition), []).append(one)
    table: dict[str, dict[str, Figures]] = {}
    for name, group in groups.items():
        voices = sorted({one.spoken.voice for one in group})
        table[name] = {ALL_VOICES: figures_of(group)} | {
            voice: figures_of([one for one in group if one.spoken.voice == voice]) for voice in voices
        }
    return table


def is_let_in(one: Heard) -> bool:
    return bool(one.understood) and one.confidence >= REJECT


def is_right(one: Heard) -> bool:
    return is_let_in(one) and one.understood == one.meant


def is_wrong(one: Heard) -> bool:
    return is_let_in(one) and one.understood != one.meant


def _digits(understood: str) -> str:
    """A command heard instead of digits is no digits."""
    return understood if all(character in "0123456789X" for character in understood) else ""


def _whole(strings: Iterable[Heard]) -> Rate:
    several = list(strings)
    return share(sum(one.understood == one.meant for one in several), len(several))


def _counted(heard: Sequence[Heard], task: Task, counts: Callable[[Heard], bool]) -> Rate:
    of_task = [one for one in heard if one.task == task]
    return share(sum(map(counts, of_task)), len(of_task))


def _as_data(rate: Rate) -> dict[str, float | int | None]:
    if not rate.trials:
        return {"share": None, "hits": 0, "trials": 0, "low": None, "high": None}
    return {
        "share": round(rate.share, 4),
        "hits": rate.hits,
        "trials": rate.trials,
        "low": round(rate.low, 4),
        "high": round(rate.high, 4),
    }
