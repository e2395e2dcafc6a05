"""``ivr prompts``: what a hotline says: its sentences, how they sound, which were recorded, and with which voice."""

from __future__ import annotations

import click

from ivr.commands.lazy_group import LazyGroup

_SUBCOMMANDS = {
    "list": "List the prompts of a hotline, how long they take and who says them.",
    "say": "Hear one prompt, or write it to a file.",
    "render": "Speak prompts ahead of calls, and measure how long they take.",
    "check": "Find recordings that are missing, damaged, too loud, too soft or too long.",
    "voices": "List the voices of this machine, their licences, and how to get better ones.",
}


@click.group(cls=LazyGroup, help_lines=_SUBCOMMANDS, lives=("ivr.commands.prompts_{}", "{}_prompts"))
def prompts() -> None:
    """What a hotline says: its sentences, how they sound, which were recorded, and with which voice.

    \b
    Examples:
      ivr prompts voices                     which voice speaks, and how to get a better one
      ivr prompts say main.offer             hear the main menu
      ivr prompts render --all               speak everything ahead, so that no caller waits
      ivr prompts check --flow my-hotline    is every recording fit for a call?
    """
