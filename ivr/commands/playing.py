"""Plays a sound file through the loudspeaker, with a bar on a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from ivr.errors import AudioError

_RATE: Final = 16_000


def play_file(path: Path, output_device: str | None) -> None:
    """Returns when it was heard; Ctrl-C stops it. Raises AudioError when there is no sound file or no loudspeaker."""
    from ivr.audio.pcm import BlockCutter, block_length
    from ivr.audio.resampler import resampled
    from ivr.audio.wav import read_sound
    from ivr.lines.sound_device import OneWay

    sound = read_sound(path)
    if not len(sound.samples):
        raise AudioError(f"{path}: holds no sound; what it was to hold was over before it began")
    cutter = BlockCutter(block_length(_RATE))
    blocks = cutter.feed(resampled(sound.samples, sound.rate, _RATE)) + cutter.flush()
    try:
        loudspeaker = OneWay("output", _RATE, output_device)
    except AudioError as error:
        raise AudioError(f"{error}; or write a file to hear elsewhere: --out FILE") from None
    try:
        with click.progressbar(blocks, label=path.name, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            for block in bar:
                loudspeaker.write(block)
    finally:
        loudspeaker.close()
