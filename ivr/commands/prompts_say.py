"""``ivr prompts say``: one prompt through the loudspeaker or into a file."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from ivr.errors import UsageError

_RATE = 16_000
# What is said in a slot when nothing else is asked for.
_EXAMPLES = {
    "money": "123456", "digits": "1234", "date": "2026-03-02", "month": "2026-03", "count": "3", "masked-id": "3070",
    "masked-name": "王秀兰", "duration": "90000", "text": "某某医院", "yes-no": "yes", "time": "09:30",
}  # fmt: skip


@click.command("say")
@click.argument("prompt_id", metavar="ID")
@click.option("--flow", metavar="FLOW", help="A flow document or a folder with a flow.yaml; default: the built-in one.")
@click.option("--with", "values", multiple=True, metavar="FACT=VALUE", help="What is said in a slot; may be repeated.")
@click.option("-o", "--out", "--output", "output", metavar="FILE", help="Write a WAV file instead of playing it.")
@click.option(
    "--speaker", metavar="NAME", default="auto", help="The voice, or the folder of one; see ivr prompts voices."
)
@click.option("--output-device", metavar="NAME", help="The loudspeaker; see ivr devices.")
def say_prompts(
    prompt_id: str,
    flow: str | None,
    values: tuple[str, ...],
    output: str | None,
    speaker: str,
    output_device: str | None,
) -> None:
    """Hear one prompt, or write it to a file.

    Slots are filled with examples unless --with says otherwise; money is given in fen, dates as 2026-03-02.

    \b
    Examples:
      ivr prompts say main.offer
      ivr prompts say balance.read --with account.balance=200 -o balance.wav
      ivr prompts say greeting.welcome --speaker espeak
    """
    from ivr.commands.sound_setup import require_numpy
    from ivr.hotlines import open_hotline

    if output is not None and output_device is not None:
        raise UsageError("--out writes a file and plays nothing; leave out either it or --output-device")
    require_numpy()
    from ivr.audio.wav import write_wav
    from ivr.commands.voice_setup import open_voice

    hotline = open_hotline(flow)
    if prompt_id not in hotline.prompts:
        raise UsageError(f"there is no prompt {prompt_id!r}; 'ivr prompts list' shows them all")
    text = _wording(hotline.prompts[prompt_id].text, values)
    click.echo(text, err=output is None and not sys.stdout.isatty())
    voice = open_voice(hotline, _RATE, speaker, patient=True, warn=lambda trouble: click.echo(trouble, err=True))
    try:
        samples = voice.sound(prompt_id, text)
    finally:
        voice.close()
    if output is not None:
        write_wav(Path(output), samples, _RATE)
        click.echo(f"{output}: {len(samples) / _RATE:.1f} s", err=True)
        return
    from ivr.commands.playing import play_file

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{prompt_id}.wav")
        write_wav(file, samples, _RATE)
        play_file(file, output_device)


def _wording(text: str, values: tuple[str, ...]) -> str:
    from ivr.callflow.prompt_slots import slots_of
    from ivr.session.wording import READERS
    from ivr.speech.wording_parts import literals

    given = {}
    for value in values:
        fact, sign, said = value.partition("=")
        if not sign:
            raise UsageError(f"--with {value}: write it as fact=value, such as account.balance=123456")
        given[fact] = said
    slots = slots_of(text)
    unknown = set(given) - {slot.fact for slot in slots}
    if unknown:
        known = ", ".join(slot.fact for slot in slots) or "none"
        raise UsageError(f"this prompt has no slot {', '.join(sorted(unknown))}; it has {known}")
    said_parts = []
    for slot in slots:
        value = given.get(slot.fact, _EXAMPLES[slot.type])
        try:
            said_parts.append(READERS[slot.type](value))
        except ValueError as error:
            raise UsageError(f"--with {slot.fact}={value}: {error}") from None
    first, *others = literals(text)
    return first + "".join(part + literal for part, literal in zip(said_parts, others, strict=True))
