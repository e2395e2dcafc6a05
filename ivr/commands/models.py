"""``ivr models``: the speech models on this machine: getting, choosing and testing one, giving it a hotline's words."""

from __future__ import annotations

import click

from ivr.commands.lazy_group import LazyGroup

_SUBCOMMANDS = {
    "list": "List the models that are here, and those that can be fetched.",
    "fetch": "Fetch a model of the catalogue, checked and unpacked.",
    "use": "Choose the model that calls use from now on.",
    "verify": "Check a model's files, that Vosk can use it, and its words.",
    "evaluate": "Measure how well a model understands recorded callers.",
    "calibrate": "Measure from which confidence on a model may be believed.",
    "build-graph": "Give a model the words of a hotline, without training it again.",
}


@click.group(cls=LazyGroup, help_lines=_SUBCOMMANDS, lives=("ivr.commands.models_{}", "{}_of_models"))
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
