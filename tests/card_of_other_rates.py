"""A stand-in for the module ``sounddevice``: a card whose microphone and loudspeaker run at one rate of their own each.

Run as a program, it plays keys into that microphone while a sound device is open, speaks into its loudspeaker, and
prints as JSON what each end heard: the keys, and how many samples of what went out at the loudspeaker.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

IN_RATE, OUT_RATE, CALL_RATE = int(sys.argv[1]), int(sys.argv[2]), 16_000


class PortAudioError(Exception):
    pass


class Stream:
    def __init__(self, *, samplerate: int, blocksize: int, callback: Callable[..., None], **_: Any) -> None:
        self.rate, self.block, self.callback = samplerate, blocksize, callback

    def start(self) -> None:
        pass

    abort = close = stop = start


streams: dict[str, Stream] = {}


class InputStream(Stream):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        streams["in"] = self


class OutputStream(Stream):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        streams["out"] = self


def _only(rate: int) -> Callable[..., None]:
    def check(*, samplerate: int, **_: Any) -> None:
        if samplerate != rate:
            raise PortAudioError("Invalid sample rate")

    return check


def query_devices(number: int | None = None) -> Any:
    rates = (IN_RATE, OUT_RATE)
    found = [
        {
            "name": name,
            "hostapi": 0,
            "max_input_channels": 1 - out,
            "max_output_channels": out,
            "default_samplerate": rate,
        }
        for out, (name, rate) in enumerate(zip(("a microphone", "a loudspeaker"), rates, strict=True))
    ]
    return found if number is None else found[number]


def main() -> None:
    library = ModuleType("sounddevice")
    library.__dict__.update(
        PortAudioError=PortAudioError,
        InputStream=InputStream,
        OutputStream=OutputStream,
        check_input_settings=_only(IN_RATE),
        check_output_settings=_only(OUT_RATE),
        query_devices=query_devices,
        query_hostapis=lambda: [{"name": "tests"}],
        default=SimpleNamespace(device=(0, 1)),
    )
    sys.modules["sounddevice"] = library
    from ivr.audio.dtmf_detector import DtmfDetector
    from ivr.audio.dtmf_generator import dialled
    from ivr.lines.sound_device import SoundDevice

    device = SoundDevice(CALL_RATE)
    device.begin()
    said = dialled("1590", rate=IN_RATE)
    block, out_block = streams["in"].block, streams["out"].block
    said = np.pad(said, (0, -len(said) % block))
    answer = dialled("*#", rate=CALL_RATE)
    answer = np.pad(answer, (0, -len(answer) % 320))
    heard, spoken = [], []
    for number in range(len(said) // block):
        streams["in"].callback(said[number * block : (number + 1) * block, np.newaxis], block, None, None)
        heard.append(device.read(5))
        device.write(
            answer[number * 320 : (number + 1) * 320] if number * 320 < len(answer) else np.zeros(320, np.int16)
        )
        out = np.full((out_block, 1), 99, np.int16)
        streams["out"].callback(out, out_block, None, None)
        spoken.append(out[:, 0].copy())
    device.close()
    at_call = np.concatenate([one for one in heard if one is not None])
    at_ear = np.concatenate(spoken)
    keys = ["".join(key.key for key in DtmfDetector(rate).feed(sound)) for rate, sound in
            ((CALL_RATE, at_call), (CALL_RATE, _brought(at_ear)))]  # fmt: skip
    print(json.dumps({"caller": keys[0], "hotline": keys[1], "blocks": [len(said) // block, len(heard)]}))


def _brought(samples: Any) -> Any:
    from ivr.audio.resampler import resampled

    return resampled(samples, OUT_RATE, CALL_RATE)


if __name__ == "__main__":
    main()
