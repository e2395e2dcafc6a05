"""The call-flow document: one hotline as data. A document names prompts, nodes, guards and queries; never code.

Every name that a guard, choice or prompt uses must be declared in the document itself, so that the whole call can be
checked, drawn, explored and diffed without a backend: ``queries`` says which facts each lookup gives and of what type.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from ivr.callflow.nodes import AnyNode, Command, Prompt, Recovery, Sayings
from ivr.callflow.values import (
    Count,
    DurationMs,
    FactName,
    Flag,
    GuardRef,
    Model,
    Name,
    NodeId,
    PromptId,
    SlotType,
    Text,
    one_or_many,
)

Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _parse_days(text: object) -> object:
    """``mon-fri`` or ``mon, wed`` -> (0, 1, 2, 3, 4)."""
    if not isinstance(text, str):
        return text
    days: list[int] = []
    for part in re.split(r"[,\s]+", text.strip()):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise ValueError(f"{part!r} is not a weekday; write mon-fri, or sat, sun")
        start, stop = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days.extend(range(start, stop + 1) if start <= stop else [*range(start, 7), *range(stop + 1)])
    return tuple(days)


class Shift(Model):
    days: Annotated[tuple[int, ...], BeforeValidator(_parse_days, json_schema_input_type=str)]
    from_: Clock
    to: Clock
    since: MonthDay | None = None
    until: MonthDay | None = None
    """``since``/``until``: the season (month-day, inclusive) in which this shift applies."""


class Hours(Model):
    open: tuple[Shift, ...] = Field(min_length=1)
    holidays: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()
    """Weekend days that are worked like a Monday (调休)."""


class Guard(Model):
    """A named condition. Exactly one form: hours, a fact with one test, or a combination of other guards."""

    hours: Name | None = None
    fact: FactName | None = None
    is_: str | None = None
    in_: Annotated[tuple[str, ...], one_or_many()] | None = None
    at_least: int | None = None
    at_most: int | None = None
    known: Flag | None = None
    same_as: FactName | None = None
    """The other fact has the same value (a new password typed twice)."""
    all: tuple[GuardRef, ...] | None = None
    any: tuple[GuardRef, ...] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Guard:
        forms = [self.hours, self.fact, self.all, self.any]
        if sum(form is not None for form in forms) != 1:
            raise ValueError("a guard needs exactly one of 'hours', 'fact', 'all', 'any'; keep one")
        tests = [self.is_, self.in_, self.at_least, self.at_most, self.known, self.same_as]
        if sum(test is not None for test in tests) != (1 if self.fact else 0):
            raise ValueError(
                "a guard on a fact needs exactly one of 'is', 'in', 'at-least', 'at-most', 'known', 'same-as'; keep one"
            )
        return self


class Profile(Model):
    """How patient the hotline is."""

    no_input: DurationMs
    inter_digit: DurationMs
    tries: Annotated[Count, Field(ge=1, le=9)] = 3
    end_of_speech: DurationMs = 700
    after_key: DurationMs = 500
    """Silence between a key and the next phrase."""
    characters_a_minute: Annotated[Count, Field(ge=60, le=600)] = 240
    when: GuardRef | None = None
    """The call takes this profile as soon as the guard holds."""


class FactDeclaration(Model):
    type: SlotType | Literal["lines"]
    one_of: tuple[str, ...] = ()
    line: dict[Name, SlotType] = {}
    """With type lines: the fields of each line."""

    @model_validator(mode="after")
    def _lines_have_fields(self) -> FactDeclaration:
        if (self.type == "lines") != bool(self.line):
            raise ValueError(
                "type lines needs 'line' with the fields of each line, and no other type may have it; add or delete it"
            )
        return self


def _fact_shorthand(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


DeclaredFact = Annotated[
    FactDeclaration, BeforeValidator(_fact_shorthand, json_schema_input_type=SlotType | FactDeclaration)
]


class Query(Model):
    needs: Annotated[tuple[Name, ...], one_or_many()] = ()
    gives: dict[FactName, DeclaredFact] = {}
    private: Flag = True
    """Answers with account data: only a verified caller may ask."""


class Dialog(Model):
    start: NodeId
    results: Annotated[tuple[Name, ...], one_or_many()]
    back: Name | None = None
    """The result with which the back command leaves the dialog."""


class Waiting(Model):
    """What a caller hears while a lookup runs."""

    filler_after: DurationMs = 2_000
    filler_every: DurationMs = 8_000
    gives_up_after: DurationMs = 20_000
    filler: Sayings = ()


class CallLimit(Model):
    longest: DurationMs = 900_000
    warn_before: DurationMs = 60_000
    warning: Sayings = ()
    goodbye: Sayings = ()


class SpeechBands(Model):
    """Confidence at and above which an utterance is taken, and below which it is rejected; between, it is asked."""

    accept: Annotated[float, Field(ge=0, le=1)] = 0.8
    reject: Annotated[float, Field(ge=0, le=1)] = 0.5
    confirm: PromptId | None = None
    """Asks "did you mean …?"; its slot is ``{heard.choice:text}``."""


class Waiver(Model):
    rule: Name
    node: NodeId | None = None
    prompt: PromptId | None = None
    reason: Annotated[str, StringConstraints(min_length=10)]


class Thresholds(Model):
    """Service levels that fail the check: most keys and longest typical time to a node (a service or the agent)."""

    node: NodeId
    keys: Count | None = None
    typical: DurationMs | None = None


class FlowDocument(Model):
    hotline: Name
    title: Text
    language: Literal["cmn"] = "cmn"
    prompts: Annotated[tuple[str, ...], one_or_many()]
    """Catalogue files or folders, relative to this document; ``builtin:`` is the catalogue that ships."""
    include: Annotated[tuple[str, ...], one_or_many()] = ()
    """Further files with more nodes, queries, guards, dialogs; relative to this document."""
    start: NodeId
    verified: GuardRef | None = None
    """The guard that says the caller has proved who they are; prompts heard-by verified need it."""
    profiles: dict[Name, Profile] = Field(min_length=1)
    hours: dict[Name, Hours] = {}
    guards: dict[Name, Guard] = {}
    queries: dict[Name, Query] = {}
    dialogs: dict[Name, Dialog] = {}
    commands: dict[Name, Command] = {}
    recovery: Recovery = Recovery()
    help: Sayings = ()
    repeat: Sayings = ()
    waiting: Waiting = Waiting()
    call_limit: CallLimit = CallLimit()
    speech: SpeechBands = SpeechBands()
    nodes: dict[NodeId, AnyNode] = Field(min_length=1)
    services: dict[NodeId, Text] = {}
    """The nodes that callers phone for, with their names: the rows of "keys and seconds to every service"."""
    demand: dict[NodeId, Count] = {}
    """How many callers want each service, compared with one another: what virtual callers phone for."""
    thresholds: tuple[Thresholds, ...] = ()
    properties: dict[Name, str] = {}
    """User-written properties: ``never: <prompt or node> before <guard>``, ``always: <node> within N keys``."""
    waivers: tuple[Waiver, ...] = ()


def _prompt_shorthand(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


CataloguePrompt = Annotated[Prompt, BeforeValidator(_prompt_shorthand, json_schema_input_type=str | Prompt)]


class PromptCatalogue(Model):
    prompts: dict[PromptId, CataloguePrompt]
