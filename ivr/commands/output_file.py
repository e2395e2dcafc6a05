"""``-o FILE`` of the commands that make a text: to the file, or to standard output."""

from __future__ import annotations

from pathlib import Path

import click

from ivr.errors import UsageError


def write_text(text: str, output: str | None) -> None:
    """UTF-8 with ``\\n`` line ends, on every system. Raises UsageError when the file cannot be written."""
    if output is None or output == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{output}: cannot be written ({reason}); name another file") from None
