"""``python -m models.training``: the whole recipe of the hotline's speech model, from recordings to a model folder.

Theory of operation. Five stages, each of which leaves files in the work folder and takes up what is there already:
*audio* (clean speech of every source, in shards), *features* (the same under many conditions), *train* (a network, with
checkpoints), *package* (the folder that Vosk reads), *tests* (speech of voices that it never heard, to evaluate it on;
a set that is there is kept). Ctrl-C at any time loses at most the shard or the hundred steps
that were being made; the same command goes on.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from models.training.corpus import Source, make_audio, make_features, make_nothing
from models.training.espeak_voice import EspeakSpeaker
from models.training.recordings import common_words, syllable_recordings, word_recordings

if TYPE_CHECKING:
    from models.training.network import Shape
    from models.training.shards import Spoken

STAGES: Final = ("audio", "features", "train", "package", "tests")
_TAN, _WANG = "tan-words", "wang-syllables"
_QUICK_WORDS: Final = ("老师", "苹果", "天气", "朋友", "吃饭", "电影", "中国", "明天", "东西", "高兴", "衣服", "学校")


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything: shards and copies of each for each source, utterances in one, steps of both trainings.

    By default what the shipped model was made of. Kokoro speaks more slowly than people do, so its few shards are heard
    under more conditions.
    """

    shards: Mapping[str, int] = field(default_factory=lambda: {"tan": 15, "wang": 11, "espeak": 10, "kokoro": 6})
    copies: Mapping[str, int] = field(default_factory=lambda: {"tan": 2, "wang": 2, "espeak": 2, "kokoro": 8})
    per_shard: int = 200
    nothing: int = 3
    young_steps: int = 9000
    steps: int = 12000
    batch_frames: int = 3000


_FULL: Final = Amounts()
_QUICK: Final = Amounts({"espeak": 1}, {"espeak": 1}, per_shard=60, nothing=1, young_steps=20, steps=20)


class Progress:
    """One line that is overwritten on a terminal; elsewhere a line whenever a twentieth more is done."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._told: tuple[str, int] | None = None
        self._began = time.monotonic()

    def __call__(self, what: str, done: int, of: int) -> None:
        """``what`` is being made, and ``done`` of ``of`` are finished."""
        filled = 20 * done // of
        elapsed = int(time.monotonic() - self._began)
        line = f"{what:32} {'█' * filled}{'░' * (20 - filled)} {done}/{of}  {elapsed // 60}:{elapsed % 60:02}"
        if self._terminal:
            print(f"\r\033[K{line}", end="\n" if done == of else "", file=sys.stderr, flush=True)
        elif self._told != (what.split()[0], filled):
            print(line, file=sys.stderr, flush=True)
        self._told = what.split()[0], filled


def sources(recordings: Path | None, kokoro_voices: Path | None) -> list[Source]:
    """All speakers there are. Without recordings or Kokoro's voices, only espeak-ng's."""
    if recordings is None:
        return [EspeakSpeaker(_QUICK_WORDS)]
    from models.training.recorded_speaker import RecordedSpeaker

    words = common_words(recordings / _TAN)
    hers = _heard(words)
    found: list[Source] = [
        RecordedSpeaker("tan", word_recordings(recordings / _TAN).values(), hers),
        RecordedSpeaker("wang", syllable_recordings(recordings / _WANG).values(), words),
        EspeakSpeaker(words),
    ]
    if kokoro_voices is not None:
        from models.training.kokoro_voice import Kokoro

        found.append(Kokoro(kokoro_voices, words))
    return found


def _heard(words: tuple[str, ...]) -> tuple[str, ...]:
    """Those of Yue Tan's words that the training draws from; the rest of her recordings stays unheard, for tests."""
    return tuple(random.Random(8).sample(words, 2600))


def _shapes(*, quick: bool) -> tuple[Shape, Shape]:
    """A small network to begin with, and the one it grows into."""
    from ivr.speech.phones import PDF_COUNT
    from models.training.network import Shape
    from models.training.training import shapes_for_hotlines

    if not quick:
        return shapes_for_hotlines()
    return Shape(PDF_COUNT, front=32, width=48, bottleneck=16, narrow=24), Shape(
        PDF_COUNT, front=48, width=64, bottleneck=24, narrow=32
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("stages", nargs=-1, type=click.Choice(STAGES))
@click.option("--recordings", type=click.Path(exists=True, path_type=Path, file_okay=False),
              help="folder with tan-words and wang-syllables (see models/README.md)")  # fmt: skip
@click.option("--kokoro-voices", type=click.Path(exists=True, path_type=Path, file_okay=False),
              help="folder with the voices (*.bin) of the npm package kokoro-js")  # fmt: skip
@click.option("--work", type=click.Path(path_type=Path),
              help="where all is made; what is there is kept  [default: build/model or build/model-quick]")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="where the model goes  [default: WORK/hotline-cmn]")
