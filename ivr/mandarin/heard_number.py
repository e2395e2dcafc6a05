"""An identity number that was heard in several ways: its own check digit tells which of them is right.

Theory of operation. A recogniser tells of every utterance what else it may have been, and how much it believes in each
way. Callers say an identity number at once or in groups. A *reading* takes one way of each group; its belief is the
product of theirs. GB 11643 lets no number pass in which one digit is wrong or two neighbours changed places, and one in
eleven of others, fewer still as the birth date has to be possible. So the likeliest reading that passes is what was
said, however little each of its groups was believed. Where what was said is not among the readings at all, a wrong one
may pass; therefore readings far less likely than the first are not looked at, and the number is read back to be
confirmed like any other that was spoken.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import date
from typing import Final

from ivr.identity_number import check_number
from ivr.mandarin.spoken_digits import digit_speech

Ways = tuple[tuple[str, float], ...]
"""What may have been said, each with the belief in it, 0 to 1; the likeliest first."""

_LEAST_LIKELY: Final = 0.01  # of the likeliest reading
_MOST_READINGS: Final = 2000  # some milliseconds


def identity_number_of(groups: tuple[Ways, ...], today: date) -> str:
    """The likeliest number with a right check digit that the digits of the groups, in a row, may be; ``""``: none."""
    for number in _readings(groups):
        if len(number) == 18 and check_number(number, today).kind == "id":
            return number
    return ""


def said_in_digits(ways: Ways, edit: str = "append") -> Ways:
    """Those of the ways in which a text is digits that do this to an entry, as digits without what they correct."""
    spoken = ((digit_speech(text), belief) for text, belief in ways)
    return tuple((said.value, belief) for said, belief in spoken if said and said.value and said.edit == edit)


def _readings(groups: tuple[Ways, ...]) -> Iterator[str]:
    """All ways to read the groups, likeliest first, as far as they are worth a look."""
    if not groups or not all(groups):
        return
    first = (0,) * len(groups)
    least = _LEAST_LIKELY * _belief(groups, first)
    waiting, seen = [(-_belief(groups, first), first)], {first}
    while waiting and len(seen) < _MOST_READINGS:
        _, reading = heapq.heappop(waiting)
        yield "".join(ways[at][0] for ways, at in zip(groups, reading, strict=True))
        for group, ways in enumerate(groups):
            other = (*reading[:group], reading[group] + 1, *reading[group + 1 :])
            if other[group] < len(ways) and other not in seen and (belief := _belief(groups, other)) >= least:
                seen.add(other)
                heapq.heappush(waiting, (-belief, other))


def _belief(groups: tuple[Ways, ...], reading: tuple[int, ...]) -> float:
    belief = 1.0
    for ways, at in zip(groups, reading, strict=True):
        belief *= ways[at][1]
    return belief
