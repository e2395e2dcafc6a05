"""``ivr prompts render``: speaks prompts before anybody calls, and measures how long they take."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.commands.counted import counted
from ivr.errors import AudioError, SpeechError, UsageError

if TYPE_CHECKING:
    from ivr.callflow.durations import Durations
    from ivr.callflow.hotline import Hotline
    from ivr.speech.prompt_voice import PromptVoice
    from ivr.speech.recording_writer import Format, RecordingWriter

_RATE_OF_FILES = 16_000


@click.command("render")
@click.argument("prompt_ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All prompts of the hotline.")
@click.option("--flow", metavar="FLOW", help="A flow document or a folder with a flow.yaml; default: the built-in one.")
@click.option(
    "--speaker", metavar="NAME", default="auto", help="The voice, or the folder of one; see ivr prompts voices."
)
@click.option(
    "--profile",
    "profiles",
    metavar="NAME",
    multiple=True,
    help="At the pace of calls in this profile, such as senior; may be repeated. If not said, as calls begin.",
)
@click.option("--measure", is_flag=True, help="Write how long they take into the hotline's folder (durations.json).")
@click.option("--out", metavar="FOLDER", help="Also write them as files, named as recordings are.")
@click.option("--format", "kind", type=click.Choice(["wav", "flac", "ogg"]), help="Of the files; wav if not said.")
@click.option("--words", is_flag=True, help="With --out: the words of amounts, numbers and dates, too.")
def render_prompts(
    prompt_ids: tuple[str, ...],
    everything: bool,
    flow: str | None,
    speaker: str,
    profiles: tuple[str, ...],
    measure: bool,
    out: str | None,
    kind: Format | None,
    words: bool,
) -> None:
    """Speak prompts ahead of calls, and measure how long they take.

    What is spoken is kept in the user's cache folder, so calls start at once. Of a prompt with slots, the words around
    the slots are spoken. With --measure, 'ivr check', 'ivr explore' and keypad calls use the measured lengths from then
    on. Stopping it (Ctrl-C) loses nothing: it goes on from there next time.

    \b
    Exit code: 0 all was spoken and kept, 1 something could not be, 2 nothing was tried.

    \b
    Examples:
      ivr prompts render --all
      ivr prompts render --all --profile standard --profile senior
      ivr prompts render main.offer main.again --speaker kokoro
      ivr prompts render --all --flow my-hotline --measure
      ivr prompts render --all --words --out my-hotline/recordings --format ogg
    """
    from ivr.commands.sound_setup import rate_of_calls, require_numpy
    from ivr.hotlines import open_hotline

    require_numpy()
    from ivr.commands.voice_setup import open_voice
    from ivr.speech.recording_files import WORDS, amount_words, wanted
    from ivr.speech.recording_writer import RecordingWriter

    if everything == bool(prompt_ids):
        raise UsageError("name the prompts to speak, or --all")
    if measure and not (everything and flow):
        raise UsageError("--measure needs --all and --flow FLOW: the lengths are written beside that flow.yaml")
    if measure and profiles:
        raise UsageError("--measure measures the usual pace, from which that of a profile follows; leave out --profile")
    if out is not None and len(profiles) > 1:
        raise UsageError("--out writes one file for each prompt; name one --profile at most")
    hotline = open_hotline(flow)
    for prompt_id in prompt_ids:
        if prompt_id not in hotline.prompts:
            raise UsageError(f"there is no prompt {prompt_id!r}; 'ivr prompts list' shows them all")
    texts = [
        (prompt_id, name, text)
        for prompt_id in prompt_ids or hotline.prompts
        for name, text in wanted(prompt_id, hotline.prompts[prompt_id])
    ]
    if out is None and (words or kind is not None):
        raise UsageError("--words and --format are for the files of --out; name a folder for them")
    texts += [("", f"{WORDS}/{word}", word) for word in amount_words()] if words else []
    paces = [1.0] if measure else _paces(hotline, profiles)
    writer = RecordingWriter(Path(out), kind or "wav", _RATE_OF_FILES) if out else None
    rate = _RATE_OF_FILES if out else rate_of_calls()
    voice = open_voice(hotline, rate, speaker, patient=True)
    try:
        failures, durations = _rendered(voice, [(*text, pace) for pace in paces for text in texts], rate, writer)
    finally:
        voice.close()
        if writer is not None:
            writer.close()
    unkept = "" if out else voice.unkept  # files are kept where they were asked for
    if voice.trouble and not failures:
        click.echo(f"{'not kept' if unkept else 'note'}: {voice.trouble}", err=True)
    for failure in failures:
        click.echo(failure, err=True)
    if measure and not failures:
        _write(durations, hotline)
    raise SystemExit(1 if failures or unkept else 0)


def _paces(hotline: Hotline, profiles: tuple[str, ...]) -> list[float]:
    """Raises UsageError for a profile that the hotline does not have."""
    from ivr.callflow.durations import USUAL_PACE

    known = hotline.flow.profiles
    for name in profiles:
        if name not in known:
            raise UsageError(f"this hotline has no profile {name!r}; choose from {', '.join(known)}")
    names = profiles or tuple(known)[:1]  # every call begins in the first
    return list(dict.fromkeys(known[name].characters_a_minute / USUAL_PACE for name in names))


def _rendered(
    voice: PromptVoice, texts: list[tuple[str, str, str, float]], rate: int, writer: RecordingWriter | None
) -> tuple[list[str], Durations]:
    """What could not be spoken, and how long the rest takes. ``texts``: prompt id, file name, text, pace."""
    from ivr.callflow.durations import measured
    from ivr.callflow.speaking import spoken_characters

    lengths: dict[tuple[str, float], int] = {}
    failures: list[str] = []
    kept = 0
    started = time.monotonic()
    name = voice.name
    shown = sys.stderr.isatty()
    done = 0
    try:
        with click.progressbar(texts, label=f"speaking ({name})", file=sys.stderr, hidden=not shown) as bar:
            for prompt_id, file_name, text, pace in bar:
                try:
                    samples = voice.part(prompt_id, text, pace)
                    if writer is not None and not writer.write(file_name, text, samples):
                        kept += 1
                except (SpeechError, AudioError) as error:
                    failures.append(f"{file_name}: {error}")
                    continue
                done += 1
                if prompt_id:
                    lengths[text, pace] = len(samples) * 1000 // rate
    except KeyboardInterrupt:
        click.echo(f"interrupted: {done} of {len(texts)} were spoken; the same command goes on from there", err=True)
        raise
    durations = measured(name, {text: ms for (text, _), ms in lengths.items()})
    minutes, took = sum(lengths.values()) / 60_000, time.monotonic() - started
    characters = sum(spoken_characters(text) for text, _ in lengths)
    click.echo(
        f"{len(lengths)} texts, {minutes:.1f} minutes, {characters / max(minutes, 0.01):.0f} characters a minute,"
        f" spoken in {took:.0f} s by {name}",
        err=True,
    )
    if kept:
        click.echo(f"{counted(kept, 'recording')} of your own kept as they are", err=True)
    return failures, durations


def _write(durations: Durations, hotline: Hotline) -> None:
    from ivr.callflow.durations import FILE, durations_text
    from ivr.commands.output_file import write_text

    write_text(durations_text(durations), str(hotline.folder / FILE))
    click.echo(f"{hotline.folder / FILE}: written; ivr check and ivr explore use it from now on", err=True)
