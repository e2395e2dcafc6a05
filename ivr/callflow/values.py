"""The scalar values a document may hold: durations, flags, keys, ids, barge-in.

YAML is loaded with every scalar as a string (``0123`` stays ``0123``), so each type here reads its own notation and
says in its error what it would have accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel as PydanticModel
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import core_schema

KEYS = "0123456789*#"

_DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h)")
_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
LONGEST_DURATION_MS = 24 * 3_600_000
_FLAGS = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False}


def parse_duration(text: object) -> int:
    """``"8s"``, ``"700ms"``, ``"1.5s"``, ``"10m"`` -> milliseconds. Raises ValueError with the accepted notation."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    match = _DURATION.fullmatch(str(text))
    if match is None:
        raise ValueError(f"{text!r} is not a duration; write a number and a unit, such as 700ms, 8s or 2m")
    duration_ms = round(float(match[1]) * _UNIT_MS[match[2]])
    if duration_ms > LONGEST_DURATION_MS:
        raise ValueError(f"{text} is longer than a day; write a shorter time")
    return duration_ms


def _parse_flag(text: object) -> bool:
    if isinstance(text, bool):
        return text
    flag = _FLAGS.get(str(text).lower())
    if flag is None:
        raise ValueError(f"{text!r} is neither yes nor no; write yes or no")
    return flag


@dataclass(frozen=True, slots=True)
class BargeIn:
    """Whether a caller may interrupt a prompt.

    ``mode``: ``on`` any key or speech; ``hotword`` any key, but speech only if it is a phrase on offer;
    ``off`` nothing: keys typed meanwhile are kept and count when it ends.
    ``protected_ms``: with ``on``, the head during which the prompt behaves as ``off`` (a legal notice).
    """

    mode: Literal["on", "off", "hotword"] = "on"
    protected_ms: int = 0


_AFTER = re.compile(r"after (\S+)")


def parse_barge_in(text: object) -> BargeIn:
    """``yes``, ``no``, ``hotword`` or ``after 3s`` -> BargeIn."""
    if isinstance(text, BargeIn):
        return text
    word = str(text).lower()
    if word == "hotword":
        return BargeIn("hotword")
    if word in _FLAGS:
        return BargeIn("on" if _FLAGS[word] else "off")
    if match := _AFTER.fullmatch(word):
        return BargeIn("on", parse_duration(match[1]))
    raise ValueError(f"{text!r} is not a barge-in setting; write yes, no, hotword, or after 3s")


def _schema(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


@dataclass(frozen=True, slots=True)
class _OneOrMany:
    """Before-validator of a list field, with a JSON Schema that tells editors of the short forms."""

    shorthand: Callable[[str], Any] | None

    def expand(self, value: Any) -> Any:
        items = value if isinstance(value, list | tuple) else (value,)
        return tuple(self.shorthand(item) if self.shorthand and isinstance(item, str) else item for item in items)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.expand, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = dict(handler(schema))
        one = many["items"]
        if self.shorthand is not None:
            one = many["items"] = {"anyOf": [{"type": "string"}, one]}
        return {"anyOf": [one, many]}


def one_or_many(shorthand: Callable[[str], Any] | None = None) -> Any:
    """Lets a document write one item where a list is meant; ``shorthand`` expands a bare string."""
    return _OneOrMany(shorthand)


DurationMs = Annotated[int, BeforeValidator(parse_duration), _schema(r"^\d+(\.\d{1,3})?(ms|s|m|h)$", "8s")]
Flag = Annotated[bool, BeforeValidator(_parse_flag), WithJsonSchema({"enum": ["yes", "no"]})]
BargeInSetting = Annotated[
    BargeIn, BeforeValidator(parse_barge_in), _schema(r"^(yes|no|hotword|after .+)$", "after 3s")
]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]
NodeId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*$", max_length=120)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$", max_length=120)]
PromptId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*$", max_length=120)]
GuardRef = Annotated[str, StringConstraints(pattern=r"^(not )?[a-z][a-z0-9-]*$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Count = Annotated[int, Field(ge=0, le=100_000)]

SlotType = Literal[
    "money",
    "digits",
    "date",
    "month",
    "count",
    "masked-id",
    "masked-name",
    "duration",
    "text",
    "yes-no",
    "time",
]


def _kebab(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Model(PydanticModel):
    """Base of every document part: kebab-case keys, unknown keys are errors, immutable.

    The docstrings below fields reach the JSON Schema by way of ``schema.py``; letting pydantic collect them, or build
    each part's validator by itself, would cost a third of the time in which a call starts.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=_kebab,
        populate_by_name=True,
        defer_build=True,
    )
