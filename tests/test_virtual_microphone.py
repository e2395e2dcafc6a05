"""End to end through a sound card: a caller speaks into the microphone and hears the balance from the loudspeaker.

The card is PulseAudio's, without hardware; everything else is the real thing. The caller listens to the event log, so
that a busy machine makes the call longer and not different.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.audio.pcm import Samples
from ivr.audio.resampler import resampled
from ivr.audio.wav import read_sound, write_wav
from ivr.commands.voice_setup import open_voice
from ivr.lines.call_audio import Parts
from ivr.session.call_log import LogEntry
from ivr.speech.espeak_command import EspeakCommand
from ivr.speech.model_choice import chosen_model
from ivr.testing.script_loading import load_script
from ivr.testing.script_runner import run_script
from ivr.testing.scripted_call import Setting
from ivr.testing.sound_call import SoundCall
from tests.microphone_caller import Caller, tones
from tests.phones import BALANCE, NUMBER, PASSWORD, exchange
from tests.sound_calls import without_times
from tests.virtual_sound_card import RATE, SoundCard, needed

REASON = needed()
PHONE = [sys.executable, "-m", "ivr", "call", "--voice", "--json", "--speaker", "espeak", "--database", "memory"]
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)


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
