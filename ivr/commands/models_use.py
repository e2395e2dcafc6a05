"""``ivr models use``: which speech model calls use from now on."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from ivr import settings
from ivr.errors import SpeechError, UsageError

_DIGITS: Final = "零一二三四五六七八九"
_TOLD: Final = 3  # of what it lacks


@click.command("use")
@click.argument("model", metavar="[DIR|NAME]", required=False)
@click.option("--default", "forget", is_flag=True, help="Forget the choice: use what ships, or what was fetched.")
@click.option("--flow", metavar="FLOW", help="The hotline whose words it should have; without it, the built-in one.")
@click.option("--force", is_flag=True, help="Take the model without trying it.")
def use_of_models(model: str | None, forget: bool, flow: str | None, force: bool) -> None:
    """Choose the speech model that calls use from now on, by its folder or by the name of a fetched one.

    The choice is remembered in the data folder. Without arguments, says what is used now and why. A model is tried
    first: one that cannot be loaded, or knows nothing that the hotline offers, is not taken; what it lacks is told.

    \b
    Examples:
      ivr models use my-model
      ivr models use vosk-model-small-cn-0.22
      ivr models use my-model --flow my-hotline
      ivr models use --default
    """
    from ivr.speech.model_choice import model_choice, use_model
    from ivr.speech.model_folder import open_model_folder

    if model is not None and forget:
        raise UsageError("name a model, or say --default; not both")
    if forget:
        use_model(None)
    elif model is not None:
        folder = open_model_folder(_folder(model)).path
        if not force:
            _try_out(folder, flow)
        use_model(folder)
    choice = model_choice()
    if choice is None:
        click.echo("no speech model; speech is off. See 'ivr models list'")
        return
    click.echo(f"{choice.path} ({choice.because})")
    if settings.speech_model() is not None and (model is not None or forget):
        click.echo("your choice is remembered, but as long as IVR_SPEECH_MODEL is set, that counts", err=True)


def _try_out(folder: Path, flow: str | None) -> None:
    """Tells what the model lacks for the hotline. UsageError for one that is no use to it, or that Vosk cannot load."""
    from ivr.commands.sound_setup import require_numpy
    from ivr.hotlines import open_hotline

    hotline = open_hotline(flow)
    require_numpy()
    from ivr.speech.grammar import words_of
    from ivr.speech.vocabulary import phrases_of
    from ivr.speech.vocabulary_lint import unknown_words
    from ivr.speech.vosk_recogniser import VoskRecogniser

    recogniser = VoskRecogniser(folder, settings.checks_dir())
    try:
        recogniser.load()
    except SpeechError as error:
        raise UsageError(f"{error}; or take it untried: --force") from None
    if not any(words_of(phrase, recogniser.knows) for phrase in (*phrases_of(hotline), *_DIGITS)):
        raise UsageError(
            f"{folder}: has no words for anything that {hotline.flow.title} offers; is it a Mandarin model? "
            "Choose another (ivr models list), or take it all the same: --force"
        )
    unknown = list(unknown_words(hotline, recogniser.knows))
    if unknown:
        told = "; ".join(one.what for one in unknown[:_TOLD]) + ("; …" if len(unknown) > _TOLD else "")
        click.echo(
            f"this model cannot hear all of {hotline.flow.title}: {told} (ivr models verify says more)", err=True
        )


def _folder(model: str) -> Path:
    """A folder is taken at its word; a bare name may be one of the fetched or shipped models."""
    here = Path(model).expanduser()
    if here.is_dir() or here.name != model:
        return here
    for parent in (settings.models_dir(), settings.shipped("models")):
        if (parent / model).is_dir():
            return parent / model
    raise UsageError(f"{model}: is no folder, and no model of this name is here; see 'ivr models list'")
