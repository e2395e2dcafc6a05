"""What a script says about the accounts, their answers and the agents, as documents write it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ivr.callflow.values import Count, DurationMs, FactName, Flag, Name
from ivr.testing.script_part import ScriptPart, Share


class Faults(ScriptPart):
    """What is wrong with the accounts."""

    slow: DurationMs = 0
    """Every answer takes this long."""
    down: Flag = False
    locked_db: Flag = Field(default=False, alias="locked-db")
    flaky: Share = 0.0
    """The share of lookups that fail, drawn by ``seed``."""
    seed: Count = 0


def _faults(value: object) -> object:
    if value == "fine":
        return {}
    return {value: "yes"} if value in ("down", "locked-db") else value


FaultSetting = Annotated[Faults, BeforeValidator(_faults, json_schema_input_type=str | Faults)]


class Answers(ScriptPart):
    """What the backend answers to the next lookup of a query, whatever it knows, or with some facts changed."""

    query: Name
    facts: dict[FactName, Any] = {}
    """Its facts, as a document writes them: sums in fen, flags as yes or no, lists as lists of lines."""
    changes: dict[FactName, Any] = {}
    """Facts that differ from what the accounts answer, and come as soon as that does."""
    fails: Name | None = None
    """The lookup fails, for this reason."""
    after: DurationMs = 0

    @model_validator(mode="after")
    def _one_outcome(self) -> Answers:
        if (self.facts or self.changes) and self.fails is not None:
            raise ValueError("a lookup that fails gives no facts; keep 'facts', 'changes' or 'fails'")
        if self.facts and self.changes:
            raise ValueError("'facts' is all of an answer, 'changes' a part of it; keep one of them")
        if self.changes and self.after:
            raise ValueError("what 'changes' comes when the accounts answer; slow them with 'accounts: {slow: …}'")
        return self


class Agents(ScriptPart):
    """What the agents are doing."""

    are: Literal["free", "waiting", "full", "no-answer"]
    wait: DurationMs | None = None
    """Time in the queue."""
    talk: DurationMs | None = None
    """Length of the talk."""
    position: Annotated[Count, Field(ge=1, le=999)] | None = None


def _agents(value: object) -> object:
    return {"are": value} if isinstance(value, str) else value


AgentSetting = Annotated[Agents, BeforeValidator(_agents, json_schema_input_type=str | Agents)]
