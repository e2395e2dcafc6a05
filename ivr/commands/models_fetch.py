"""``ivr models fetch``: gets a speech model of the catalogue onto this machine."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from ivr import settings
from ivr.errors import SpeechError, UsageError
from ivr.file_lock import try_lock

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
    with _alone_with(folder):
        if archive is not None:
            unpack(archive, folder)
        else:
            packed = settings.models_dir() / f"{name}.zip"
            hidden = not sys.stderr.isatty()
            with click.progressbar(length=source.size, label=name, file=sys.stderr, hidden=hidden) as bar:
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


@contextlib.contextmanager
def _alone_with(folder: Path) -> Iterator[None]:
    """Raises ``SpeechError`` while another process fetches the same: both would write the same files."""
    file = folder.with_name(f".{folder.name}.fetching")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = file.open("wb")
    except OSError as error:
        raise SpeechError(f"{file}: cannot be written ({error.strerror or error}); free some space") from None
    with lock:
        if not try_lock(lock.fileno(), without_locks=True):
            raise SpeechError(f"{folder.name}: another process is fetching it; wait until that has ended")
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows keeps an open file; an empty one that is left does no harm
                file.unlink()
