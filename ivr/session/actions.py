"""What a call asks its surroundings to do, in the imperative. All are requests; none waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ivr.callflow.values import BargeIn
from ivr.session.events import Fact

Disposition = Literal["completed", "transferred", "abandoned", "gave-up", "failed"]


@dataclass(frozen=True, slots=True)
class PlayPrompt:
    play_id: int  # unique in the call; comes back in PromptFinished
    prompt_id: str  # catalogue id
    text: str  # final wording
    barge_in: BargeIn
    delay_ms: int  # silence before the first word
    speaking_ms: int  # how long the wording takes at the profile's pace, for lines without a voice; without delay
    characters_a_minute: int = 240  # the profile's pace, for lines with a voice


@dataclass(frozen=True, slots=True)
class StopPrompt:
    play_id: int  # always the one that plays


@dataclass(frozen=True, slots=True)
class Listen:
    """What the caller may do now. Sent when the offer changes; the line may use it for its recogniser and display."""

    node: str
    keys: str  # keys that mean something, such as "12340*9"; "0123456789*#" inside a field
    phrases: tuple[str, ...]
    digits: bool = False  # spoken digits are expected
    secret: bool = False  # what is typed or said now must not be shown or logged
    end_of_speech_ms: int = 700
    reject: float = 0.5  # below this confidence, nothing that is said counts


@dataclass(frozen=True, slots=True)
class StopListening:
    pass


@dataclass(frozen=True, slots=True)
class LookUp:
    request_id: int
    query: str
    params: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class StartRecording:
    request_id: int
    longest_ms: int


@dataclass(frozen=True, slots=True)
class StopRecording:
    request_id: int


@dataclass(frozen=True, slots=True)
class TransferCall:
    request_id: int
    queue: str


@dataclass(frozen=True, slots=True)
class CancelTransfer:
    request_id: int


@dataclass(frozen=True, slots=True)
class HangUp:
    disposition: Disposition
    by_caller: bool = False  # whose line is dead already


Action = (
    PlayPrompt
    | StopPrompt
    | Listen
    | StopListening
    | LookUp
    | StartRecording
    | StopRecording
    | TransferCall
    | CancelTransfer
    | HangUp
)
