"""What people try before they phone by voice: which devices there are, what the microphone hears, a headset."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.pcm import Samples
from ivr.audio.wav import read_sound, write_wav
from tests.artificial_speech import noise, samples, silence, voice
from tests.microphone_caller import Caller
from tests.script_files import write_hotline
from tests.virtual_sound_card import RATE, SoundCard, needed

REASON = needed()
IVR = [sys.executable, "-m", "ivr"]
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)


def ivr(card: SoundCard, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*IVR, *arguments], env=card.environment, capture_output=True, text=True, timeout=60)


def spoken(folder: Path, sound: Samples) -> Path:
    write_wav(folder / "spoken.wav", sound, RATE)
    return folder / "spoken.wav"


def test_devices_are_listed_with_a_star_for_those_that_a_call_takes(card: SoundCard) -> None:
    listed = json.loads(ivr(card, "devices", "--json").stdout)
    (microphone,) = (one for one in listed if one["default_input"])
    (loudspeaker,) = (one for one in listed if one["default_output"])
    assert min(microphone["inputs"], loudspeaker["outputs"], microphone["rate"]) > 0
    shown = ivr(card, "devices")
    assert shown.returncode == 0
    starred = [line for line in shown.stdout.splitlines() if "yes *" in line]
    assert [line.split()[0] for line in starred] == [str(number) for number in sorted(
        {microphone["number"], loudspeaker["number"]})]  # fmt: skip
    assert f"{microphone['name']} ({microphone['host']})" in shown.stdout


@pytest.mark.parametrize(
    ("sound", "problem"),
    [
        (np.concatenate((voice(4, RATE), silence(0.6, RATE))), ""),
        (silence(1, RATE), "muted"),
        (noise(1, RATE, dbfs=-20), "almost as loud"),
    ],
    ids=["a voice", "nothing", "noise"],
)
def test_the_doctor_listens(card: SoundCard, tmp_path: Path, sound: np.ndarray, problem: str) -> None:
    room = samples(np.tile(sound, 12))
    if problem != "muted":
        room = samples(room + noise(len(room) / RATE, RATE, dbfs=-62))
    with card.saying(spoken(tmp_path, room)):
        done = ivr(card, "doctor", "--microphone", "--seconds", "1", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ready"]) == ((1, False) if problem else (0, True)), found
    assert problem in "".join(found["problems"])
    assert 900 <= found["milliseconds"] <= 1_000


def test_a_device_is_chosen_by_a_part_of_its_name(card: SoundCard, tmp_path: Path) -> None:
    name = next(one["name"] for one in json.loads(ivr(card, "devices", "--json").stdout) if one["default_input"])
    listen = ("doctor", "--microphone", "--seconds", "1", "--input-device")
    with card.saying(spoken(tmp_path, samples(voice(40, RATE) + noise(8, RATE, dbfs=-62)))):
        heard = ivr(card, *listen, name[1:].upper())
    assert heard.returncode in (0, 1)
    assert heard.stdout.startswith("voice -")
    unknown = ivr(card, *listen, "no such thing")
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("error: no microphone is called 'no such thing'; there are: ")
    assert name in unknown.stderr


_BEFORE_THE_CALL = """
import subprocess, sys
import numpy as np
from ivr.lines.sound_device import SoundDevice
device = SoundDevice(16000)
subprocess.run(["paplay", "-d", "vmic_in", sys.argv[1]], check=True)
device.begin()
print(max(int(np.abs(device.read(15).astype(int)).max()) for _ in range(25)))
device.close()
"""


def test_what_was_said_before_the_call_began_is_not_heard(card: SoundCard, tmp_path: Path) -> None:
    talk = spoken(tmp_path, samples(np.concatenate((voice(4, RATE), silence(1, RATE)))))
    command = [sys.executable, "-c", _BEFORE_THE_CALL, str(talk)]
    done = subprocess.run(command, env=card.environment, capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) == 0


_TOO_MUCH_AT_ONCE = """
import numpy as np
from ivr.lines.sound_device import SoundDevice
device = SoundDevice(16000)
device.begin()
for _ in range(100):
    device.write(np.full(320, 9000, np.int16))
for _ in range(75):
    device.read(15)
device.close()
"""


def test_sound_that_comes_too_late_is_left_out_and_not_heard_late(card: SoundCard, tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    with card.recording(heard):
        subprocess.run([sys.executable, "-c", _TOO_MUCH_AT_ONCE], env=card.environment, check=True, timeout=60)
    loud_s = np.count_nonzero(np.abs(read_sound(heard).samples.astype(int)) > 1_000) / RATE
    assert 0.1 < loud_s < 0.6


def test_that_keys_of_a_file_are_not_taken_is_told(card: SoundCard, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("1\n", "utf-8")
    phone = shlex.join([*IVR, "call", "--voice", "--speaker", "espeak", "--database", "memory"])
    with Caller(card, "sh", "-c", f"exec {phone} < {tmp_path}/keys") as caller:
        caller.complains("keys are taken from a terminal only, not from a pipe or a file")
        caller.hangs_up()


def test_with_a_headset_whoever_speaks_interrupts_before_they_have_finished(card: SoundCard, tmp_path: Path) -> None:
    card.environment["IVR_DATA_DIR"] = str(tmp_path / "data")
    flow, prompts = write_hotline(tmp_path), tmp_path / "prompts.yaml"
    prompts.write_text(prompts.read_text("utf-8").replace("天气请按1，", "您好，" * 12 + "天气请按1，", 1), "utf-8")
    command = [*IVR, "call", str(flow), "--voice", "--headset", "--json", "--speaker", "espeak", "--database", "memory"]
    talk = spoken(tmp_path, samples(voice(60, RATE)))
    with Caller(card, *command) as caller:
        caller.hears("play-prompt", prompt="menu.offer")
        with card.saying(talk) as speaker:
            caller.hears("stop-prompt", prompt="menu.offer")
            assert speaker.poll() is None  # on a loudspeaker, nothing stops before it is understood
        assert not [entry for entry in caller.log if entry.event == "utterance-heard"]
        assert caller.leaves()[0] == 3
