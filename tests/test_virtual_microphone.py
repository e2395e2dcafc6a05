"""End to end through a sound card: a caller speaks into the microphone and hears the balance from the loudspeaker.

The card is PulseAudio's, without hardware; everything else is the real thing. The caller listens to the event log, so
that a busy machine makes the call longer and not different.
"""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.audio.dtmf_generator import dialled
from ivr.audio.pcm import Samples
from ivr.audio.resampler import resampled
from ivr.audio.wav import read_sound, write_wav
from ivr.commands.voice_setup import open_voice
from ivr.errors import AudioError
from ivr.lines.call_audio import Parts
from ivr.session.call_log import LogEntry
from ivr.speech.espeak_command import EspeakCommand
from ivr.speech.model_choice import chosen_model
from ivr.testing.script_loading import load_script
from ivr.testing.script_runner import run_script
from ivr.testing.scripted_call import Setting
from ivr.testing.sound_call import SoundCall
from tests.phones import BALANCE, NUMBER, PASSWORD, exchange
from tests.script_files import write_hotline
from tests.sound_calls import without_times
from tests.virtual_sound_card import RATE, SoundCard, needed

REASON = needed()
PHONE = [sys.executable, "-m", "ivr", "call", "--voice", "--json", "--speaker", "espeak", "--database", "memory"]
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)


@pytest.fixture
def card(tmp_path: Path) -> Iterator[SoundCard]:
    made = SoundCard(tmp_path)
    made.plug_in()
    yield made
    made.unplug()


