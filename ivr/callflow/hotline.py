"""A loaded hotline: the document, its prompts, and where each part of both is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivr.callflow.document import FlowDocument
from ivr.callflow.durations import Durations
from ivr.callflow.nodes import Prompt

DocumentPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    file: str
    line: int  # 1-based


@dataclass(frozen=True, slots=True)
class Hotline:
    flow: FlowDocument
    prompts: Mapping[str, Prompt]
    folder: Path
    places: Mapping[DocumentPath, Place]  # ("nodes", "main", "choices", "account") and ("prompts", id) -> its line
    version: str = ""  # hash of all documents read, for call records
    durations: Durations = field(default_factory=Durations)  # how long its voice takes

    def place(self, *path: str | int) -> Place:
        """Where ``path`` is written; of a part that was left out, where the nearest part around it is."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return self.places.get((), Place(str(self.folder), 0))
