"""Opening a hotline by what a user wrote: nothing (the built-in one), a folder, or a file."""

from __future__ import annotations

from pathlib import Path

from ivr import settings
from ivr.callflow.hotline import Hotline
from ivr.callflow.loading import load_hotline
from ivr.errors import UsageError


def open_hotline(path: str | Path | None = None) -> Hotline:
    """Loads a hotline with the shipped prompts as its ``builtin:`` catalogue.

    Raises UsageError when there is no such document, DocumentError with all its problems when it is wrong.
    """
    chosen = None if path is None else Path(path)
    if chosen is not None:
        _require_document(chosen)
    return load_hotline(chosen, settings.shipped("prompts"))


def _require_document(path: Path) -> None:
    try:
        is_folder, exists = path.is_dir(), path.exists()
        has_flow = is_folder and (path / "flow.yaml").is_file()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError(f"{path}: cannot be read ({error}); name a flow document or a hotline's folder") from None
    if is_folder and not has_flow:
        raise UsageError(f"{path}: this folder has no flow.yaml; name a hotline's folder, or make one with 'ivr new'")
    if not exists:
        raise UsageError(f"{path}: no such file; name a flow document, or make one with 'ivr new'")
