"""``ivr models evaluate``: how well a speech model understands recorded callers, on the line and in noise."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ivr import settings
from ivr.commands.output_file import appearing, must_be_writable
from ivr.errors import UsageError

if TYPE_CHECKING:
    from ivr.speech.evaluation.hearing import Heard
    from ivr.speech.evaluation.spoken import Spoken

_FOLDER = click.Path(path_type=Path, file_okay=False)
_SAMPLING_SEED = 12_333


@click.command("evaluate")
@click.argument("model", metavar="[DIR]", type=_FOLDER, required=False)
@click.option("--data", type=_FOLDER, required=True, metavar="DIR", help="Recordings, with an utterances.tsv.")
@click.option("--condition", "names", multiple=True, metavar="NAME", help="Such as 8k-white-15; may be repeated.")
@click.option("--voice", "voices", multiple=True, metavar="NAME", help="Only this voice; may be repeated.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N recordings of each voice and kind.")
@click.option("-j", "workers", type=click.IntRange(1, 64), default=1, metavar="N", help="Hear N at once.")
@click.option("--details", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Each result as JSON.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def evaluate_of_models(
    model: Path | None,
    data: Path,
    names: tuple[str, ...],
    voices: tuple[str, ...],
    limit: int | None,
    workers: int,
    details: Path | None,
    as_json: bool,
) -> int:
    """Measure how well a speech model understands recorded callers; without DIR, the one that a call would use.

    The recordings go through the recogniser of a call, with the grammars of a call: digits into a field, phrases into
    a menu, yes and no into a question; other words and noise into all three, to be rejected there.
    Conditions are 16k (clean) and 8k (telephone: 300-3400 Hz, mu-law), each also with noise at so many decibels
    below the speech: 16k-white-20, 8k-babble-15. Without --condition there are seven.

    utterances.tsv has a line for each recording after one with the names file, voice, kind and text; kinds are digits,
    command, oov (words that nobody offers) and nonspeech.

    \b
    Exit code: 0 it was measured, 2 it could not be, 130 interrupted (what was heard so far is reported).

    \b
    Examples:
      ivr models evaluate --data recordings
      ivr models evaluate my-model --data recordings --condition 8k --limit 20
      ivr models evaluate --data recordings --json > figures.json
    """
    from ivr.speech.evaluation.conditions import USUAL, condition
    from ivr.speech.evaluation.figures import by_condition_and_voice
    from ivr.speech.evaluation.hearing import Examination
    from ivr.speech.evaluation.report import report
    from ivr.speech.evaluation.spoken import spoken_in
    from ivr.speech.model_choice import chosen_model
    from ivr.speech.vosk_recogniser import VoskRecogniser

    folder = model or chosen_model()
    if folder is None:
        raise UsageError("there is no speech model to evaluate; name one, or see 'ivr models list'")
    conditions = [condition(name) for name in names or USUAL]
    if details is not None:
        must_be_writable(details)  # better to fail now than after an hour
    recordings = _sampled(_of_voices(spoken_in(data), voices), limit)
    recogniser = VoskRecogniser(folder, settings.checks_dir())
    weight = _weight(folder)
    examination = Examination(recogniser, recordings)
    lost = sorted({phrase for task in examination.expected.values() for phrase in recogniser.grammar(task).lost})
    heard: list[Heard] = []
    total = len(examination.tasks) * len(conditions)
    complete = True
    try:
        with (
            click.progressbar(length=total, label="heard", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
            closing(examination.hear(conditions, workers, lambda: bar.update(1))) as hearing,
        ):
            heard.extend(hearing)
    except KeyboardInterrupt:
        complete = False
    heard.sort(key=lambda one: (conditions.index(one.condition), one.spoken.path.name, one.task))
    if details is not None:
        _write_details(details, heard)
    table = by_condition_and_voice(heard)
    summary = {
        "model": str(folder), "complete": complete, "results": len(heard), "recordings": len(recordings),
        "unknown_phrases": lost, "real_time_factor": _real_time_factor(heard), **weight,
    }  # fmt: skip
    if as_json:
        figures = {name: {voice: one.as_data() for voice, one in of.items()} for name, of in table.items()}
        click.echo(json.dumps({**summary, "conditions": figures}, ensure_ascii=False, indent=2))
    else:
        for line in (*_told(summary), "", *report(table)):
            click.echo(line)
    return 0 if complete else 130


def _of_voices(recordings: Sequence[Spoken], voices: tuple[str, ...]) -> list[Spoken]:
    known = sorted({one.voice for one in recordings})
    for voice in voices:
        if voice not in known:
            raise UsageError(f"there is no voice {voice!r} in this test; there are {', '.join(known)}")
    return [one for one in recordings if not voices or one.voice in voices]


def _sampled(recordings: Sequence[Spoken], limit: int | None) -> list[Spoken]:
    """The same ones every time, in their order."""
    if limit is None:
        return list(recordings)
    groups: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(recordings):
        groups.setdefault((one.voice, one.kind), []).append(number)
    chance = random.Random(_SAMPLING_SEED)
    kept = [number for group in groups.values() for number in chance.sample(group, min(limit, len(group)))]
    return [recordings[number] for number in sorted(kept)]


def _weight(folder: Path) -> dict[str, float | None]:
    """What the model takes, measured in a process of its own."""
    from ivr.speech.model_folder import open_model_folder
    from ivr.speech.model_trial import ModelTrial

    with ModelTrial(open_model_folder(folder)) as trial:
        return asdict(trial.load())


def _real_time_factor(heard: Sequence[Heard]) -> float | None:
    sound = sum(one.sound_s for one in heard)
    return round(sum(one.cpu_s for one in heard) / sound, 4) if sound else None


def _told(summary: dict[str, Any]) -> Iterator[str]:
    yield f"{summary['model']}: {summary['results']} results of {summary['recordings']} recordings"
    memory = summary["memory_mib"]
    yield (
        f"loaded in {summary['load_s']:.2f} s"
        + (f" and {memory:.0f} MiB" if memory is not None else "")
        + f", Vosk included; {summary['real_time_factor'] or 0:.3f} s of one core for each second of sound"
    )
    if summary["unknown_phrases"]:
        yield f"not among the words of the model: {', '.join(summary['unknown_phrases'])}"
    if not summary["complete"]:
        yield "interrupted: the figures are of what was heard so far"


def _write_details(file: Path, heard: Sequence[Heard]) -> None:
    with appearing(file) as out:
        for one in heard:
            data = asdict(one) | {"condition": str(one.condition)}
            data["spoken"]["path"] = os.fspath(one.spoken.path)
            out.write(json.dumps(data, ensure_ascii=False).encode() + b"\n")
