"""Which numbers a caller may give for identity, and why one is turned down. Pure, and cheap enough to run per key.

    id          18 characters, GB 11643-1999: 6 area + 8 birth date + 3 sequence + check digit (0-9 or X)
    card        9 characters of a social-security card, digits that may carry letters
    card-tail   the last 8 characters of such a card: all that a keypad can say of a card that starts with a letter
    permit      12 characters: HKG, MAC or TWN and 9 digits

The check digit is the sum of the 17 digits, each times its weight, modulo 11, looked up in ``10X98765432``. It
finds every single wrong digit and every swap of neighbours. The area code is never a reason for refusal: districts
come and go. A wrong check digit is reported before an impossible date, because a slip of the finger explains both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import mul
from typing import Literal

Kind = Literal["id", "card", "card-tail", "permit"]
Refusal = Literal["", "old-id", "check-digit", "date", "length", "characters"]

OLDEST_AGE = 120

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_PERMIT_PLACES = ("HKG", "MAC", "TWN")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NOISE = {ord(mark): None for mark in " \t\r\n-\u3000"}
_TO_PLAIN = _FULL_WIDTH | _NOISE | {0xFF0D: None}


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """The verdict on one number: either ``kind`` is set, or ``refusal`` says why not."""

    kind: Kind | None
    refusal: Refusal
    normalised: str


def normalise_number(text: str) -> str:
    """Plain upper-case ASCII where the text allows it: full-width forms narrowed, spaces and hyphens gone."""
    return text.translate(_TO_PLAIN).upper()


def check_digit(first17: str) -> str:
    """The 18th character that belongs to 17 digits; ``ValueError`` if they are not 17 ASCII digits."""
    if len(first17) != 17 or not _is_digits(first17):
        raise ValueError("a check digit is computed from exactly 17 digits")
    return _CHECK_DIGITS[sum(map(mul, map(int, first17), _WEIGHTS)) % 11]


def check_number(text: str, today: date) -> NumberCheck:
    """Judge a number by its form alone; whether anybody has it is not asked here."""
    number = normalise_number(text)
    length = len(number)
    if not (number.isascii() and (number.isalnum() or not number)):
        return NumberCheck(None, "characters", number)
    if length == 18:
        return NumberCheck(*_judge_id(number, today), number)
    if length == 15:
        return NumberCheck(None, "old-id" if _is_digits(number) else "length", number)
    if length == 12:
        if number[:3] in _PERMIT_PLACES and _is_digits(number[3:]):
            return NumberCheck("permit", "", number)
        return NumberCheck(None, "length" if _is_digits(number) else "characters", number)
    if length in (8, 9):
        if not any(map(str.isdigit, number)):
            return NumberCheck(None, "characters", number)
        return NumberCheck("card" if length == 9 else "card-tail", "", number)
    return NumberCheck(None, "length", number)


def birth_date(number: str) -> date | None:
    """The birth date inside an 18-character number, or None when it names no real day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def age_on(born: date, day: date) -> int:
    """Completed years of life; whoever is born on 29 February has their birthday on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _judge_id(number: str, today: date) -> tuple[Kind | None, Refusal]:
    if not _is_digits(number[:17]) or not (number[17].isdigit() or number[17] == "X"):
        return None, "characters"
    if check_digit(number[:17]) != number[17]:
        return None, "check-digit"
    born = birth_date(number)
    if born is None or born > today or age_on(born, today) > OLDEST_AGE:
        return None, "date"
    return "id", ""


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
