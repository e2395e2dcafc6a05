"""The sound system is kept from the screen without taking anything else from it."""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Flag
from threading import current_thread

import pytest

from ivr.errors import AudioError
from ivr.lines.device_choice import Direction, devices, rate_for
from ivr.lines.sound_library import Questioner, answered


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is asked in another thread")
def test_a_sound_server_that_does_not_answer_is_given_up_and_a_late_answer_is_handed_back() -> None:
    answers, closed = Flag(), SimpleQueue[str]()

    def opened() -> str:
        answers.wait(20)
        return "a device"

    with pytest.raises(AudioError, match="does not answer; restart its sound server"):
        answered(opened, closed.put, limit_s=0.01)
    assert closed.empty()
    answers.set()
    assert closed.get(timeout=20) == "a device"
    assert answered(opened, closed.put) == "a device"
    assert closed.empty()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is asked in another thread")
def test_many_questions_are_asked_in_one_thread_which_ends_with_them() -> None:
    questioner = Questioner()
    (asking, *others) = {questioner.answered(current_thread) for _ in range(50)}
    assert others == []
    assert asking is not current_thread()
    questioner.close()
    asking.join(20)
    assert not asking.is_alive()


def test_what_goes_wrong_is_told_to_whoever_asked() -> None:
    def opened() -> str:
        raise AudioError("there is no microphone")

    with pytest.raises(AudioError, match="there is no microphone"):
        answered(opened)


_TALKING_MEANWHILE = """
import os, threading
from ivr.lines.sound_library import look_again, sound_library
sound_library()
over = threading.Event()
def talk():
    said = 0
    while not over.wait(0.0005):
        os.write(2, b"%d\\n" % said)
        said += 1
    print(said)
talking = threading.Thread(target=talk)
talking.start()
for _ in range(3):
    look_again()
over.set()
talking.join()
"""


portaudio = pytest.mark.skipif(
    ctypes.util.find_library("portaudio") is None and os.environ.get("CI") != "true",
    reason="needs PortAudio (Debian: libportaudio2)",
)


@portaudio
@pytest.mark.parametrize("direction", ["input", "output"])
def test_a_device_that_has_gone_since_it_was_chosen_is_told_like_one_that_cannot_be_opened(
    direction: Direction,
) -> None:
    beyond = max((one.number for one in devices()), default=0) + 1
    with pytest.raises(AudioError, match=r"the sound device cannot be opened \(.+\); see ivr devices"):
        rate_for(beyond, direction, 16_000)


@portaudio
def test_looking_for_devices_is_silent_and_takes_no_words_from_others(tmp_path: Path) -> None:
    without = {**os.environ, "PULSE_SERVER": f"unix:{tmp_path / 'nowhere'}"}  # about which ALSA has much to tell
    command = [sys.executable, "-c", _TALKING_MEANWHILE]
    done = subprocess.run(command, env=without, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.split("\n") == [*map(str, range(int(done.stdout))), ""]
    assert int(done.stdout) > 3
