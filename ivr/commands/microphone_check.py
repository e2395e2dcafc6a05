"""``ivr doctor --microphone``: listens for some seconds, shows the level, and says what is wrong with it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from ivr.audio.level_meter import LevelMeter
    from ivr.lines.sound_device import OneWay

_RATE: Final = 16_000
_BAR: Final = 40  # characters for 80 dB
_SHOWN_EVERY_MS: Final = 100


def check_microphone(seconds: int, device_name: str | None, *, as_json: bool) -> int:
    """Returns 0 when nothing is wrong, otherwise 1. Raises AudioError when there is no microphone."""
    from ivr.audio.level_meter import LevelMeter
    from ivr.lines.sound_device import OneWay

    device = OneWay("input", _RATE, device_name)
    try:
        if not as_json:
            click.echo(f"say something for {seconds} seconds …", err=True)
        meter = LevelMeter(_RATE)
        _listen(device, meter, seconds)
    finally:
        device.close()
    levels = meter.levels()
    problems = levels.problems()
    if as_json:
        click.echo(json.dumps({"ready": not problems, **asdict(levels), "problems": problems}, indent=2))
    else:
        click.echo(
            f"voice {levels.speech_dbfs:.0f} dBFS, room {levels.room_dbfs:.0f} dBFS, peak {levels.peak_dbfs:.0f}"
        )
        for problem in problems or ["the microphone is fit for a call"]:
            click.echo(problem)
    return 1 if problems else 0


def _listen(device: OneWay, meter: LevelMeter, seconds: int) -> None:
    watched = sys.stderr.isatty()
    for _ in range(seconds * 1_000 // _SHOWN_EVERY_MS):
        meter.feed(device.read(_SHOWN_EVERY_MS))
        if watched:
            length = max(0, min(_BAR, round((meter.now_dbfs + 80) / 2)))
            click.echo(f"\r{'#' * length:<{_BAR}} {meter.now_dbfs:6.0f} dBFS", nl=False, err=True)
    if watched:
        click.echo("\r" + " " * (_BAR + 14) + "\r", nl=False, err=True)
