"""``ivr calls list``: the latest calls."""

from __future__ import annotations

import json
from datetime import datetime

import click

from ivr.commands.kept_calls import database_option, latest_calls, plain


@click.command("list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@database_option
def list_calls(limit: int, as_json: bool, database: str | None) -> None:
    """The latest calls, newest first.

    \b
    Examples:
      ivr calls list --limit 5
      ivr calls list --json | jq '.[0].id'
    """
    rows = latest_calls(database, limit)
    if as_json:
        click.echo(json.dumps([plain(row) for row in rows], ensure_ascii=False, indent=2))
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
