"""Somebody who phones with a sound card: acts on what the call's program writes, as it comes."""

from __future__ import annotations

import queue
import signal
import subprocess
import threading
from pathlib import Path
from typing import IO

import numpy as np

from ivr.audio.dtmf_generator import dialled
from ivr.audio.wav import write_wav
from ivr.session.call_log import LogEntry
from tests.virtual_sound_card import RATE, SoundCard


class Caller:
    """Reads the event log of a call as it comes, or what it shows, and acts on it."""

    def __init__(self, card: SoundCard, *command: str) -> None:
        self._process = subprocess.Popen(
            command,
            env=card.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._complaints: queue.Queue[str] = queue.Queue()
        outputs = ((self._process.stdout, self._lines), (self._process.stderr, self._complaints))
        self._readers = [threading.Thread(target=_read, args=each) for each in outputs]
        for reader in self._readers:
            reader.start()
        self.log: list[LogEntry] = []

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join()

    def hears(self, event: str, **data: str) -> LogEntry:
        """Waits for this entry of the log."""
        while line := self._lines.get(timeout=60):
            entry = LogEntry.from_json(line)
            self.log.append(entry)
            if entry.event == event and all(entry.data.get(name) == value for name, value in data.items()):
                return entry
        raise AssertionError(f"the call ended without {event} {data}; log: {self.log[-5:]}")

    def sees(self, text: str) -> None:
        """Waits for this to be shown."""
        shown = []
        while line := self._lines.get(timeout=60):
            shown.append(line)
            if text in line:
                return
        raise AssertionError(f"the call ended without {text!r}; shown: {shown}")

    def complains(self, text: str) -> None:
        """Waits for this on standard error."""
        while line := self._complaints.get(timeout=60):
            if text in line:
                return
        raise AssertionError(f"the call ended without {text!r} on standard error")

    def leaves(self) -> tuple[int, list[str]]:
        """Hangs up; returns the exit code, and what was complained of beside warnings."""
        self.hangs_up()
        code = self._process.wait(timeout=30)
        told = iter(lambda: self._complaints.get(timeout=60), "")
        return code, [line for line in told if not line.startswith("warning: ")]

    def hangs_up(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def ends(self) -> int:
        while line := self._lines.get(timeout=60):
            self.log.append(LogEntry.from_json(line))
        return self._process.wait(timeout=30)


def _read(output: IO[str], lines: queue.Queue[str]) -> None:
    with output:
        for line in output:
            lines.put(line)
    lines.put("")


def tones(folder: Path, keys: str) -> Path:
    file = folder / f"{keys.strip('#')}.wav"
    write_wav(file, np.concatenate((dialled(keys, 120, 120, rate=RATE), np.zeros(RATE // 5, np.int16))), RATE)
    return file
