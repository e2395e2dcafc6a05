"""The vocabulary of call scripts: one file, one caller's story, asserted step by step in virtual time.

Theory of operation. A script is carried out by ``script_runner``; what its words mean is defined here.

* Steps happen in order. ``hears: X`` is done when X *begins*; the next step decides how long the caller listens on.
* Hearing is strict. Between the first prompt that a script mentions and its last step, every prompt must be mentioned,
  in order, or the script fails. Exempt are only: a prompt that was cut short (type-ahead, barge-in), fillers of the
  document (``waiting.filler``, the comfort of a queue, the warning before the longest call ends), what the step or
  the script lists under ``skipping``, and what an ``optional`` step allows until the next prompt is matched.
  What plays before the first mentioned prompt (the greeting) and after the last step is not asserted.
* A caller is polite: ``presses`` and ``says`` wait until the hotline has finished and waits for the caller. With
  ``during: X`` they happen as soon as X begins (X counts as mentioned), with ``after: T`` that much later: after the
  first word of X, or without ``during`` after the step before was done. Keys of one step follow each other at ``pace``.
* ``stays silent`` and ``hangs up`` start when the last mentioned prompt has been heard to its end; ``hangs up`` takes
  ``during`` and ``after`` too. Silence may outlast the call.
* ``within`` bounds the time from the end of the step before (its prompt's last word, its last key) to the first word.
* After the last step the caller listens until it is their turn, and hangs up; a queue is waited out.
* ``accounts`` and ``agents`` as steps change the weather from there on; ``answers`` is the answer to one lookup.

Prompts are named by id; ``balance.*`` means every prompt below ``balance``. ``${name}`` stands for a parameter.
The fields' docstrings become the JSON Schema's descriptions.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from ivr.callflow.values import DurationMs, FactName, NodeId, Text, one_or_many
from ivr.testing.script_part import Handle, ScriptPart, Share
from ivr.testing.script_typing import Said, Typing
from ivr.testing.script_weather import Agents, AgentSetting, Answers, Faults, FaultSetting

_PATTERN = r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*(\.\*)?"


def _pattern(text: object) -> object:
    if isinstance(text, str) and not (len(text) <= 120 and re.fullmatch(_PATTERN, text)):
        raise ValueError(f"'{text[:40]}' is no prompt; write its id, such as main.offer, or main.* for all below")
    return text


PromptPattern = Annotated[
    str, BeforeValidator(_pattern), WithJsonSchema({"type": "string", "pattern": f"^{_PATTERN}$"})
]
Patterns = Annotated[tuple[PromptPattern, ...], one_or_many()]
Texts = Annotated[tuple[Text, ...], one_or_many()]


def _moment(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is no date and time; write it as 2026-03-02T09:30") from None
    if moment.tzinfo is not None:
        raise ValueError(f"'{text}' names a time zone; a call knows local time only: 2026-03-02T09:30")
    if not 1900 <= moment.year <= 9998:  # a call must not run out of the calendar
        raise ValueError(f"'{text}' is no year of a hotline; write one from 1900 to 9998")
    return moment


Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "examples": ["2026-03-02T09:30"]})
]


# -- what is heard -----------------------------------------------------------------------------------------------------


Form = Literal["in_order", "any_of", "never", "optional", "unordered"]


class Expected(ScriptPart):
    """Which prompts; exactly one of the forms. A bare id or list means ``in order``."""

    in_order: Patterns | None = None
    any_of: Patterns | None = None
    """The next prompt is one of these."""
    never: Patterns | None = None
    """None of these is heard from here to the end of the call."""
    optional: Patterns | None = None
    """These may be heard before the next prompt that is mentioned."""
    unordered: Patterns | None = None
    """The next prompts are these, in any order."""

    @model_validator(mode="after")
    def _one_form(self) -> Expected:
        forms = (self.in_order, self.any_of, self.never, self.optional, self.unordered)
        if sum(bool(form) for form in forms) != 1:
            raise ValueError("exactly one of 'any of', 'never', 'optional', 'unordered' is meant here; keep one")
        return self


def _expected(value: object) -> object:
    return {"in order": value} if isinstance(value, str | list | tuple) else value


class Hears(ScriptPart):
    hears: Annotated[Expected, BeforeValidator(_expected, json_schema_input_type=str | list[str] | Expected)]
    saying: Texts = ()
    """Texts that the (last) prompt contains."""
    within: DurationMs | None = None
    skipping: Patterns = ()
    """Prompts that may be heard before; ``any`` for all."""


# -- what the caller does ----------------------------------------------------------------------------------------------


class Timed(ScriptPart):
    during: PromptPattern | None = None
    """As soon as this prompt begins, instead of waiting until the hotline has finished."""
    after: DurationMs | None = None
    """So long after the first word of ``during``, or after the step before."""


class Presses(Timed):
    presses: Typing
    pace: DurationMs = 250
    """From one key to the next."""


class Says(Timed):
    says: Said
    """What is said, words or ``{number of: caller}``; an empty text is speech that the recogniser could not understand.
    """
    confidence: Share = 1.0
    alternatives: dict[Text, Share] = {}
    """What the recogniser may have heard instead, with its confidence."""
    lasts: DurationMs | None = None
    audio: Text | None = None
    """A sound file of these words, relative to this file: what is played on a line with sound."""


class StaysSilent(ScriptPart):
    stays_silent: DurationMs


class HangsUp(ScriptPart):
    hangs_up: Annotated[Timed, BeforeValidator(lambda value: value or {})]


# -- the weather -------------------------------------------------------------------------------------------------------


class ChangesAccounts(ScriptPart):
    accounts: FaultSetting


class ChangesAgents(ScriptPart):
    agents: AgentSetting


class ChangesAnswers(ScriptPart):
    answers: Answers


Step = Hears | Presses | Says | StaysSilent | HangsUp | ChangesAccounts | ChangesAgents | ChangesAnswers

STEPS: dict[str, type[ScriptPart]] = {
    "hears": Hears,
    "presses": Presses,
    "says": Says,
    "stays silent": StaysSilent,
    "hangs up": HangsUp,
    "accounts": ChangesAccounts,
    "agents": ChangesAgents,
    "answers": ChangesAnswers,
}


# -- the script --------------------------------------------------------------------------------------------------------


class Caller(ScriptPart):
    number: Annotated[str, StringConstraints(pattern=r"^[0-9+*#]{0,30}$")] = ""
    """As the network shows it."""
    at: Moment | None = None
    """The wall clock at the first word; a Monday morning by default."""
    person: Handle | None = None
    """Whose number and password ``presses: number`` and ``presses: password`` mean."""
    profile: Text | None = None
    """How patient the hotline is from the first word on, such as senior."""


_LASTS = re.compile(r"(at most|at least) (\S+)")


class Lasts(ScriptPart):
    at_most: DurationMs | None = None
    at_least: DurationMs | None = None


def _lasts(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _LASTS.fullmatch(value)
    if match is None:
        raise ValueError(f"'{value}' is no bound; write at most 60s, or at least 5s")
    return {match[1]: match[2]}


class Story(ScriptPart):
    """All of a script but its steps."""

    call: Text
    """The title, one line."""
    flow: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The hotline's document or folder, relative to this file; the built-in one by default."""
    caller: Caller = Caller()
    accounts: FaultSetting = Faults()
    agents: AgentSetting = Agents(are="free")
    skipping: Patterns = ()
    """Prompts that need not be mentioned anywhere in this script; ``any`` for all."""
    ends: Literal["completed", "transferred", "abandoned", "gave-up", "failed"] | None = None
    """The disposition."""
    visits: Annotated[tuple[NodeId, ...], one_or_many()] = ()
    """Nodes that the call comes by, in this order; others may lie between."""
    facts: dict[FactName, str] = {}
    """What the call knows at its end."""
    lasts: Annotated[Lasts, BeforeValidator(_lasts, json_schema_input_type=str | Lasts)] = Lasts()


class IncludedSteps(ScriptPart):
    includes: str
    """A file with ``steps:``, relative to this one."""
    with_: dict[str, str] = {}
    """Its parameters."""


class ScriptDocument(Story):
    """A whole script as it is written, for its JSON Schema; loading validates story and steps one by one."""

    with_: dict[str, str] = {}
    """Parameters: what ``${name}`` stands for."""
    for_: Any = None
    """One call for each item of a list of parameters, or for each combination of lists of values."""
    steps: tuple[Step | IncludedSteps | Literal["hangs up"], ...] = Field(min_length=1)
