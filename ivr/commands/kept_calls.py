"""The calls that are kept: their table in the database, or as far as their journals tell, and the journal of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ivr import settings
from ivr.errors import AccountsError, UsageError

if TYPE_CHECKING:
    from ivr.accounts.call_rows import CallRow, CallRows

database_option = click.option("--database", metavar="URL", help="The accounts database with the table of calls.")


def open_rows(database: str | None) -> CallRows:
    """The table of calls, with every call in it that is over. Raises AccountsError."""
    from ivr.accounts.call_rows import CallRows
    from ivr.accounts.database import open_accounts
    from ivr.call_records import bring_up_to_date

    rows = CallRows(open_accounts(database).engine)
    bring_up_to_date(rows, settings.journal_dir())
    return rows


def latest_calls(database: str | None, limit: int) -> list[CallRow]:
    """From the database; when that is out of order, from the journals."""
    try:
        return open_rows(database).calls(limit)
    except AccountsError as error:
        from ivr.call_records import rows_of_journals

        click.echo(f"warning: read from the journals, because {error}", err=True)
        return rows_of_journals(settings.journal_dir())[:limit]


def plain(row: CallRow) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(row)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turns what a damaged or protected journal raises into an error that says so."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
