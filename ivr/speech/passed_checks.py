"""Remembers what came through a costly check, so that it is not checked again before it changes.

What is remembered is a name that changes with what was checked: sizes and times of files, say. Where nothing can be
remembered, everything is checked each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path


class PassedChecks:
    """``folder``: shared by all programs of one user, may be deleted at any time; None to remember nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def __contains__(self, name: str) -> bool:
        return self._folder is not None and self._file(self._folder, name).is_file()

    def add(self, name: str) -> None:
        if self._folder is not None:
            with suppress(OSError):  # it is checked again next time
                self._folder.mkdir(parents=True, exist_ok=True)
                self._file(self._folder, name).touch()

    def _file(self, folder: Path, name: str) -> Path:
        return folder / f"{sha256(name.encode()).hexdigest()}.passed"


def identity(what: str, files: Iterable[Path]) -> str:
    """A name for files as they are now. Raises OSError."""
    states = [(str(file.resolve()), file.stat()) for file in files]
    return ";".join([what, *(f"{path} {state.st_size} {state.st_mtime_ns}" for path, state in states)])
