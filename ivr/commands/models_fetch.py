"""``ivr models fetch``: gets a speech model of the catalogue onto this machine."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from ivr import settings
from ivr.errors import SpeechError, UsageError

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("fetch")
@click.argument("name")
@click.option("--from", "archive", type=_FILE, metavar="FILE", help="An archive that is here already.")
@click.option("--url", metavar="URL", help="Another place that has the same file.")
@click.option("--catalogue", type=_FILE, metavar="FILE", help="A catalogue of your own instead of the shipped one.")
def fetch_of_models(name: str, archive: Path | None, url: str | None, catalogue: Path | None) -> None:
    """Fetch the speech model NAME of the catalogue, check it, and unpack it into the data folder.

    What was interrupted goes on where it stopped. What arrives must have the size and the SHA-256 of the catalogue,
    wherever it comes from. Proxies are those of the environment (https_proxy, no_proxy) or of the system.

    \b
    Examples:
      ivr models fetch vosk-model-small-cn-0.22
      ivr models fetch vosk-model-small-cn-0.22 --from ~/Downloads/vosk-model-small-cn-0.22.zip
      ivr models fetch vosk-model-small-cn-0.22 --url https://mirror.example/vosk-model-small-cn-0.22.zip
    """
    from ivr.speech.model_catalogue import load_catalogue
    from ivr.speech.model_choice import chosen_model
    from ivr.speech.model_download import download, is_intact
    from ivr.speech.model_folder import open_model_folder
    from ivr.speech.model_unpacking import unpack

    if archive is not None and url is not None:
        raise UsageError("say --from or --url, not both")
    known = load_catalogue(catalogue)
    if name not in known:
        raise UsageError(f"there is no model {name!r} in the catalogue; there are {', '.join(known)}")
    source = known[name].source
    if source is None:
        raise UsageError(f"{name} ships with the program; there is nothing to fetch")
    if url is not None:
        if not url.startswith(("https://", "http://")):
            raise UsageError(f"{url}: is no web address; write https://…")
        source = replace(source, url=url)
    folder = settings.models_dir() / name
    if archive is not None:
        if not archive.is_file():
            raise UsageError(f"{archive}: is not there; name the archive that you brought")
        if not is_intact(archive, source):
            raise SpeechError(f"{archive}: is not that model (its size or SHA-256 differs); bring it again")
        unpack(archive, folder)
    else:
        packed = settings.models_dir() / f"{name}.zip"
        with click.progressbar(length=source.size, label=name, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            download(source, packed, lambda there: bar.update(there - bar.pos))
        try:
            unpack(packed, folder)
        except SpeechError as error:
            raise SpeechError(f"{error}; what was downloaded is kept: the next try goes on from there") from None
        packed.unlink()
    open_model_folder(folder)
    click.echo(f"{folder}: fetched and checked; it is licensed {known[name].licence}")
    if chosen_model() != folder:
        click.echo(f"use it in calls: ivr models use {name}")
