"""``ivr calls play``: the sound of one call."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from ivr import settings
from ivr.errors import UsageError


@click.command("play")
@click.argument("call_id", metavar="ID")
@click.option("--message", type=click.IntRange(1), metavar="N", help="The caller's Nth message instead.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Copy it there instead.")
@click.option("--output-device", metavar="NAME", help="The loudspeaker; see ivr devices.")
def play_calls(call_id: str, message: int | None, out: Path | None, output_device: str | None) -> None:
    """Play the sound of the call ID, if it was recorded ('ivr call --record-audio'). Ctrl-C stops.

    \b
    Examples:
      ivr calls play 20260302T0930
      ivr calls play 20260302T0930 --message 1           what the caller left as a message
      ivr calls play 20260302T0930 --out call.wav        caller left, hotline right
    """
    from ivr.call_journal import journal_path, message_of, recording_of

    if out is not None and output_device is not None:
        raise UsageError("--out copies the sound and plays nothing; leave out either it or --output-device")
    journal = journal_path(settings.journal_dir(), call_id)
    path = recording_of(journal) if message is None else message_of(journal, message)
    if not path.exists() and message is not None:
        raise UsageError(f"{call_id}: the caller left no message {message} by voice; see 'ivr calls show {call_id}'")
    if not path.exists():
        raise UsageError(f"{call_id}: the sound of this call was not kept; record calls with: ivr call --record-audio")
    if out is None:
        from ivr.commands.playing import play_file

        play_file(path, output_device)
        return
    from ivr.commands.output_file import appearing

    with path.open("rb") as kept, appearing(out, private=True) as copy:  # it holds somebody's voice
        shutil.copyfileobj(kept, copy)
    click.echo(f"copied to {out}", err=True)
