"""Which of the keys of a call are the numbers and passwords of synthetic people, wherever they were typed.

Whoever types ahead does not wait to be asked: a number may begin during the greeting and end in its entry. So the keys
of the whole call are looked through, in the order in which they were pressed, for numbers that somebody has, and then
for the passwords of those whose numbers they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_SHORTEST_NUMBER = 8  # keys: of a card with letters its last eight

Part = tuple[str, int]
"""One key of a secret: the whole secret, and which of its keys, from 0."""


@dataclass(slots=True)
class Key:
    at: int
    key: str
    part: Part | None = None


@dataclass(slots=True)
class Burst:
    """Keys typed one after another."""

    keys: list[Key]
    secret: bool  # into a secret entry
    doubtful: bool  # perhaps meant for one
    node: str  # where the call was

    @property
    def typed(self) -> str:
        return "".join(one.key for one in self.keys)


def mark_secrets(bursts: Iterable[Burst], secrets: Mapping[str, Sequence[tuple[str, str]]], person: str) -> None:
    """Tells each key which secret it is part of. ``person``: the handle of the caller, "" when nobody said."""
    keys = [key for burst in bursts for key in burst.keys]
    if any(key.part for key in keys):
        return  # somebody knows better
    typed = "".join(key.key for key in keys)
    phoning = {person}
    for secret, owners in secrets.items():
        if len(secret) >= _SHORTEST_NUMBER and _mark(keys, typed, secret):
            phoning |= {handle for _, handle in owners}
    for secret, owners in secrets.items():
        if ("password" in {kind for kind, handle in owners if handle in phoning}) and secret in typed:
            _mark(keys, typed, secret)


def _mark(keys: Sequence[Key], typed: str, secret: str) -> bool:
    """Whether the secret was typed, in keys that are part of no other."""
    found = False
    start = typed.find(secret)
    while start >= 0:
        stretch = keys[start : start + len(secret)]
        if not any(key.part for key in stretch):
            found = True
            for number, key in enumerate(stretch):
                key.part = (secret, number)
        start = typed.find(secret, start + len(secret))
    return found