class Caller:
    """Reads the event log of a call as it comes, or what it shows, and acts on it."""

    def __init__(self, card: SoundCard, *command: str) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(
            command,
            env=card.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.log: list[LogEntry] = []

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._errors.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put("")

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

    def leaves(self) -> tuple[int, list[str]]:
        """Hangs up; returns the exit code, and what was complained of beside warnings."""
        self.hangs_up()
        code = self._process.wait(timeout=30)
        self._errors.seek(0)
        told = self._errors.read().decode().splitlines()
        return code, [line for line in told if not line.startswith("warning: ")]

    def hangs_up(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def ends(self) -> int:
        while line := self._lines.get(timeout=60):
            self.log.append(LogEntry.from_json(line))
        return self._process.wait(timeout=30)


def tones(folder: Path, keys: str) -> Path:
    file = folder / f"{keys.strip('#')}.wav"
    write_wav(file, np.concatenate((dialled(keys, 120, 120, rate=RATE), np.zeros(RATE // 5, np.int16))), RATE)
    return file


def spoken_balance(log: list[LogEntry]) -> str:
    return next(str(one.data["text"]) for one in log if one.data.get("prompt") == "balance.read" and "text" in one.data)


def likeness(heard: Samples, sound: Samples) -> float:
    """How well the sound is found in what was heard, 0 to 1: the middle one of its seconds.

    Second by second, because a busy machine puts gaps into what a sound server plays.
    """
    seconds = [sound[start : start + RATE] for start in range(0, len(sound) - RATE + 1, RATE)]
    return float(np.median([_correlation(heard, second) for second in seconds]))


def _correlation(heard: Samples, sound: Samples) -> float:
    """The greatest normalised correlation of the sound with any stretch of what was heard, 0 to 1."""
    some, whole = sound.astype(np.float64), heard.astype(np.float64)
    size = 1 << (len(some) + len(whole)).bit_length()
    products = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(some, size)), size)[: len(whole)]
    energy = np.concatenate(([0.0], np.cumsum(whole**2)))
    stretch = energy[len(some) :] - energy[: len(energy) - len(some)]
    return float((products[: len(stretch)] / np.sqrt(stretch * (some @ some) + 1)).max())


def test_by_tones_to_the_balance_and_the_same_log_on_every_line(card: SoundCard, tmp_path: Path) -> None:
    with card.recording(tmp_path / "heard.wav"), Caller(card, *PHONE, "--at", "2026-03-02T09:30") as caller:
        caller.hears("play-prompt", prompt="main.offer")
        card.say(tones(tmp_path, "1"))
        caller.hears("play-prompt", prompt="main.account.offer")
        card.say(tones(tmp_path, "1"))
        caller.hears("play-prompt", prompt="verify.id-number")
        card.say(tones(tmp_path, NUMBER + "#"))
        caller.hears("play-prompt", prompt="verify.password")
        card.say(tones(tmp_path, PASSWORD))
        caller.hears("play-prompt", prompt="balance.next")
        card.say(tones(tmp_path, "3"))
        assert caller.ends() == 0
    assert BALANCE in spoken_balance(caller.log)
    rendered = open_voice(exchange().hotline, RATE, "espeak").sound("balance.read", spoken_balance(caller.log))
    assert likeness(read_sound(tmp_path / "heard.wav").samples, rendered) > 0.6

    story = tmp_path / "story.call.yaml"
    steps = [{"presses": "1", "during": "main.offer"}, {"presses": "1", "during": "main.account.offer"}]
    steps += [{"presses": ["number", "#"], "during": "verify.id-number"}]
    steps += [{"presses": "password", "during": "verify.password"}]
    steps += [{"hears": "verify.passed"}, {"hears": "balance.read"}, {"presses": "3", "during": "balance.next"}]
    story.write_text(json.dumps({"call": "x", "caller": {"person": "wang-balance"}, "steps": steps}), "utf-8")
    (script,) = load_script(story)

    def with_sound(session: object, accounts: object, desk: object, setting: Setting) -> SoundCall:
        voice = open_voice(exchange().hotline, RATE, "espeak")
        return SoundCall(session, accounts, desk, parts=Parts(voice), local_time=setting.at)  # type: ignore[arg-type]

    on_the_keypad = run_script(exchange(), script)
    as_a_recording = run_script(exchange(), script, MemoryAccounts, with_sound)
    assert on_the_keypad.failure is None
    assert as_a_recording.failure is None
    assert without_times(as_a_recording.log) == without_times(on_the_keypad.log)
    assert without_times(caller.log) == without_times(on_the_keypad.log)


@pytest.mark.parametrize("ear", ["sounds that it knows", "the model that calls use"])
def test_by_voice_to_the_balance(card: SoundCard, tmp_path: Path, ear: str) -> None:
    voice = EspeakCommand()
    said = {}
    for number, text in enumerate(("个人账户", "余额查询")):
        sound = voice.synthesise(text)
        said[text] = str(tmp_path / f"said-{number}.wav")
        write_wav(Path(said[text]), resampled(sound.samples, sound.rate, RATE), RATE)
    (tmp_path / "heard.json").write_text(json.dumps(said), encoding="utf-8")
    command = [sys.executable, "-m", "tests.microphone_call", str(tmp_path / "heard.json")]
    if ear == "the model that calls use":
        assert chosen_model() is not None, "a model ships with the program"
        command = [*PHONE, "--at", "2026-03-02T09:30"]
    with card.recording(tmp_path / "heard.wav"), Caller(card, *command) as caller:
        caller.hears("play-prompt", prompt="main.offer")
        card.say(Path(said["个人账户"]))  # half duplex: only a phrase on offer interrupts, and this one is
        caller.hears("stop-prompt", prompt="main.offer")
        caller.hears("play-prompt", prompt="main.account.offer")
        card.say(Path(said["余额查询"]))
        caller.hears("play-prompt", prompt="verify.id-number")
        card.say(tones(tmp_path, NUMBER + "#"))
        caller.hears("play-prompt", prompt="verify.password")
        card.say(tones(tmp_path, PASSWORD))
        caller.hears("prompt-finished", prompt="balance.read")
        caller.hangs_up()
        assert caller.ends() == 0
    rendered = open_voice(exchange().hotline, RATE, "espeak").sound("balance.read", spoken_balance(caller.log))
    assert likeness(read_sound(tmp_path / "heard.wav").samples, rendered) > 0.6


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
    with Caller(card, *on_screen) as caller:
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
    with Caller(card, *on_screen) as caller:
        caller.sees("请按")
        card.freeze()
        caller.sees("(the sound device is gone; keys and subtitles go on while another is looked for)")
        assert caller.leaves() == (3, [])
    assert disposition(tmp_path) == "abandoned"


def test_the_system_of_sound_is_found_again_however_often_it_was_not() -> None:
    import sounddevice

    from ivr.lines.sound_device import devices
    from ivr.lines.sound_library import look_again

    sounddevice._terminate()  # as after a server that was not there when it was looked for
    with pytest.raises(AudioError, match="is its sound server running"):
        devices()
    look_again()
    assert isinstance(devices(), list)


def test_a_sound_server_that_hangs_is_given_up_by_whoever_checks_the_microphone(card: SoundCard) -> None:
    command = [sys.executable, "-m", "ivr", "doctor", "--microphone", "--seconds", "30"]
    with subprocess.Popen(command, env=card.environment, stderr=subprocess.PIPE, text=True) as check:
        assert check.stderr is not None
        assert "say something" in check.stderr.readline()
        card.freeze()
        assert "the system's sound does not answer; restart its sound server" in check.stderr.read()
        assert check.wait(10) == 2
