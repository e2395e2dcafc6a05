"""Files that commands write where their user says."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import click

from ivr.errors import UsageError


def must_be_writable(file: Path) -> None:
    """Raises UsageError before the work is done rather than after it."""
    folder = file.parent
    if not folder.is_dir():
        raise UsageError(f"{file}: cannot be written (there is no folder {folder}); make it first")
    if not os.access(file if file.exists() else folder, os.W_OK):
        raise UsageError(f"{file}: cannot be written (you may not write there); name another place")


def write_text(text: str, output: str | None) -> None:
    """``-o FILE`` of the commands that make a text: to the file, or to standard output.

    UTF-8 with ``\\n`` line ends, on every system. Raises UsageError when the file cannot be written.
    """
    if output is None or output == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{output}: cannot be written ({reason}); name another file") from None


@contextmanager
def appearing(file: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """A file that gets its name when all is in it; if that fails, what was there stays. Raises UsageError.

    ``private``: it is its owner's alone. What is no file, such as a pipe or a device, is written to as it is.
    """
    try:
        if file.exists() and not file.is_file():
            with file.open("wb") as there:
                yield there
            return
        place = file.resolve()  # a link stays one
        new = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        descriptor = os.open(
            new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600 if private else 0o666
        )
        try:
            with os.fdopen(descriptor, "wb") as written:
                yield written
            new.replace(place)
        except BaseException:
            with suppress(OSError):
                new.unlink()
            raise
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror or error}); name another place") from None
