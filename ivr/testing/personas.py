"""Who phones: kinds of callers as numbers. Invented for the simulation, not measured on people.

Times are in milliseconds, the rest are probabilities from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr.errors import UsageError


@dataclass(frozen=True, slots=True)
class Persona:
    name: str
    thinking_ms: int  # median time from knowing what to do to doing it
    pace_ms: int  # median time between two keys
    knows_menu: float  # presses before the key has been said
    wrong_key: float  # for each key: its neighbour instead
    stays_silent: float  # for each question: says and presses nothing
    speaks: float  # says what they want rather than pressing it
    says_numbers: float  # of those who speak: says numbers, too, rather than keying them
    heard_right: float  # the recogniser understands an utterance as it was meant
    heard_nothing: float  # it hears speech and rejects it; what is left is taken for another phrase
    patience_ms: int  # median time after which they hang up, whatever happens
    queue_patience_ms: int  # the same for waiting in a queue
    quits_after_failure: float  # hangs up after a "please try again"
    wants_agent: float  # phones for a human
    odd_person: float  # asks for something that their own account does not give


PERSONAS: Mapping[str, Persona] = {
    one.name: one
    for one in (
        Persona("regular", 900, 350, 0.15, 0.010, 0.02, 0.2, 0.3, 0.92, 0.04, 240_000, 90_000, 0.04, 0.10, 0.08),
        Persona("senior", 2_500, 1_100, 0.02, 0.030, 0.08, 0.3, 0.6, 0.82, 0.10, 420_000, 180_000, 0.03, 0.35, 0.10),
        Persona("impatient", 500, 220, 0.40, 0.020, 0.01, 0.1, 0.2, 0.90, 0.05, 75_000, 25_000, 0.20, 0.25, 0.08),
        Persona("expert", 350, 180, 0.95, 0.005, 0.00, 0.0, 0.0, 0.95, 0.03, 240_000, 60_000, 0.02, 0.03, 0.02),
        Persona("noisy", 1_000, 400, 0.15, 0.020, 0.03, 0.9, 0.5, 0.60, 0.25, 240_000, 90_000, 0.06, 0.10, 0.08),
    )
}
PERFECT = Persona("perfect", 300, 200, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 36_000_000, 36_000_000, 0.0, 0.0, 0.0)
"""Who makes no mistake and never gives up: shows what can be reached at all."""

Mix = tuple[tuple[str, float], ...]

_ROUNDING = 1e-9


def parse_mix(text: str) -> Mix:
    """``senior=0.3,impatient=0.2`` -> shares that add up to 1; what is left goes to ``regular``. Raises UsageError."""
    shares = parse_shares("--mix", text, _known_persona, "senior=0.3")
    left = 1 - sum(shares.values())
    if left > _ROUNDING:
        shares["regular"] = shares.get("regular", 0.0) + left
    return tuple((name, share) for name, share in shares.items() if share > 0)


def parse_shares(option: str, text: str, named: Callable[[str], str], example: str) -> dict[str, float]:
    """``a=0.3,b=0.2`` -> shares by name, together at most 1. ``named`` gives the name proper, or raises UsageError."""
    shares: dict[str, float] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        written, _, number = part.partition("=")
        name = named(written.strip())
        try:
            share = float(number)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1 or name in shares:
            raise UsageError(f"{option}: {part!r} needs one share from 0 to 1, such as {example}, and each name once")
        shares[name] = share
    total = sum(shares.values())
    if total > 1 + _ROUNDING:
        raise UsageError(f"{option}: the shares add up to {total:g}; make them 1 or less")
    return shares


def _known_persona(name: str) -> str:
    if name not in PERSONAS:
        raise UsageError(f"--mix: there is no persona {name!r}; the personas are {', '.join(PERSONAS)}")
    return name
