"""One small wrong change to a hotline, and how it is applied to the data of the document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from ivr.callflow.document import FlowDocument
from ivr.callflow.hotline import DocumentPath, Place
from ivr.callflow.values import Model


class _Gone(Enum):
    """Instead of a value: there is none any more. An enumeration stays itself when it is sent between processes."""

    GONE = "gone"


REMOVED = _Gone.GONE


class Change(NamedTuple):
    """What is changed, before anybody has looked up where it is written."""

    kind: str
    what: str
    changes: tuple[tuple[DocumentPath, Any], ...]  # (path of attributes and keys, new value)
    touches: frozenset[str]  # coverage goals


@dataclass(frozen=True, slots=True)
class Mutation:
    kind: str
    what: str  # in words, such as ``main: keys 1 and 2 swapped``
    place: Place
    changes: tuple[tuple[DocumentPath, Any], ...]  # (path of attributes and keys, new value)
    touches: frozenset[str]  # coverage goals

    def apply(self, flow: FlowDocument) -> FlowDocument:
        """A copy of the document with the change."""
        for path, value in self.changes:
            flow = _changed(flow, path, value)
        return flow


def value_at(part: Any, path: DocumentPath) -> Any:
    """What the document says there; None when it says nothing."""
    for step in path:
        if isinstance(part, Model):
            part = getattr(part, str(step), None)
        elif isinstance(part, dict):
            part = part.get(step)
        elif isinstance(part, tuple) and isinstance(step, int):
            part = part[step]
        else:
            return None
    return part


def _changed(part: Any, path: DocumentPath, value: Any) -> Any:
    """A copy that differs at ``path`` only."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(part, Model):
        name = str(step)
        return part.model_copy(update={name: _changed(getattr(part, name), rest, value)})
    if isinstance(part, dict):
        if not rest and value is REMOVED:
            return {key: one for key, one in part.items() if key != step}
        return {**part, step: _changed(part.get(step), rest, value)}
    number = int(step)
    return (*part[:number], _changed(part[number], rest, value), *part[number + 1 :])
