"""``ivr calls export``: the table of all calls, or the log of one, for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from typing import Any

import click

from ivr import settings
from ivr.commands.kept_calls import database_option, latest_calls, plain, readable
from ivr.errors import UsageError


@click.command("export")
@click.argument("call_id", metavar="[ID]", required=False)
@click.option("--json", "form", flag_value="json", help="One JSON document.")
@click.option("--csv", "form", flag_value="csv", help="A table.")
@click.option("--jsonl", "form", flag_value="jsonl", default="jsonl", help="A line of JSON each; the default.")
@click.option("--script", "form", flag_value="script", help="With ID: a call script that makes the call again.")
@click.option("--flow", metavar="FLOW", help="With --script: the hotline that was phoned, unless the built-in one.")
@database_option
def export_calls(call_id: str | None, form: str, flow: str | None, database: str | None) -> None:
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
        _export((plain(row) for row in latest_calls(database, 1_000_000)), form)
        return
    from ivr.call_journal import journal_path, read_entries

    path = journal_path(settings.journal_dir(), call_id)
    with readable(path):
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
