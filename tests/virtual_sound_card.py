"""A sound card that is not there: a microphone into which tests speak, and a loudspeaker that they record."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = ("pulseaudio", "pactl", "paplay", "parec")
RATE = 16_000


def needed() -> str:
    """Why there can be no virtual sound card here; "" where there can. In CI everything must be there."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    reason = f"needs {', '.join(missing)} (Debian: pulseaudio pulseaudio-utils)" if missing else ""
    if not reason:
        import ctypes.util

        if ctypes.util.find_library("portaudio") is None:
            reason = "needs PortAudio (Debian: libportaudio2 libasound2-plugins)"
    if reason and os.environ.get("CI") == "true":
        pytest.fail(f"CI must have a virtual sound card, but it {reason}")
    return reason


class SoundCard:
    """``environment``: for processes that are to see this card and no other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None
        place = {
            "PULSE_SERVER": f"unix:{folder / 'native'}",
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_STATE_PATH": str(folder),
        }
        self.environment = {**os.environ, **place}

    def plug_in(self) -> None:
        self._server = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=true"),
                *("--use-pid-file=false", "--log-level=error"),
                f"--load=module-native-protocol-unix auth-anonymous=1 socket={self._folder / 'native'}",
                "--load=module-null-sink sink_name=vspeaker rate=48000 channels=1 channel_map=mono",
                "--load=module-null-sink sink_name=vmic_in rate=48000 channels=1 channel_map=mono",
                "--load=module-remap-source source_name=vmic master=vmic_in.monitor channels=1"
                " master_channel_map=mono channel_map=mono remix=no",
            ],
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            done = [self._pactl("set-default-source", "vmic"), self._pactl("set-default-sink", "vspeaker")]
            if all(done):
                return
            time.sleep(0.1)  # the server is another process, and tells nobody when it is ready
        raise RuntimeError("the virtual sound card does not start")

    def unplug(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
            (self._folder / "native").unlink(missing_ok=True)

    def freeze(self) -> None:
        """The sound server is there, and answers nothing any more."""
        if self._server is not None:
            self._server.send_signal(signal.SIGSTOP)

    def say(self, file: Path) -> None:
        """Speak into the microphone; returns when it was said."""
        subprocess.run(["paplay", "-d", "vmic_in", str(file)], env=self.environment, check=True, timeout=60)

    @contextmanager
    def saying(self, file: Path) -> Iterator[subprocess.Popen[bytes]]:
        """Speak into the microphone meanwhile; ends when all is said, or nobody listens any more."""
        speaker = subprocess.Popen(["paplay", "-d", "vmic_in", str(file)], env=self.environment)
        try:
            yield speaker
        finally:
            speaker.terminate()
            speaker.wait()

    def hears(self) -> None:
        """Waits until something comes out of the loudspeaker."""
        form = ("--raw", "--rate=8000", "--channels=1", "--format=u8", "--latency-msec=20")
        with subprocess.Popen(
            ["parec", "-d", "vspeaker.monitor", *form], env=self.environment, stdout=subprocess.PIPE
        ) as recorder:
            assert recorder.stdout is not None
            while set(recorder.stdout.read(160)) <= {0x80}:
                pass
            recorder.terminate()

    @contextmanager
    def recording(self, file: Path) -> Iterator[None]:
        """Record the loudspeaker."""
        form = ("--file-format=wav", f"--rate={RATE}", "--channels=1", "--format=s16le", "--latency-msec=20")
        recorder = subprocess.Popen(["parec", "-d", "vspeaker.monitor", *form, str(file)], env=self.environment)
        try:
            yield
        finally:
            recorder.terminate()
            recorder.wait()

    def _pactl(self, *arguments: str) -> bool:
        done = subprocess.run(["pactl", *arguments], env=self.environment, capture_output=True, timeout=10)
        return done.returncode == 0
