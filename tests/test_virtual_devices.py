"""What people try before they phone by voice: which devices there are, what the microphone hears, a headset."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.pcm import Samples
from ivr.audio.wav import write_wav
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