@click.option("--minutes", type=float, help="end the training after so many minutes, whatever the steps")
@click.option("--without", metavar="VOICE", help="leave a voice out of the training, to test on it (tan, wang, …)")
@click.option(
    "--quick", is_flag=True, help="a tiny model on espeak-ng's speech in a few minutes: only to try the recipe"
)
def main(
    stages: tuple[str, ...],
    recordings: Path | None,
    kokoro_voices: Path | None,
    work: Path | None,
    out: Path | None,
    minutes: float | None,
    without: str | None,
    quick: bool,
) -> None:
    """Make the speech model: all STAGES, or those named (audio, features, train, package, tests), in that order.

    \b
    Examples:
      python -m models.training --quick
      python -m models.training --recordings ~/speech --kokoro-voices ~/kokoro-js/voices
      python -m models.training train package --without tan --work build/model
      ivr models evaluate build/model/hotline-cmn --data build/model/tests/espeak
    """
    if not quick and recordings is None and {"audio", "tests"} & set(stages or STAGES):
        raise click.UsageError("name the folder of recordings with --recordings, or try the recipe with --quick")
    amounts, progress = _QUICK if quick else _FULL, Progress()
    work = work or Path("build/model-quick" if quick else "build/model")  # never one's pieces in the other
    audio, features, trained = (
        work / "audio",
        work / "features",
        work / (f"without-{without}" if without else "trained"),
    )
    try:
        for stage in [stage for stage in STAGES if stage in (stages or STAGES)]:
            if stage == "audio":
                for source in sources(None if quick else recordings, kokoro_voices):
                    make_audio(source, audio, amounts.shards[source.name], progress, per_shard=amounts.per_shard)
            elif stage == "features":
                shards = _made(audio, "audio")
                make_features(shards, features, amounts.copies, progress)
                make_nothing(features, amounts.nothing, shards[0], progress, per_shard=amounts.per_shard)
            elif stage == "train":
                _train(_made(features, "features"), trained, amounts, progress, minutes, without, quick=quick)
            elif stage == "tests":
                _write_tests(work / "tests", None if quick else recordings, kokoro_voices, progress, quick=quick)
            else:
                _package(_made(features, "features"), trained / "checkpoint.pt", out or work / "hotline-cmn", without)
    except (OSError, RuntimeError, ValueError) as error:  # each says what is missing, and where to get it
        raise click.ClickException(str(error)) from error


def _made(folder: Path, stage: str) -> list[Path]:
    shards = sorted(folder.glob("*.npz"))
    if not shards:
        raise click.UsageError(f"{folder}: nothing is here; run the stage {stage!r} first")
    return shards


def _train(
    shards: list[Path],
    trained: Path,
    amounts: Amounts,
    progress: Progress,
    minutes: float | None,
    without: str | None,
    *,
    quick: bool,
) -> None:
    """A small network first, then the one that it grows into (see ``growing.py``)."""
    from models.training.batches import read_examples
    from models.training.growing import grown
    from models.training.training import Schedule, Trainer, load_network

    examples = read_examples(shards, without_voice=without)
    small, big = _shapes(quick=quick)
    share = amounts.young_steps / (amounts.young_steps + amounts.steps)
    begun = Schedule(amounts.young_steps, minutes and minutes * share, frames=amounts.batch_frames)
    rest = Schedule(
        amounts.steps, minutes and minutes * (1 - share), rate=1.2e-3, frames=amounts.batch_frames, hinted=False
    )
    trainer = Trainer(examples, rest, big, trained)
    if trainer.resume():
        click.echo(f"going on after step {trainer.step}", err=True)
    else:
        young = Trainer(examples, begun, small, trained / "young")
        if young.resume():
            click.echo(f"going on after step {young.step} of the small network", err=True)
        young.run(progress)
        trainer.start_from(grown(load_network(young.checkpoint, "network"), big))
    trainer.run(progress)


def _package(shards: list[Path], checkpoint: Path, out: Path, without: str | None) -> None:
    from models.training.batches import read_examples
    from models.training.packaging import size_of, write_model
    from models.training.training import load_finished

    if not checkpoint.exists():
        raise click.UsageError(f"{checkpoint}: there is no training to package; run the stage 'train' first")
    some = random.Random(1).sample(shards, min(12, len(shards)))  # enough to measure normalisations on
    built = write_model(load_finished(checkpoint, read_examples(some, without_voice=without), seed=1), out)
    click.echo(f"{out}: {built.words} words, {size_of(out) / 1e6:.1f} MB; try: ivr models evaluate {out} --data DIR")


def _write_tests(
    folder: Path, recordings: Path | None, kokoro_voices: Path | None, progress: Progress, *, quick: bool
) -> None:
    """A folder of recordings for each kind of voice, as ``ivr models evaluate --data`` reads them."""
    from models.training.test_sets import silences, write_test_set
    from models.training.test_voices import TestVoices

    words = common_words(recordings / _TAN) if recordings else _QUICK_WORDS
    heard = set(_heard(words)) if recordings else set()
    voices = TestVoices(tuple(word for word in words if word not in heard and len(word) > 1), quick=quick)
    sets: dict[str, Iterable[Spoken]] = {"espeak": voices.espeak()}
    if kokoro_voices is not None and not quick:
        sets["kokoro"] = voices.kokoro(kokoro_voices)
    sets |= dict(voices.people(recordings)) if recordings else {}
    sets["nonspeech"] = silences(4 if quick else 80, islice(voices.espeak(), 50), seed=4711)
    for done, (name, said) in enumerate(sets.items(), start=1):
        if not (folder / name / "utterances.tsv").is_file():
            write_test_set(folder / name, said)
        progress(f"tests of {name}", done, len(sets))


if __name__ == "__main__":
    main()
