"""``ivr completion``: the completion script of a shell, on stdout."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ivr.errors import UsageError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    Examples:
      eval "$(ivr completion bash)"                               in ~/.bashrc
      eval "$(ivr completion zsh)"                                in ~/.zshrc
      ivr completion fish > ~/.config/fish/completions/ivr.fish
    """
    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"this version of click completes no {shell}; update it with: pip install -U click")
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, "ivr", "_IVR_COMPLETE").source())
