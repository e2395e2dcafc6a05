"""What a scripted caller types: whose number, whose password, and numbers and passwords that nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from ivr.accounts.people import people
from ivr.accounts.people_sketch import SyntheticPerson
from ivr.errors import UsageError
from ivr.identity_number import check_digit
from ivr.mandarin.reading_digits import read_digits
from ivr.testing.script_typing import Typed

CALLER = "caller"
WRONG_PASSWORD = "357918"  # noqa: S105 - nobody's; begins with no key that is a command everywhere
NEW_PASSWORD = "862049"  # noqa: S105 - nobody's, and not too simple
_CARD_TAIL = 8


def typed_keys(typing: Iterable[Typed], caller: str) -> str:
    """The keys of a ``presses`` step; ``caller`` is the handle of whoever phones. Raises UsageError."""
    return "".join(_stretch(typed, _keys(typed, caller)) for typed in typing)


def said_words(said: str | Typed, caller: str) -> str:
    """The words of a ``says`` step; a number is said digit by digit. Raises UsageError."""
    return said if isinstance(said, str) else read_digits(typed_keys([said], caller).replace("*", "X"))


def people_secrets() -> dict[str, list[tuple[str, str]]]:
    """What each synthetic person types, as (``number``, ``card`` or ``password``, handle) of everybody who has it."""
    secrets: dict[str, list[tuple[str, str]]] = {}
    for one in people():
        card = one.person.ss_card_no or ""
        named = {one.person.certno.replace("X", "*"): "number", card: "card", card[-_CARD_TAIL:]: "card"}
        for typed, kind in {**named, one.password: "password"}.items():
            if typed:
                secrets.setdefault(typed, []).append((kind, one.person.handle))
    return secrets


def person_by_number(psn_no: str) -> SyntheticPerson | None:
    """The person with that number of the backend, such as ``P0001``."""
    return next((one for one in people() if one.person.psn_no == psn_no), None)


def _stretch(typed: Typed, keys: str) -> str:
    if typed.only is None:
        return keys
    first, last = typed.only
    if last > len(keys):
        raise UsageError(f"'only: {first}-{last}' asks for more keys than there are; there are {len(keys)}")
    return keys[first - 1 : last]


def _keys(typed: Typed, caller: str) -> str:
    if typed.keys is not None:
        return typed.keys
    if typed.number_of is not None:
        return person_of(typed.number_of, caller).person.certno.replace("X", "*")
    if typed.card_of is not None:
        return _card(person_of(typed.card_of, caller))
    if typed.password_of is not None:
        return person_of(typed.password_of, caller).password
    if typed.wrong_number is not None:
        return wrong_number(typed.wrong_number)
    return WRONG_PASSWORD if typed.wrong_password is not None else NEW_PASSWORD


def person_of(handle: str, caller: str) -> SyntheticPerson:
    """The person of that handle, or the caller. Raises UsageError for a stranger."""
    handle = caller if handle == CALLER else handle
    found = _by_handle().get(handle)
    if found is None:
        raise UsageError(f"there is no synthetic person {handle!r}; see 'ivr accounts list'")
    return found


def wrong_number(rule: str) -> str:
    """A number that breaks the rule, or (with ``unknown`` or nothing) that nobody has."""
    match rule:
        case "date":
            return next(_valid("99000019901341"))  # in a thirteenth month
        case "length":
            return "9900001990"
        case "old-id":
            return "990000900101001"
        case "check-digit":
            number = next(_valid("99000019900101"))
            return number[:-1] + str((int(number[-1]) + 1) % 10)
    taken = {one.person.certno for one in people()}
    return next(number for number in _valid("99000019900101") if number not in taken)


def _valid(first14: str) -> Iterator[str]:
    """Numbers whose check digit is right, and a digit."""
    for sequence in range(999, 0, -1):
        first17 = f"{first14}{sequence:03d}"
        if (last := check_digit(first17)) != "X":
            yield first17 + last


def _card(one: SyntheticPerson) -> str:
    handle, card = one.person.handle, one.person.ss_card_no
    if card is None:
        raise UsageError(f"{handle} has no card; type 'number of: {handle}' instead")
    keys = card if card.isdecimal() else card[-_CARD_TAIL:]
    if not keys.isdecimal():
        raise UsageError(f"the card of {handle} has letters that no key stands for; type the number instead")
    return keys


@cache
def _by_handle() -> dict[str, SyntheticPerson]:
    return {one.person.handle: one for one in people()}
