"""What can happen in a call, in the past tense. Times are not part of an event: ``handle(event, at)`` gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Fact = str | int | bool | list[dict[str, "Fact"]]
Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class CallAnswered:
    caller_number: str  # as the network gave it; may be ""
    local_time: datetime  # naive wall clock of the hotline's place: the only clock a call ever sees


@dataclass(frozen=True, slots=True)
class KeyPressed:
    key: str  # one of 0-9 * #; anything else is a no-match, never an error


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    pass


@dataclass(frozen=True, slots=True)
class UtteranceHeard:
    text: str  # "" when the recogniser heard speech but rejected it
    confidence: float = 1.0  # 0..1
    alternatives: tuple[tuple[str, float], ...] = ()  # further (text, confidence), best first


@dataclass(frozen=True, slots=True)
class PromptFinished:
    play_id: int  # of the PlayPrompt; any other than the one that plays is ignored


@dataclass(frozen=True, slots=True)
class LookupAnswered:
    request_id: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class LookupFailed:
    request_id: int
    reason: str  # kebab-case word


@dataclass(frozen=True, slots=True)
class AgentAnswered:
    request_id: int


@dataclass(frozen=True, slots=True)
class TransferEnded:
    request_id: int
    reason: str  # talked, busy, no-answer


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    pass


@dataclass(frozen=True, slots=True)
class LineFailed:
    reason: str  # kebab-case word


Event = (
    CallAnswered
    | KeyPressed
    | SpeechStarted
    | UtteranceHeard
    | PromptFinished
    | LookupAnswered
    | LookupFailed
    | AgentAnswered
    | TransferEnded
    | CallerHungUp
    | LineFailed
)
