"""The kinds of node of a call flow, as pydantic models; the document's vocabulary.

A node is entered, says its prompt, does what its kind says, and is left along one of its edges (see ``edges.py``,
which is the only place that knows which field of a node leads where). Every node id is a path: ``main.account`` lies
below ``main``, inherits its commands, and ``back`` leads to the nearest menu above.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from ivr.callflow.values import (
    BargeInSetting,
    Count,
    DurationMs,
    FactName,
    Flag,
    GuardRef,
    Key,
    Model,
    Name,
    NodeId,
    Phrase,
    PromptId,
    Text,
    one_or_many,
)


class Saying(Model):
    """One prompt to say, optionally only when a guard holds, or once for each line of a list fact."""

    say: PromptId
    when: GuardRef | None = None
    each: FactName | None = None
    """A fact of type lines; the prompt is said once for each, and speaks of it as ``line.…``."""


Sayings = Annotated[tuple[Saying, ...], one_or_many(lambda text: {"say": text})]
Phrases = Annotated[tuple[Phrase, ...], one_or_many()]


class Prompt(Model):
    """One sentence of the catalogue. Slots are written ``{fact.name:type}``."""

    text: Text
    heard_by: Literal["anyone", "verified"] = "anyone"
    barge_in: BargeInSetting = Field(default="yes", validate_default=True)


class Handler(Model):
    """What happens at the n-th no-input, no-match or error: say something, then ask again or go elsewhere."""

    say: Sayings = ()
    to: NodeId | None = None
    reprompt: Flag = True
    """Whether the node's own prompt is said again after this one."""


HandlerCount = Annotated[str, StringConstraints(pattern=r"^[1-9]$")]
Handlers = dict[HandlerCount, Handler]


class Recovery(Model):
    """How failures are met; inherited by every node from the document, overridden count by count in a node."""

    no_input: Handlers = {}
    no_match: Handlers = {}
    error: Handlers = {}
    exhausted: NodeId | None = None
    """Where a caller goes after the last try."""


class Choice(Model):
    key: Key | None = None
    phrases: Phrases = ()
    to: NodeId
    when: GuardRef | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Choice:
        if self.key is None and not self.phrases:
            raise ValueError("nobody can choose this, for it has no key and no phrases; add 'key:' or 'phrases:'")
        return self


class Command(Model):
    """A choice that is on offer in a whole subtree. Exactly one of ``to`` and ``do``."""

    key: Key | None = None
    phrases: Phrases = ()
    to: NodeId | None = None
    do: Literal["back", "repeat", "help", "slower", "off"] | None = None
    when: GuardRef | None = None

    @model_validator(mode="after")
    def _one_effect(self) -> Command:
        if (self.to is None) == (self.do is None):
            raise ValueError(
                "a command needs exactly one of 'to' and 'do'; keep 'to' with a node, or 'do' with an effect"
            )
        return self


class Timing(Model):
    """Overrides of the timing profile for one node."""

    no_input: DurationMs | None = None
    inter_digit: DurationMs | None = None


class Node(Model):
    prompt: Sayings = ()
    again: Sayings = ()
    """Said instead of ``prompt`` when the caller comes back to this node in the same call (tapering)."""
    commands: dict[Name, Command] = {}
    """Added to, or replacing, the inherited commands, here and in the whole subtree. ``do: off`` removes one."""
    flush: Flag | None = None
    """Forget keys typed ahead on entry; by default only confirmations do."""


class Listening(Node):
    """A node that waits for the caller."""

    help: Sayings = ()
    no_input: Handlers = {}
    no_match: Handlers = {}
    error: Handlers = {}
    exhausted: NodeId | None = None
    timing: Timing = Timing()


class Menu(Listening):
    kind: Literal["menu"]
    choices: dict[Name, Choice] = Field(min_length=1)


