"""``ivr calls``: the records of calls made on this machine, from the database and their journals."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ivr import settings
from ivr.commands.counted import counted
from ivr.errors import AccountsError, UsageError

if TYPE_CHECKING:
    from ivr.accounts.call_rows import CallRow, CallRows


@click.group()
def calls() -> None:
    """List, show, export and purge the records of calls.

    \b
    Examples:
      ivr calls list --limit 5
      ivr calls show 20260302T0930
      ivr calls export --csv > calls.csv
      ivr calls play 20260302T0930
      ivr calls purge --older-than 30d --yes

    Numbers are kept as their last four digits, passwords never.
    """


_as_json = click.option("--json", "as_json", is_flag=True, help="For programs.")
_database = click.option("--database", metavar="URL", help="The accounts database with the table of calls.")


@calls.command("list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many.")
@_as_json
@_database
def list_calls(limit: int, as_json: bool, database: str | None) -> None:
    """The latest calls, newest first.

    \b
    Examples:
      ivr calls list --limit 5
      ivr calls list --json | jq '.[0].id'
    """
    rows = _latest(database, limit)
    if as_json:
        click.echo(json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("no calls yet; make one with 'ivr call'")
        return
    click.echo(
        f"{'id':<24}  {'made at':<16}  {'lasted':>7}  {'caller':<6}  {'person':<6}"
        f"  {'nodes':>5}  {'how it ended':<12}  hotline"
    )
    for row in rows:
        made = datetime.fromisoformat(row.started_at).astimezone()
        lasted = f"{row.duration_ms // 60_000}:{row.duration_ms // 1_000 % 60:02}"
        click.echo(
            f"{row.id:<24}  {made:%Y-%m-%d %H:%M}  {lasted:>7}  {row.caller_tail:<6}  {row.person or '':<6}"
            f"  {row.nodes:>5}  {row.disposition:<12}  {row.flow}"
        )


@calls.command(short_help="What happened in one call, step by step.")
@click.argument("call_id", metavar="ID")
def show(call_id: str) -> None:
    """What happened in the call ID (a unique beginning of it will do), step by step.

    \b
    Example:
      ivr calls show 20260302T0930
    """
    from ivr.call_journal import journal_path, read_entries, read_record
    from ivr.lines.ladder import ladder

    path = journal_path(settings.journal_dir(), call_id)
    with _readable(path):
        entries, record = read_entries(path), read_record(path)
    for line in ladder(entries, shutil.get_terminal_size((100, 24)).columns):
        click.echo(line)
    click.echo(
        f"\n{record.disposition} after {record.duration_ms / 1_000:.1f} s: {counted(record.keys, 'key')},"
        f" {counted(len(record.nodes), 'node')}, {counted(record.no_inputs, 'time')} silence,"
        f" {counted(record.no_matches, 'time')} not understood"
    )


@calls.command(short_help="Play or copy the sound of one call.")
@click.argument("call_id", metavar="ID")
@click.option("--message", type=click.IntRange(1), metavar="N", help="The caller's Nth message instead.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Copy it there instead.")
@click.option("--output-device", metavar="NAME", help="The loudspeaker; see ivr devices.")
def play(call_id: str, message: int | None, out: Path | None, output_device: str | None) -> None:
    """Play the sound of the call ID, if it was recorded ('ivr call --record-audio'). Ctrl-C stops.

    \b
    Examples:
      ivr calls play 20260302T0930
      ivr calls play 20260302T0930 --message 1           what the caller left as a message
      ivr calls play 20260302T0930 --out call.wav        caller left, hotline right
    """
    from ivr.call_journal import journal_path, message_of, recording_of

    if out is not None and output_device is not None:
        raise UsageError("--out copies the sound and plays nothing; leave out either it or --output-device")
    journal = journal_path(settings.journal_dir(), call_id)
    path = recording_of(journal) if message is None else message_of(journal, message)
    if not path.exists() and message is not None:
        raise UsageError(f"{call_id}: the caller left no message {message} by voice; see 'ivr calls show {call_id}'")
    if not path.exists():
        raise UsageError(f"{call_id}: the sound of this call was not kept; record calls with: ivr call --record-audio")
    if out is None:
        from ivr.commands.playing import play_file

        play_file(path, output_device)
        return
    from ivr.commands.output_file import appearing

    with path.open("rb") as kept, appearing(out, private=True) as copy:  # it holds somebody's voice
        shutil.copyfileobj(kept, copy)
    click.echo(f"copied to {out}", err=True)


@calls.command(short_help="The table of all calls, or the log of one, for programs.")
@click.argument("call_id", metavar="[ID]", required=False)
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--csv", "form", flag_value="csv", help="A table.")
@click.option("--jsonl", "form", flag_value="jsonl", default="jsonl", help="A line of JSON each; the default.")
@click.option("--script", "form", flag_value="script", help="With ID: a call script that makes the call again.")
@click.option("--flow", metavar="FLOW", help="With --script: the hotline that was phoned, unless the built-in one.")
@_database
def export(call_id: str | None, form: str, flow: str | None, database: str | None) -> None:
    """The table of all calls, or with ID the event log of one, on standard output.

    \b
    Exit code: 0 written, 1 the script does not make the same call, 2 wrong usage.

    \b
    Examples:
      ivr calls export --csv > calls.csv
      ivr calls export 20260302T093000-1a2b3c4d --script > story.call.yaml
    """
    if flow is not None and form != "script":
        raise UsageError("--flow is the hotline of a script; add --script")
    if call_id is None:
        if form == "script":
            raise UsageError("--script writes one call; name its ID, see 'ivr calls list'")
        _export((_plain(row) for row in _latest(database, 1_000_000)), form)
        return
    from ivr.call_journal import journal_path, read_entries

    path = journal_path(settings.journal_dir(), call_id)
    with _readable(path):
        entries = read_entries(path)
    if form == "script":
        from ivr.hotlines import open_hotline
        from ivr.testing.exported_script import exported_script

        text, failure = exported_script(entries, f"call {call_id}", flow or "", open_hotline(flow).flow)
        click.echo(text, nl=False)
        if failure:
            click.echo(f"this script does not make the same call: {failure}", err=True)
            raise SystemExit(1)
        return
    _export(({"at": entry.at, "event": entry.event, **entry.data} for entry in entries), form)


@calls.command(short_help="Delete the records and recordings of old calls.")
@click.option("--older-than", "age", metavar="AGE", help="Such as 90d or 12h; by default IVR_RETENTION_DAYS.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_database
def purge(age: str | None, yes: bool, database: str | None) -> None:
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
    _open_rows(database).purge_calls(f"{before:%Y-%m-%dT%H:%M:%SZ}")
    click.echo(f"deleted {counted(len(old), 'call')}")


def _open_rows(database: str | None) -> CallRows:
    """The table of calls, with every call in it that is over. Raises AccountsError."""
    from ivr.accounts.call_rows import CallRows
    from ivr.accounts.database import open_accounts
    from ivr.call_records import bring_up_to_date

    rows = CallRows(open_accounts(database).engine)
    bring_up_to_date(rows, settings.journal_dir())
    return rows


def _latest(database: str | None, limit: int) -> list[CallRow]:
    """From the database; when that is out of order, from the journals."""
    try:
        return _open_rows(database).calls(limit)
    except AccountsError as error:
        from ivr.call_records import rows_of_journals

        click.echo(f"warning: read from the journals, because {error}", err=True)
        return rows_of_journals(settings.journal_dir())[:limit]


def _plain(row: CallRow) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(row)


def _export(records: Iterable[dict[str, Any]], form: str) -> None:
    if form == "jsonl":
        for record in records:
            click.echo(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
    elif form == "json":
        click.echo(json.dumps(list(records), ensure_ascii=False, indent=2))
    else:
        everything = list(records)
        columns = list(dict.fromkeys(name for record in everything for name in record))
        table = csv.DictWriter(sys.stdout, columns, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows({name: _cell(value) for name, value in record.items()} for record in everything)


def _cell(value: Any) -> Any:
    """A value as a spreadsheet may see it: text that a spreadsheet would run as a formula is quoted."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return f"'{value}"
    return value


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turns what a damaged or protected journal raises into an error that says so."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None


def _age(text: str | None) -> timedelta:
    if text is None:
        return timedelta(days=settings.retention_days())
    match = re.fullmatch(r"(\d{1,5})([dh])", text)
    if match is None:
        raise UsageError(f"{text!r} is no age; write days or hours, such as 90d or 12h")
    return timedelta(**{"days" if match[2] == "d" else "hours": int(match[1])})
