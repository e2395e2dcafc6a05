"""The files of a run's scripts. Hundreds of calls include the same few; what never changes is found out once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ivr.callflow.yaml_source import Source, read_yaml
from ivr.testing.script_parameters import unknown_names


class ScriptSources:
    def __init__(self) -> None:
        self._read: dict[Path, Source] = {}
        self._resolved: dict[Path, Path] = {}
        self._referring: dict[tuple[Path, int], bool] = {}

    def read(self, path: Path) -> Source:
        """Raises DocumentError when it is no YAML document."""
        known = self._read.get(path)
        if known is None:
            known = self._read[path] = read_yaml(path)
        return known

    def resolved(self, path: Path) -> Path:
        """The file that is meant, whatever links and dots lead to it."""
        known = self._resolved.get(path)
        if known is None:
            known = self._resolved[path] = path.resolve()
        return known

    def refers(self, path: Path, number: int, step: Any) -> bool:
        """Whether this step of the file refers to parameters."""
        known = self._referring.get((path, number))
        if known is None:
            known = self._referring[path, number] = any(True for _ in unknown_names(step, {}, ()))
        return known
