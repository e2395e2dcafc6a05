"""The slots of a prompt's wording: ``{fact.name:type}``, and what of a wording is not one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from ivr.callflow.values import SlotType

SLOT_TYPES: tuple[str, ...] = get_args(SlotType)
_SLOT = re.compile(r"\{([a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+):([a-z-]+)\}")
_BRACED = re.compile(r"\{[^{}]*\}?|\}")

LINE = "line."


@dataclass(frozen=True, slots=True)
class Slot:
    fact: str  # "line.…" speaks of the line of an ``each``
    type: str  # one of SLOT_TYPES

    @property
    def line_field(self) -> str:
        """The field of the line, "" for any other fact."""
        return self.fact.removeprefix(LINE) if self.fact.startswith(LINE) else ""


def slots_of(text: str) -> tuple[Slot, ...]:
    """The well-formed slots, in order."""
    if "{" not in text:
        return ()
    return tuple(Slot(*match) for match in _SLOT.findall(text) if match[1] in SLOT_TYPES)


def malformed_slots(text: str) -> list[str]:
    """The parts with braces that are not slots."""
    if "{" not in text and "}" not in text:
        return []
    left = _SLOT.sub(lambda match: "" if match[2] in SLOT_TYPES else match[0], text)
    return _BRACED.findall(left)


def without_slots(text: str, stand_in: str = "") -> str:
    """The wording with every slot replaced."""
    return _SLOT.sub(stand_in, text) if "{" in text else text
