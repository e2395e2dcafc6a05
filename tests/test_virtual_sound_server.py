"""A sound server that dies or hangs: in a call, while the microphone is checked, while a call is played."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.wav import write_wav
from ivr.errors import AudioError
from tests.microphone_caller import Caller, tones
from tests.script_files import write_hotline
from tests.virtual_sound_card import RATE, SoundCard, needed

REASON = needed()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)


@pytest.fixture
def on_screen(card: SoundCard, tmp_path: Path) -> list[str]:
    """The command for a call whose first words are short, and which is seen rather than logged."""
    card.environment |= {"IVR_DATA_DIR": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"}
    voice = ("--voice", "--speaker", "espeak")
    return [
        sys.executable,
        "-m",
        "ivr",
        "call",
        str(write_hotline(tmp_path)),
        *voice,
        "--plain",
        "--database",
        "memory",
    ]


def disposition(folder: Path) -> object:
    (journal,) = (folder / "data" / "calls").glob("*.jsonl")
    return json.loads(journal.read_text("utf-8").splitlines()[-1])["record"]["disposition"]


def test_a_sound_server_that_dies_is_told_and_the_call_goes_on_with_the_next(
    card: SoundCard, on_screen: list[str], tmp_path: Path
) -> None:
    greeting = tmp_path / "recordings" / "greeting.wav"
    greeting.parent.mkdir()
    greeting.write_text("no sound")
    with Caller(card, *on_screen) as caller:
        caller.sees(f"({greeting}: is no WAV")  # what goes wrong beside the call is shown in it
        caller.sees("请按")
        card.unplug()
        caller.sees("(the sound device is gone; keys and subtitles go on while another is looked for)")
        card.plug_in()
        caller.sees("(the sound is back)")
        card.say(tones(tmp_path, "7"))
        caller.sees("> 7")
        assert caller.leaves() == (3, [])
    assert disposition(tmp_path) == "abandoned"


def test_a_sound_server_that_hangs_holds_up_neither_the_call_nor_its_end(
    card: SoundCard, on_screen: list[str], tmp_path: Path
) -> None:
    with Caller(card, *on_screen, "--json") as caller:  # what is no event is told on standard error
        caller.hears("prompt-finished", prompt="greeting")
        card.freeze()
        caller.complains("the sound device is gone; keys and subtitles go on while another is looked for")
        assert caller.leaves() == (3, ["call over: abandoned\n"])
    assert disposition(tmp_path) == "abandoned"


def test_the_system_of_sound_is_found_again_however_often_it_was_not() -> None:
    import sounddevice

    from ivr.lines.device_choice import devices
    from ivr.lines.sound_library import look_again

    sounddevice._terminate()  # as after a server that was not there when it was looked for
    with pytest.raises(AudioError, match="is its sound server running"):
        devices()
    look_again()
    assert isinstance(devices(), list)


def test_a_sound_server_that_hangs_is_given_up_by_whoever_plays_a_call(card: SoundCard, tmp_path: Path) -> None:
    card.environment["IVR_DATA_DIR"] = str(tmp_path)
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "20260302T093000-abcd.jsonl").write_text("{}\n", encoding="utf-8")
    write_wav(tmp_path / "calls" / "20260302T093000-abcd.wav", np.full(60 * RATE, 9_000, np.int16), RATE)
    command = [sys.executable, "-m", "ivr", "calls", "play", "20260302T093000"]
    with subprocess.Popen(command, env=card.environment, stderr=subprocess.PIPE, text=True) as playing:
        card.hears()
        card.freeze()
        _, told = playing.communicate(timeout=60)
    assert told == "error: the system's sound does not answer; restart its sound server and try again\n"
    assert playing.returncode == 2


def test_a_sound_server_that_hangs_is_given_up_by_whoever_checks_the_microphone(card: SoundCard) -> None:
    command = [sys.executable, "-m", "ivr", "doctor", "--microphone", "--seconds", "30"]
    with subprocess.Popen(command, env=card.environment, stderr=subprocess.PIPE, text=True) as check:
        assert check.stderr is not None
        assert "say something" in check.stderr.readline()
        card.freeze()
        assert "the system's sound does not answer; restart its sound server" in check.stderr.read()
        assert check.wait(10) == 2
