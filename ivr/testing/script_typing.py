"""What a scripted caller types, as documents write it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints, model_validator

from ivr.testing.script_part import Handle, ScriptPart

KEYS_PATTERN = re.compile(r"[0-9*#xX\s]+")
MOST_KEYS = 10_000
_STRETCH = re.compile(r"(\d{1,5})-(\d{1,5})")
WORDS = ("number", "card", "password", "wrong number", "wrong password", "new password")


def _stretch(value: object) -> object:
    match = _STRETCH.fullmatch(value) if isinstance(value, str) else None
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError(f"{value!r} says not which keys; write the first and the last, counted from 1, such as 1-13")
    return int(match[1]), int(match[2])


class Typed(ScriptPart):
    """What the caller types; exactly one of these."""

    keys: str | None = None
    number_of: Handle | None = None
    """The ID number, ``*`` for X, without ``#``."""
    card_of: Handle | None = None
    """The card number; of one with letters its last eight characters. Without ``#``."""
    password_of: Handle | None = None
    wrong_number: Literal["", "unknown", "check-digit", "date", "length", "old-id"] | None = None
    """A number that breaks this rule, or (without one) that nobody has."""
    wrong_password: str | None = None
    """Six digits that are nobody's password."""
    new_password: str | None = None
    """Six digits that are nobody's password, and not too simple."""
    only: Annotated[tuple[int, int], BeforeValidator(_stretch, json_schema_input_type=str)] | None = None
    """Only these of its keys, such as ``1-13``: the others were typed before or after something else."""

    @model_validator(mode="after")
    def _one_form(self) -> Typed:
        if sum(getattr(self, name) is not None for name in type(self).model_fields if name != "only") != 1:
            raise ValueError("one thing is typed at a time; write a list for several")
        if self.keys is not None and len(self.keys) > MOST_KEYS:
            raise ValueError(f"nobody types {len(self.keys)} keys; write at most {MOST_KEYS}")
        return self


def _typed(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value in WORDS:
        form = value if value.startswith(("wrong", "new")) else f"{value} of"
        return {form: "" if form == value else "caller"}
    if not KEYS_PATTERN.fullmatch(value):
        raise ValueError(f"'{value}' are no keys; write 0-9 * # (quoted), one of {', '.join(WORDS)}, or 'number of: …'")
    return {"keys": re.sub(r"\s", "", value).translate({ord("x"): "*", ord("X"): "*"})}


def _list(value: object) -> object:
    if value in ([], "", None):
        raise ValueError('nothing is pressed; write keys such as "12#", or number')
    return value if isinstance(value, list | tuple) else (value,)


def _said(value: object) -> object:
    if isinstance(value, dict) and "keys" in value:
        raise ValueError("keys are pressed; write what is said as words, or whose number it is")
    return value


Said = Annotated[
    Annotated[str, StringConstraints(max_length=1_000)] | Typed,
    BeforeValidator(_said, json_schema_input_type=str | Typed),
]
"""Words, or the digits of somebody's number or password one by one."""

TypedInput = Annotated[Typed, BeforeValidator(_typed, json_schema_input_type=str | Typed)]
Typing = Annotated[
    tuple[TypedInput, ...],
    BeforeValidator(_list, json_schema_input_type=str | Typed | list[str | Typed]),
]
