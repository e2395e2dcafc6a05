"""``ivr calls purge``: deletes the records and recordings of old calls."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from ivr import settings
from ivr.commands.counted import counted
from ivr.commands.kept_calls import database_option, open_rows
from ivr.errors import UsageError


@click.command("purge")
@click.option("--older-than", "age", metavar="AGE", help="Such as 90d or 12h; by default IVR_RETENTION_DAYS.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@database_option
def purge_calls(age: str | None, yes: bool, database: str | None) -> None:
    """Delete the records, journals and recordings of calls that are older than AGE.

    The sound of calls, recordings and spoken messages, goes by itself: each new call deletes what is older than
    IVR_RETENTION_DAYS. Records stay until they are purged.

    \b
    Examples:
      ivr calls purge
      ivr calls purge --older-than 30d --yes
    """
    from ivr.call_retention import calls_before, delete_call

    before = datetime.now(UTC) - _age(age)
    folder = settings.journal_dir()
    old = calls_before(folder, before)
    if not yes:
        click.confirm(
            f"delete {counted(len(old), 'call')} made before {before.astimezone():%Y-%m-%d %H:%M}?", abort=True
        )
    for call_id in old:
        try:
            delete_call(folder, call_id)
        except OSError as error:
            raise UsageError(f"{error.filename}: cannot be deleted ({error.strerror}); free it and try again") from None
    open_rows(database).purge_calls(f"{before:%Y-%m-%dT%H:%M:%SZ}")
    click.echo(f"deleted {counted(len(old), 'call')}")


def _age(text: str | None) -> timedelta:
    if text is None:
        return timedelta(days=settings.retention_days())
    match = re.fullmatch(r"(\d{1,5})([dh])", text)
    if match is None:
        raise UsageError(f"{text!r} is no age; write days or hours, such as 90d or 12h")
    return timedelta(**{"days" if match[2] == "d" else "hours": int(match[1])})
