"""``ivr models calibrate``: measures from which confidence on a speech model may be believed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr import settings

if TYPE_CHECKING:
    from ivr.speech.evaluation.calibration import Calibration

_FOLDER = click.Path(path_type=Path, file_okay=False)
_CONDITIONS = ("16k", "8k", "16k-white-20", "8k-white-20", "8k-babble-15")


@click.command("calibrate")
@click.argument("model", metavar="DIR", type=_FOLDER)
@click.option("--data", type=_FOLDER, required=True, metavar="DIR", help="Recordings, with an utterances.tsv.")
@click.option("--condition", "names", multiple=True, metavar="NAME", help="Such as 8k-white-15; may be repeated.")
@click.option("-j", "workers", type=click.IntRange(1, 64), default=1, metavar="N", help="Hear N at once.")
@click.option("--dry-run", is_flag=True, help="Only say what the bands would be.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def calibrate_of_models(
    model: Path, data: Path, names: tuple[str, ...], workers: int, dry_run: bool, as_json: bool
) -> None:
    """Measure from which confidence on the speech model in DIR may be believed, and keep that beside it.

    The bands go into bands.json in the model's folder: below 'reject' the caller is asked again, from 'accept' on a
    result is taken at once, between the two it is confirmed. Use recordings of voices that the model was not trained
    on, and evaluate it on others afterwards. The table is that of 'ivr models evaluate'; it needs words that nobody
    offers (kind oov), and best some noise, too.

    \b
    Examples:
      ivr models calibrate my-model --data recordings
      ivr models calibrate my-model --data recordings --condition 8k --dry-run
    """
    from ivr.speech.confidence_bands import write_bands
    from ivr.speech.evaluation.calibration import UNBANDED, bands_of, calibrated
    from ivr.speech.evaluation.conditions import condition
    from ivr.speech.evaluation.hearing import Examination
    from ivr.speech.evaluation.spoken import spoken_in
    from ivr.speech.vosk_recogniser import VoskRecogniser

    conditions = [condition(name) for name in names or _CONDITIONS]
    recordings = spoken_in(data)
    recogniser = VoskRecogniser(model, settings.checks_dir(), UNBANDED)
    examination = Examination(recogniser, recordings)
    with (
        click.progressbar(
            length=len(examination.tasks) * len(conditions),
            label="heard",
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar,
        closing(examination.hear(conditions, workers, lambda: bar.update(1))) as hearing,
    ):
        found = calibrated(list(hearing))
    voices = sorted({one.voice for one in recordings})
    measured = (
        f"on {len(recordings)} recordings of {len(voices)} voices ({', '.join(voices)}) "
        f"under {', '.join(map(str, conditions))}"
    )
    if not dry_run:
        write_bands(model, bands_of(found), measured)
    if as_json:
        bands = [asdict(one) for one in found]
        click.echo(json.dumps({"measured": measured, "written": not dry_run, "kinds": bands}, indent=2))
        return
    click.echo(f"{model}: {measured}")
    for line in _told(found):
        click.echo(line)


def _told(found: Sequence[Calibration]) -> Iterator[str]:
    for one in found:
        if not one.measured:
            yield f"{one.kind}: too few results ({one.results}) to draw a band from; the cautious one holds"
            continue
        yield (
            f"{one.kind}: reject below {one.band.reject:.2f}, accept from {one.band.accept:.2f}; "
            f"of what was heard right {one.turned_away:.1%} is turned away and {one.asked_back:.1%} confirmed; "
            f"{one.strangers:.1%} of other words and noise are let in; {one.mistakes:.1%} of what is taken is wrong"
        )
