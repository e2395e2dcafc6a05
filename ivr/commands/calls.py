"""``ivr calls``: the records of calls made on this machine, from the database and their journals."""

from __future__ import annotations

import click

from ivr.commands.lazy_group import LazyGroup

_SUBCOMMANDS = {
    "list": "The latest calls, newest first.",
    "show": "What happened in one call, step by step.",
    "play": "Play or copy the sound of one call.",
    "export": "The table of all calls, or the log of one, for programs.",
    "purge": "Delete the records and recordings of old calls.",
}


@click.group(cls=LazyGroup, help_lines=_SUBCOMMANDS, lives=("ivr.commands.calls_{}", "{}_calls"))
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
