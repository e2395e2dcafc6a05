"""What a caller at a real sound card waits: from a dialled key to the hotline's silence, beyond the sound server's own.

Both directions of a virtual card are recorded at once, and every piece is stamped as it arrives, so that the recorders'
own delay cancels out. The server's own delay is that of a program that only hands the microphone to the loudspeaker.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure
from ivr.audio.dtmf_generator import dialled
from ivr.audio.pcm import Samples
from ivr.audio.wav import write_wav
from tests.virtual_sound_card import RATE, SoundCard, needed

ROUNDS = 5
_LOUD = 300  # of a sample: far above silence, far below the prompt and the key
_ECHO = """
from ivr.lines.sound_device import SoundDevice
device = SoundDevice(16000)
while (block := device.read(5.0)) is not None:
    device.write(block)
"""


def figures() -> list[Figure]:
    if needed():
        return []
    with tempfile.TemporaryDirectory() as folder:
        card = SoundCard(Path(folder))
        card.plug_in()
        try:
            own_ms = _delay_ms(card, Path(folder), [sys.executable, "-c", _ECHO], _first_loud)
            command = [sys.executable, "-m", "ivr", "call", "--voice", "--json", "--speaker", "espeak"]
            key_ms = _delay_ms(card, Path(folder), [*command, "--database", "memory"], _first_silence)
        finally:
            card.unplug()
    beyond = key_ms - own_ms
    name = "dialled key to silence at the loudspeaker, beyond the sound server's own"
    return [Figure(name, beyond, "ms", "at most 100", beyond <= 100, f"the server: {own_ms:.0f} ms")]


class _Monitor:
    """One direction of the card, with the moment of every sample."""

    def __init__(self, card: SoundCard, name: str) -> None:
        command = ["parec", "-d", name, f"--rate={RATE}", "--channels=1", "--format=s16le", "--latency-msec=10"]
        self._process = subprocess.Popen(command, env=card.environment, stdout=subprocess.PIPE)
        self.pieces: list[tuple[float, Samples]] = []  # (moment of its end, samples)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while piece := self._process.stdout.read1(2 * RATE // 100):  # type: ignore[attr-defined]  # it is buffered
            self.pieces.append((time.perf_counter(), np.frombuffer(piece[: len(piece) & ~1], "<i2")))

    def first(self, since: float, holds: Callable[[Samples], bool]) -> float | None:
        for at, piece in list(self.pieces):
            if at > since and holds(piece):
                return at
        return None

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def _loud(piece: Samples) -> bool:
    return len(piece) > 0 and int(np.abs(piece.astype(np.int32)).max()) > _LOUD


def _first_loud(speaker: _Monitor, since: float) -> float | None:
    return speaker.first(since, _loud)


def _first_silence(speaker: _Monitor, since: float) -> float | None:
    """The beginning of the first 100 ms without sound."""
    quiet_since = None
    for at, piece in list(speaker.pieces):
        if at > since:
            quiet_since = None if _loud(piece) else quiet_since or at
            if quiet_since is not None and at - quiet_since > 0.1:
                return quiet_since
    return None


def _key(folder: Path, key: str) -> Path:
    file = folder / f"{key}.wav"
    write_wav(file, dialled(key, 120, 30, rate=RATE, level_dbfs=-6), RATE)
    return file


def _delay_ms(
    card: SoundCard, folder: Path, command: list[str], answered: Callable[[_Monitor, float], float | None]
) -> float:
    """The median from a key in the microphone to the answer at the loudspeaker."""
    key = _key(folder, "9")  # says the offer again
    delays = []
    process = subprocess.Popen(command, env=card.environment, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    microphone, speaker = _Monitor(card, "vmic_in.monitor"), _Monitor(card, "vspeaker.monitor")
    try:
        time.sleep(9)  # the program starts, and the head of the greeting is protected
        card.say(_key(folder, "1"))  # to an offer that may be interrupted at once
        time.sleep(4)
        for _ in range(ROUNDS):
            start = time.perf_counter()
            card.say(key)
            time.sleep(3.5)  # the next prompt is under way
            pressed = microphone.first(start, _loud)
            after = None if pressed is None else answered(speaker, pressed)
            if pressed is not None and after is not None:
                delays.append((after - pressed) * 1_000)
    finally:
        process.kill()
        process.wait()
        microphone.close()
        speaker.close()
    return statistics.median(delays) if delays else float("nan")
