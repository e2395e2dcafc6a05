"""``ivr prompts list``: every sentence of a hotline, how long it takes, and whether it was recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ivr.errors import UsageError

if TYPE_CHECKING:
    from ivr.callflow.hotline import Hotline
    from ivr.speech.recording_files import RecordingFiles


@click.command("list")
@click.option("--flow", metavar="FLOW", help="A flow document or a folder with a flow.yaml; default: the built-in one.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.argument("beginning", default="")
def list_prompts(flow: str | None, as_json: bool, beginning: str) -> None:
    """List the prompts of a hotline, how long they take and who says them.

    BEGINNING limits the list to ids that start with it.

    \b
    Examples:
      ivr prompts list
      ivr prompts list account.
      ivr prompts list --flow my-hotline --json
    """
    from ivr.commands.voice_setup import recording_folders
    from ivr.hotlines import open_hotline
    from ivr.speech.recording_files import RecordingFiles

    hotline = open_hotline(flow)
    files = RecordingFiles(recording_folders(hotline))
    rows = [_row(hotline, files, prompt_id) for prompt_id in hotline.prompts if prompt_id.startswith(beginning)]
    if beginning and not rows:
        raise UsageError(f"no prompt's id starts with {beginning!r}; without it, ivr prompts list shows all")
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    width = max((len(str(row["id"])) for row in rows), default=0)
    for row in rows:
        mark = "recorded" if row["recorded"] else ""
        click.echo(f"{row['id']:<{width}}  {int(str(row['ms'])) / 1000:5.1f} s  {mark:<8}  {row['text']}")
    seconds = sum(int(str(row["ms"])) for row in rows) / 1000
    how = f"measured with {hotline.durations.voice}" if hotline.durations.voice else "counted, see ivr prompts render"
    click.echo(f"{len(rows)} prompts, {seconds / 60:.1f} minutes ({how})", err=True)


def _row(hotline: Hotline, files: RecordingFiles, prompt_id: str) -> dict[str, object]:
    from ivr.callflow.lint_length import characters
    from ivr.callflow.prompt_slots import slots_of

    prompt = hotline.prompts[prompt_id]
    slots = [slot.fact for slot in slots_of(prompt.text)]
    durations = hotline.durations
    ms = durations.counted_ms(characters(prompt.text)) if slots else durations.speaking_ms(prompt.text)
    return {
        "id": prompt_id,
        "text": prompt.text,
        "slots": slots,
        "heard_by": prompt.heard_by,
        "ms": ms,
        "recorded": files.covers(prompt_id, prompt),
    }
