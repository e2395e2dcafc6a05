"""Groups of commands that are imported when they are invoked, so that help and completion are instant.

A table carries each command's line of help, and a rule says where the command itself lives.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """``help_lines``: a line for each command, by name. ``lives``: its module and its name there.

    In both parts of ``lives``, ``{}`` stands for the command's name with underscores.
    """

    def __init__(self, *args: Any, help_lines: Mapping[str, str], lives: tuple[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._help_lines = help_lines
        self._module, self._name = lives

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._help_lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in self._help_lines:
            return None
        name = cmd_name.replace("-", "_")
        command = getattr(import_module(self._module.format(name)), self._name.format(name))
        assert isinstance(command, click.Command)  # noqa: S101 - a promise between our own modules, not a user's input
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does. Raises UsageError for an unknown command, with the one that was probably meant."""
        near = get_close_matches(args[0], self._help_lines, n=1)
        if near and args[0] not in self._help_lines and not ctx.resilient_parsing:
            ctx.fail(f"no such command '{args[0]}'; did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(self._help_lines.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [
            CompletionItem(name, help=said) for name, said in self._help_lines.items() if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)
