"""Numbers that name something (ID, card, telephone) read one by one, and what may be said of a person.

Theory of operation. 一 and 七 sound alike on a telephone, so 1 is 幺. X is 叉, as people say it for their own ID;
other letters are themselves. Long numbers are cut into groups with a pause (，) between them: 6-4-4-4 for an
ID, 3-4-4 for a mobile number. Spaces and hyphens separate groups in writing and are not read. No error text
here repeats the number it complains about: it may be somebody's ID, and errors end up in logs.
"""

from __future__ import annotations

import re
import unicodedata

PAUSE = "，"

_SPOKEN = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
_SPOKEN |= {letter: letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} | {"X": "叉"}

_ID_GROUPS = {9: (3, 3, 3), 12: (3, 3, 3, 3), 15: (6, 6, 3), 18: (6, 4, 4, 4)}
_PHONE_GROUPS = {7: (3, 4), 8: (4, 4), 10: (3, 3, 4), 11: (3, 4, 4), 12: (4, 4, 4)}

_TWO_SYLLABLE_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐长孙宇文司徒轩辕夏侯端木南宫独孤西门闻人澹台公冶申屠太史",
    )
)


def read_digits(text: str) -> str:
    """``"10X"`` as 幺零叉, without pauses. Raises ValueError when empty or holding anything but digits and letters."""
    return _spoken(_compact(text))


def read_id(text: str) -> str:
    """An ID or card number in groups: 6-4-4-4 for 18 characters, threes for 9 and 12, otherwise fours.

    Raises ValueError as ``read_digits`` does.
    """
    plain = _compact(text)
    return _grouped(plain, _ID_GROUPS.get(len(plain)) or _fours(len(plain)))


def read_phone(text: str) -> str:
    """A telephone number in groups: 3-4-4 for a mobile number, the area code apart for a land line, 12333 in one piece.

    Raises ValueError as ``read_digits`` does.
    """
    plain = _compact(text.strip().removeprefix("+86"))
    size = len(plain)
    if size < 7:
        return _spoken(plain)
    if size == 11 and plain[0] == "0" and plain[1] not in "12":
        return _grouped(plain, (4, 3, 4))  # only 010 and 02x are area codes of three digits
    return _grouped(plain, _PHONE_GROUPS.get(size) or _fours(size))


def read_last_four(text: str) -> str:
    """The last four characters, the only ones of a personal number that may be read back. ValueError if fewer."""
    plain = _compact(text)[-4:]
    if len(plain) != 4 or not _SPOKEN.keys() >= set(plain):
        raise ValueError("cannot read the last four characters: the number does not end in four digits or letters")
    return _spoken(plain)


mask_tail = read_last_four
"""The same, under the name that goes with ``mask_name``."""


def mask_name(name: str) -> str:
    """A name that identifies without telling: the surname, then 某 (张某) or 某某 (张某某, 欧阳某某).

    This is how courts and newspapers write it and every synthesiser reads it; the number of 某 is two at most, so that
    a long name of another nationality gives away no more than a Chinese one. Raises ValueError for an empty name.
    """
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    if not plain:
        raise ValueError("cannot mask an empty name")
    surname = plain[:2] if len(plain) > 2 and plain[:2] in _TWO_SYLLABLE_SURNAMES else plain[0]
    return surname + ("某某" if len(plain) - len(surname) > 1 else "某")


def _compact(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.upper().replace(" ", "").replace("-", "")


def _spoken(plain: str) -> str:
    if not plain:
        raise ValueError("cannot read an empty number digit by digit")
    try:
        return "".join([_SPOKEN[character] for character in plain])
    except KeyError:
        place = next(place for place, character in enumerate(plain, 1) if character not in _SPOKEN)
        raise ValueError(f"cannot read the number: character {place} is neither a digit nor a letter") from None


def _grouped(plain: str, sizes: tuple[int, ...]) -> str:
    groups: list[str] = []
    start = 0
    spoken = _spoken(plain)  # one spoken character for each written one
    for size in sizes:
        groups.append(spoken[start : start + size])
        start += size
    return PAUSE.join(groups)


def _fours(size: int) -> tuple[int, ...]:
    """Groups of four; a lonely last character joins the group before it."""
    if size < 6:
        return (size,)
    whole, rest = divmod(size, 4)
    if rest == 1:
        return (4,) * (whole - 1) + (5,)
    return (4,) * whole + ((rest,) if rest else ())
