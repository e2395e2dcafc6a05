"""How far long work has come: a bar on a terminal, nothing where nobody watches."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


def progress_bar(length: int, label: str, *, shown: bool = True) -> ProgressBar[Any]:
    """A bar of ``length`` steps on standard error; ``shown`` is False where even a terminal should see none."""
    hidden = not (shown and sys.stderr.isatty())
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden)
