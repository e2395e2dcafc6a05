"""``ivr models use``: which speech model calls use from now on."""

from __future__ import annotations

from pathlib import Path

import click

from ivr import settings
from ivr.errors import UsageError


@click.command("use")
@click.argument("model", metavar="[DIR|NAME]", required=False)
@click.option("--default", "forget", is_flag=True, help="Forget the choice: use what ships, or what was fetched.")
def use_of_models(model: str | None, forget: bool) -> None:
    """Choose the speech model that calls use from now on, by its folder or by the name of a fetched one.

    The choice is remembered in the data folder. Without arguments, says what is used now and why.

    \b
    Examples:
      ivr models use my-model
      ivr models use vosk-model-small-cn-0.22
      ivr models use --default
    """
    from ivr.speech.model_choice import model_choice, use_model
    from ivr.speech.model_folder import open_model_folder

    if model is not None and forget:
        raise UsageError("name a model, or say --default; not both")
    if forget:
        use_model(None)
    elif model is not None:
        use_model(open_model_folder(_folder(model)).path)
    choice = model_choice()
    if choice is None:
        click.echo("no speech model; speech is off. See 'ivr models list'")
        return
    click.echo(f"{choice.path} ({choice.because})")
    if settings.speech_model() is not None and (model is not None or forget):
        click.echo("your choice is remembered, but as long as IVR_SPEECH_MODEL is set, that counts", err=True)


def _folder(model: str) -> Path:
    """A folder is taken at its word; a bare name may be one of the fetched or shipped models."""
    here = Path(model).expanduser()
    if here.is_dir() or here.name != model:
        return here
    for parent in (settings.models_dir(), settings.shipped("models")):
        if (parent / model).is_dir():
            return parent / model
    raise UsageError(f"{model}: is no folder, and no model of this name is here; see 'ivr models list'")
