"""``ivr models list``: the speech models that are here, and those that can be had."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ivr import settings


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--catalogue",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A catalogue of your own instead of the shipped one.",
)
def list_of_models(as_json: bool, catalogue: Path | None) -> None:
    """List the speech models that are here, and those that can be fetched; * is the one that calls use.

    \b
    Examples:
      ivr models list
      ivr models list --json
    """
    rows = list(_rows(catalogue))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        size = f"{row['size'] / 1e6:.0f} MB" if row["size"] else ""
        mark = "*" if row["in_use"] else " "
        click.echo(
            f"{mark} {row['name']:<{width}}  {row['state']:<8}  {size:>6}  {row['language']:<6}  {row['licence']}"
        )
        if row["note"]:
            click.echo(f"  {'':<{width}}  {row['note']}")
        if row["path"]:
            click.echo(f"  {'':<{width}}  {row['path']}")
    if not any(row["in_use"] for row in rows):
        click.echo("no model is used: speech is off. Get one: ivr models fetch vosk-model-small-cn-0.22")


def _rows(catalogue: Path | None) -> Iterator[dict[str, Any]]:
    from ivr.speech.model_catalogue import load_catalogue
    from ivr.speech.model_choice import model_choice

    choice = model_choice()
    used = choice.path if choice else None
    shown = set()
    for model in load_catalogue(catalogue).values():
        folder = settings.models_dir() / model.name if model.source else settings.shipped("models") / model.name
        here = (folder / "am" / "final.mdl").is_file()
        state = "here" if here else "to fetch" if model.source else "not here"
        shown.add(folder)
        yield {
            "name": model.name,
            "state": state,
            "in_use": used == folder,
            "because": choice.because if choice and used == folder else "",
            "size": _size(folder) if here else model.source.size if model.source else None,
            "language": model.language,
            "licence": model.licence,
            "note": model.note,
            "path": str(folder) if here else "",
        }
    others = {file.parent.parent for file in settings.models_dir().glob("*/am/final.mdl")} | ({used} if used else set())
    for folder in sorted(others - shown):
        yield {
            "name": folder.name,
            "state": "here" if folder.is_dir() else "gone",
            "in_use": used == folder,
            "because": choice.because if choice and used == folder else "",
            "size": _size(folder),
            "language": "",
            "licence": "",
            "note": "",
            "path": str(folder),
        }


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