class Entry(Model):
    """What may be typed or said into a field."""

    kind: Literal["id-number", "card-number", "password", "digits"]
    """id-number: any number that proves who one is (ID, card, permit), with its rules; others: digits by length."""
    shortest: Count = 1
    longest: Count
    terminator: Key | None = "#"
    never_starts_with: str = ""
    """Keys that no value starts with: as the first key they are commands at once."""

    @model_validator(mode="after")
    def _lengths(self) -> Entry:
        if not 1 <= self.shortest <= self.longest <= 64:
            raise ValueError("lengths must satisfy 1 <= shortest <= longest <= 64; mend them")
        return self

    @property
    def secret(self) -> bool:
        return self.kind != "digits"


class Spoken(Model):
    """How a field treats callers who say the value instead of typing it. Either part may be left out."""

    advise_keys: Sayings = ()
    """Said once instead of taking the first value that is spoken: passwords are better typed than said aloud."""
    failures: Annotated[Count, Field(ge=1, le=9)] = 2
    """So many spoken values that come to nothing in a call (not understood, refused, or led back here) …"""
    keys_only: Sayings = ()
    """… and this is said: from then on the field takes keys. Without it, it goes on listening."""


class EntryField(Listening):
    kind: Literal["field"]
    entry: Entry
    stores: FactName
    refusals: dict[Literal["old-id", "check-digit", "date", "length", "characters"], Sayings] = {}
    """Said instead of the no-match prompt when the number breaks this rule; it counts as a no-match."""
    cleared: Sayings = ()
    """Said when the caller clears the entry with ``*``."""
    spoken: Spoken = Spoken()
    to: NodeId


class Confirm(Listening):
    kind: Literal["confirm"]
    yes_key: Key = "1"
    no_key: Key = "2"
    yes: NodeId
    no: NodeId


class Survey(Listening):
    """One question with a rating as answer; silence is an answer too (``skipped``)."""

    kind: Literal["survey"]
    ratings: dict[Key, Phrases] = Field(min_length=2)
    stores: FactName
    to: NodeId
    skipped: NodeId


class Record(Node):
    kind: Literal["record"]
    longest: DurationMs = 60_000
    final_silence: DurationMs = 3_000
    stores: FactName
    """Gives the facts ``<stores>.text`` and ``<stores>.duration``."""
    to: NodeId
    empty: NodeId


class Say(Node):
    kind: Literal["say"]
    to: NodeId


class Literally(Model):
    value: Text


class Lookup(Node):
    kind: Literal["lookup"]
    query: Name
    with_: dict[Name, FactName | Literally] = {}
    """Parameters: a fact by name, or ``{value: …}``."""
    to: NodeId
    failed: NodeId


class Case(Model):
    when: GuardRef
    to: NodeId


class Branch(Node):
    kind: Literal["branch"]
    cases: tuple[Case, ...] = Field(min_length=1)
    otherwise: NodeId


class Call(Node):
    kind: Literal["call"]
    dialog: Name
    results: dict[Name, NodeId] = Field(min_length=1)


class Return(Node):
    kind: Literal["return"]
    result: Name


class Limit(Node):
    """Counts its visits in this call; after the ``most``-th it leads elsewhere. Bounds every loop."""

    kind: Literal["limit"]
    most: Annotated[Count, Field(ge=1, le=99)]
    to: NodeId
    exceeded: NodeId


class Transfer(Node):
    """Waits in a queue for an agent; the choices are on offer meanwhile."""

    kind: Literal["transfer"]
    queue: Name
    comfort: Sayings = ()
    every: DurationMs = 20_000
    longest: DurationMs = 300_000
    choices: dict[Name, Choice] = {}
    talked: NodeId
    busy: NodeId
    no_answer: NodeId


class Hangup(Node):
    kind: Literal["hangup"]
    disposition: Literal["completed", "gave-up", "failed", "transferred"] = "completed"


AnyNode = Annotated[
    Menu | EntryField | Confirm | Survey | Record | Say | Lookup | Branch | Call | Return | Limit | Transfer | Hangup,
    Field(discriminator="kind"),
]
