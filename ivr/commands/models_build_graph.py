"""``ivr models build-graph``: the words of a hotline for a speech model."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import click

from ivr import settings
from ivr.errors import SpeechError, UsageError

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("build-graph")
@click.option("--flow", metavar="FLOW", help="The hotline; without it, the built-in one.")
@click.option("--model", type=_FOLDER, metavar="DIR", help="The model; without it, the one that a call would use.")
@click.option("--out", type=_FOLDER, metavar="DIR", help="Where to write; without it, a model of the hotline's name.")
@click.option("--pronunciations", type=_FILE, metavar="FILE", help="YAML: how words sound, as '重听: chong ting'.")
@click.option("--word-cost", type=float, metavar="X", help="Of beginning a word; negative is a bonus.")
@click.option("--unknown-cost", type=float, metavar="X", help="Of beginning what is no word; more rejects less.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def build_graph_of_models(
    flow: str | None,
    model: Path | None,
    out: Path | None,
    pronunciations: Path | None,
    word_cost: float | None,
    unknown_cost: float | None,
    as_json: bool,
) -> None:
    """Give a model the words of a hotline, without training it again.

    Every phrase of the document, everything that callers say in any hotline, and the common words of Mandarin become
    words of the model, pronounced by a dictionary and a list of exceptions. It takes seconds. Only the model that ships
    and its offspring can be given words; the official ones bring their own and keep them. The model itself stays as it
    is: a copy gets the words, in the data folder or where --out says. Phrases that sound alike and lead to different
    places are warned of.

    \b
    Examples:
      ivr models build-graph --flow my-hotline                   and then: ivr models use my-hotline
      ivr models build-graph --flow my-hotline --pronunciations my-hotline/pronunciations.yaml --out my-model
    """
    from ivr.hotlines import open_hotline
    from ivr.speech.alike import sounding_alike
    from ivr.speech.graph_building import build_graph
    from ivr.speech.model_choice import chosen_model
    from ivr.speech.pronouncing import load_pronouncing
    from ivr.speech.word_graph import GraphCosts

    source = model or chosen_model()
    if source is None:
        raise UsageError("there is no speech model to give words to; name one with --model")
    _require_our_model(source)
    try:
        costs = GraphCosts.of_model(source)
    except (ValueError, TypeError) as error:
        raise SpeechError(f"{source / 'graph' / 'costs.json'}: is damaged ({error}); delete it") from None
    if word_cost is not None:
        costs = replace(costs, word=word_cost)
    if unknown_cost is not None:
        costs = replace(costs, unknown=unknown_cost)
    hotline, pronouncing = open_hotline(flow), load_pronouncing(pronunciations)
    target = out or settings.models_dir() / hotline.flow.hotline
    _copy_sounds(source, target)
    built = build_graph(hotline, pronouncing, target / "graph", costs)
    alike = sounding_alike(hotline, pronouncing)
    if as_json:
        told = {"model": str(target), **asdict(built), "sounding_alike": [asdict(problem) for problem in alike]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for problem in alike:
        click.echo(f"warning: {problem}", err=True)
    click.echo(
        f"{target}: {built.words} words in {built.pronunciations} pronunciations, "
        f"with all {built.phrases} phrases of {hotline.flow.title}"
    )
    if target != chosen_model():
        click.echo(f"use it in calls: ivr models use {target if out else target.name}")


def _require_our_model(folder: Path) -> None:
    from ivr.speech.phones import phone_names

    if not (folder / "am" / "final.mdl").is_file():
        raise UsageError(f"{folder}: is no speech model (no am/final.mdl); name a model's folder with --model")
    phones = folder / "graph" / "phones.txt"
    ours = "".join(f"{name} {number}\n" for number, name in enumerate(("<eps>", *phone_names())))
    if not phones.is_file() or phones.read_text("utf-8", errors="replace") != ours:
        raise UsageError(f"{folder}: this model was not made here, so its sounds are not ours; it keeps its own words")


def _copy_sounds(source: Path, target: Path) -> None:
    """All of a model but its graph."""
    if target.exists() and target.samefile(source):
        return
    if target.exists() and any(target.iterdir()) and not (target / "am" / "final.mdl").is_file():
        raise UsageError(f"{target}: is not empty and no speech model; name an empty or a new folder")
    try:
        shutil.copytree(
            source, target, dirs_exist_ok=True, ignore=lambda at, _: {"graph"} if Path(at) == source else set()
        )
    except (OSError, shutil.Error) as error:
        raise UsageError(f"{target}: cannot be written ({error}); name another place") from None
