"""``ivr prompts check``: whether the recordings of a hotline are complete and fit for a call."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from ivr.commands.counted import counted


@click.command("check")
@click.option("--flow", metavar="FLOW", help="A flow document or a folder with a flow.yaml; default: the built-in one.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--strict", is_flag=True, help="What is missing fails the check too.")
def check_prompts(flow: str | None, as_json: bool, strict: bool) -> None:
    """Find recordings that are missing, damaged, silent, clipped, too loud, too soft, too long or too short.

    Recordings lie in the folder recordings/ beside a hotline's flow.yaml: main.offer.wav (or .flac) is played instead
    of the synthesised prompt main.offer.

    \b
    Exit code: 0 all recordings are fit for a call, 1 some are not (with --strict: or are missing).

    \b
    Examples:
      ivr prompts check --flow my-hotline
      ivr prompts check --flow my-hotline --json
    """
    from ivr.commands.sound_setup import require_numpy
    from ivr.commands.voice_setup import recording_folders
    from ivr.hotlines import open_hotline

    require_numpy()
    from ivr.speech.recording_checks import recording_faults
    from ivr.speech.recording_files import RecordingFiles

    hotline = open_hotline(flow)
    folders = recording_folders(hotline)
    count = len(RecordingFiles(folders).by_name)
    faults = recording_faults(hotline.prompts, folders)
    failing = [fault for fault in faults if strict or fault.serious]
    if as_json:
        data = {
            "passed": not failing,
            "recordings": count,
            "folders": list(map(str, folders)),
            "faults": [asdict(fault) | {"serious": fault.serious} for fault in faults],
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            click.echo(f"{'error' if fault.serious else 'note':<5} {fault.what}; {fault.remedy} [{fault.kind}]")
        where = folders[0] if count else f"none in {' or '.join(map(str, folders))}"
        found = f"{counted(count, 'recording')} ({where}), {counted(len(failing), 'fault')}"
        click.echo(found if count else f"no recordings: {where}")
    raise SystemExit(1 if failing else 0)
