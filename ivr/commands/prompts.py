"""``ivr prompts``: what a hotline says: its sentences, how they sound, which were recorded, and with which voice."""

from __future__ import annotations

from importlib import import_module

import click

_SUBCOMMANDS = {
    "list": "List the prompts of a hotline, how long they take and who says them.",
    "say": "Hear one prompt, or write it to a file.",
    "render": "Speak prompts ahead of calls, and measure how long they take.",
    "check": "Find recordings that are missing, damaged, too loud, too soft or too long.",
    "voices": "List the voices of this machine, their licences, and how to get better ones.",
}


class _LazySubcommands(click.Group):
    """Each is imported when it is invoked: most need numpy, which keypad calls do without."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _SUBCOMMANDS:
            return None
        command = getattr(import_module(f"ivr.commands.prompts_{cmd_name}"), f"{cmd_name}_prompts")
        assert isinstance(command, click.Command)  # noqa: S101 - a promise between our own modules
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUBCOMMANDS.items()))


@click.group(cls=_LazySubcommands)
def prompts() -> None:
    """What a hotline says: its sentences, how they sound, which were recorded, and with which voice.

    \b
    Examples:
      ivr prompts voices                     which voice speaks, and how to get a better one
      ivr prompts say main.offer             hear the main menu
      ivr prompts render --all               speak everything ahead, so that no caller waits
      ivr prompts check --flow my-hotline    is every recording fit for a call?
    """
