"""Which sound devices this machine has, which of them a call takes, and at what rate it runs.

A device may go at any moment, also between being chosen and being asked about: that is told like one that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ivr.errors import AudioError
from ivr.lines.sound_library import explained, sound_library

Direction = Literal["input", "output"]
_OTHER_RATES: Final = (48_000, 44_100)


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    number: int
    name: str
    host: str  # the system's sound service, such as ALSA or Core Audio
    inputs: int
    outputs: int
    rate: int
    default_input: bool
    default_output: bool


def devices() -> list[DeviceInfo]:
    """All devices of this machine. Raises AudioError when what finds them is missing."""
    sd = sound_library()
    try:
        hosts, found = sd.query_hostapis(), sd.query_devices()
    except sd.PortAudioError as error:  # a sound server that has just died takes the list with it
        raise AudioError(
            f"the system's sound cannot be used ({explained(error)}); is its sound server running?"
        ) from None
    default_in, default_out = sd.default.device
    return [
        DeviceInfo(
            number,
            str(one["name"]),
            str(hosts[one["hostapi"]]["name"]),
            int(one["max_input_channels"]),
            int(one["max_output_channels"]),
            int(one["default_samplerate"]),
            number == default_in,
            number == default_out,
        )
        for number, one in enumerate(found)
    ]


def chosen_device(name: str | None, direction: Direction) -> int:
    """The number of the device: the system's choice, or the one that is called so, or whose name holds this.

    Raises AudioError that says which there are.
    """
    present = devices()
    usable = [one for one in present if (one.inputs if direction == "input" else one.outputs)]
    what = "microphone" if direction == "input" else "loudspeaker"
    if not usable:
        raise AudioError(f"there is no {what} on this machine; plug one in and look again: ivr devices")
    if name is None:
        default = [one for one in usable if (one.default_input if direction == "input" else one.default_output)]
        return (default or usable)[0].number
    exact = [one for one in usable if name in (one.name, str(one.number))]
    found = exact or [one for one in usable if name.casefold() in one.name.casefold()]
    if not found:
        listed = ", ".join(one.name for one in usable)
        raise AudioError(f"no {what} is called {name!r}; there are: {listed}")
    return found[0].number


def rate_for(device: int, direction: Direction, rate: int) -> int:
    """The call's own rate where the device runs at it, else one that it has. Raises AudioError if it has gone."""
    sd = sound_library()
    check = sd.check_input_settings if direction == "input" else sd.check_output_settings
    refusal = ""
    try:
        own = int(sd.query_devices(device)["default_samplerate"])
    except sd.PortAudioError as error:  # it has gone since it was chosen
        raise AudioError(f"the sound device cannot be opened ({explained(error)}); see ivr devices") from None
    for candidate in (rate, own, *_OTHER_RATES):
        try:
            check(device=device, channels=1, dtype="int16", samplerate=candidate)
        except (sd.PortAudioError, ValueError) as error:
            refusal = explained(error)
        else:
            return candidate
    raise AudioError(f"the sound device runs at no rate that a call can use ({refusal}); see ivr devices")
