"""``ivr test``: run call scripts, report, and measure what of the hotline they cover."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--flow", metavar="FLOW", help="The hotline to phone, whatever the scripts say.")
@click.option("-k", "keyword", metavar="TEXT", help="Only calls with this in their file's or their own name.")
@click.option("-x", "stop", is_flag=True, help="Stop at the first file in which something fails.")
@click.option("-j", "workers", type=click.IntRange(1, 64), default=1, metavar="N", help="Work in N processes.")
@click.option("-v", "verbose", is_flag=True, help="Name the calls that passed, too.")
@click.option(
    "--line",
    type=click.Choice(["keypad", "recording"]),
    default="keypad",
    help="recording: keys are dialled as tones and words spoken, and the hotline hears the sound.",
)
@click.option("--speech-model", type=_FOLDER, metavar="DIR", help="What hears the words.")
@click.option("--speaker", metavar="NAME", default="auto", help="With --line recording: the voice of both sides.")
@click.option(
    "--keep-sound", type=_FOLDER, metavar="DIR", help="With --line recording: both sides of each call, as WAV."
)
@click.option("--database", metavar="URL", help="Ask this accounts database instead of a fresh copy for each call.")
@click.option("--update", is_flag=True, help="Rewrite the prompts that scripts expect to what is heard now.")
@click.option("--missing", is_flag=True, help="List what no call has come by.")
@click.option(
    "--fail-under",
    "thresholds",
    metavar="GROUP=PERCENT,…",
    help="Fail when less is covered, such as nodes=100,edges=95.",
)
@click.option("--coverage-file", type=_FILE, metavar="FILE", help="Write what was covered, for --combine.")
@click.option("--combine", type=_FILE, multiple=True, metavar="FILE", help="Add what another run covered.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.option("--junitxml", type=_FILE, metavar="FILE", help="Write JUnit XML.")
@click.option("--html", type=_FILE, metavar="FILE", help="Write one page with transcripts and coverage.")
def test(**options: Any) -> int:
    """Run the call scripts in PATHS (files, or folders with *.call.yaml; the current folder without any).

    Each script phones the hotline that it names with 'flow:', else the built-in one. Calls take virtual time: a
    five-minute call is over in milliseconds, and goes the same way every time.

    \b
    Exit code: 0 everything passed, 1 something did not, 2 nothing could be run, 130 interrupted.

    \b
    Examples:
      ivr test                                   all scripts below this folder
      ivr test calls/ --flow my-hotline -x
      ivr test -k 余额 -v
      ivr test --line recording --keep-sound sounds/
      ivr test --fail-under nodes=100,edges=95 --missing --html report.html
      ivr test a/ --coverage-file a.json; ivr test b/ --combine a.json
    """
    from ivr.commands.test_run import TestOptions, TestRun

    return TestRun(TestOptions(**options)).carry_out()
