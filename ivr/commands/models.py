"""``ivr models``: the speech models on this machine: getting, choosing and testing one, giving it a hotline's words."""

from __future__ import annotations

from importlib import import_module

import click

_SUBCOMMANDS = {
    "list": "List the models that are here, and those that can be fetched.",
    "fetch": "Fetch a model of the catalogue, checked and unpacked.",
    "use": "Choose the model that calls use from now on.",
    "verify": "Check a model's files, that Vosk can use it, and its words.",
    "evaluate": "Measure how well a model understands recorded callers.",
    "calibrate": "Measure from which confidence on a model may be believed.",
    "build-graph": "Give a model the words of a hotline, without training it again.",
}


class _LazySubcommands(click.Group):
    """Each is imported when it is invoked: some need numpy, some need the network, most need neither."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _SUBCOMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command = getattr(import_module(f"ivr.commands.models_{name}"), f"{name}_of_models")
        assert isinstance(command, click.Command)  # noqa: S101 - a promise between our own modules
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUBCOMMANDS.items()))


@click.group(cls=_LazySubcommands)
def models() -> None:
    """Speech models: what understands the caller's voice.

    A call uses the model that IVR_SPEECH_MODEL names, else the one chosen with 'ivr models use', else the small one
    that ships with the program, else the official one if it was fetched. Without any, speech is off and keys work.

    \b
    Examples:
      ivr models list
      ivr models fetch vosk-model-small-cn-0.22
      ivr models use vosk-model-small-cn-0.22
      ivr models verify
      ivr models evaluate --data recordings
      ivr models build-graph --flow my-hotline
    """
