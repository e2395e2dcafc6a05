"""``ivr calls show``: what happened in one call."""

from __future__ import annotations

import shutil

import click

from ivr import settings
from ivr.commands.counted import counted
from ivr.commands.kept_calls import readable


@click.command("show")
@click.argument("call_id", metavar="ID")
def show_calls(call_id: str) -> None:
    """What happened in the call ID (a unique beginning of it will do), step by step.

    \b
    Example:
      ivr calls show 20260302T0930
    """
    from ivr.call_journal import journal_path, read_entries, read_record
    from ivr.lines.ladder import ladder

    path = journal_path(settings.journal_dir(), call_id)
    with readable(path):
        entries, record = read_entries(path), read_record(path)
    for line in ladder(entries, shutil.get_terminal_size((100, 24)).columns):
        click.echo(line)
    click.echo(
        f"\n{record.disposition} after {record.duration_ms / 1_000:.1f} s: {counted(record.keys, 'key')},"
        f" {counted(len(record.nodes), 'node')}, {counted(record.no_inputs, 'time')} silence,"
        f" {counted(record.no_matches, 'time')} not understood"
    )
