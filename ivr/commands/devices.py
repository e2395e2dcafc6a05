"""``ivr devices``: the microphones and loudspeakers of this machine."""

from __future__ import annotations

import json
from dataclasses import asdict

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def devices(as_json: bool) -> int:
    """List microphones and loudspeakers, as 'ivr call --voice' can use them.

    The stars mark the ones that a call takes by itself. A part of a name is enough to choose another.
    Exit code 0 when a call by voice has both, otherwise 1.

    \b
    Examples:
      ivr devices
      ivr call --voice --input-device headset --output-device headset
    """
    from ivr.lines.device_choice import devices as present

    found = present()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    elif not found:
        click.echo("there is no sound device on this machine; phone by keypad: ivr call")
    else:
        click.echo(f"{'':2} {'microphone':<11} {'loudspeaker':<12} {'samples/s':>9}  name (sound service)")
        for one in found:
            microphone = _told(one.inputs, default=one.default_input)
            loudspeaker = _told(one.outputs, default=one.default_output)
            click.echo(f"{one.number:>2} {microphone:<11} {loudspeaker:<12} {one.rate:>9}  {one.name} ({one.host})")
    return 0 if any(one.inputs for one in found) and any(one.outputs for one in found) else 1


def _told(channels: int, *, default: bool) -> str:
    return "-" if not channels else "yes *" if default else "yes"
