"""Microphones and callers as they are: whatever comes in, the call goes on, and keys work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ivr.audio.pcm import Samples, saturated
from ivr.errors import AudioError
from ivr.lines.call_audio import Parts
from ivr.lines.caller_file import read_caller
from ivr.session.call_log import LogEntry
from tests import artificial_speech as sounds
from tests.sound_calls import RATE, NoisyVoice, ear_for, sound_call

LENGTH_S = 12.0


def _voice() -> np.ndarray:
    """Two sentences; a third that is not understood would rightly lead to an agent."""
    some = np.concatenate((sounds.silence(2.5, RATE), sounds.voice(4, RATE)))
    return np.concatenate((some, some, sounds.silence(LENGTH_S - 2 * len(some) / RATE, RATE)))


BAD: dict[str, Samples] = {
    "silence": sounds.samples(sounds.silence(LENGTH_S, RATE)),
    "full noise": sounds.samples(sounds.noise(LENGTH_S, RATE, dbfs=0)),
    "faint noise": sounds.samples(sounds.noise(LENGTH_S, RATE, dbfs=-60)),
    "clipped": saturated(_voice() * 50),
    "direct current": saturated(_voice() + 20_000),
    "only direct current": np.full(round(LENGTH_S * RATE), 32767, np.int16),
    "hum": sounds.samples(sounds.hum(LENGTH_S, RATE)),
    "music": sounds.samples(sounds.music(LENGTH_S, RATE)),
    "whisper": sounds.samples(sounds.whisper(round(LENGTH_S / 0.2), RATE, dbfs=-48)),
    "talk without end": sounds.samples(sounds.voice(round(LENGTH_S / 0.2), RATE)),
    "another language": saturated(_voice()),
    "clicks": np.where(np.arange(round(LENGTH_S * RATE)) % 4_000 < 3, 32_767, 0).astype(np.int16),
    "the lowest values": np.full(round(LENGTH_S * RATE), -32768, np.int16),
}


@pytest.mark.parametrize("headset", [True, False], ids=["headset", "loudspeaker"])
@pytest.mark.parametrize("sound", BAD.values(), ids=BAD)
def test_the_call_goes_on_and_keys_work(sound: Samples, headset: bool) -> None:
    log: list[LogEntry] = []
    parts = Parts(NoisyVoice(), ear_for("账户查询", "返回"), half_duplex=not headset)
    call = sound_call(parts, log)
    call.answer()
    call.play(sound)
    assert not call.over
    call.press("1")
    call.wait(200)
    choices = [entry.data["choice"] for entry in log if entry.event == "choice"]
    assert choices == ["main.account"], [entry.to_json() for entry in log[-6:]]
    assert not [entry for entry in log if entry.event in ("line-failed", "call-ended")]
    assert all(entry.data["text"] == "" for entry in log if entry.event == "utterance-heard")


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all", bytes(4_000)])
def test_a_file_that_is_no_sound_is_told_before_anybody_phones(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "caller.wav").write_bytes(content)
    with pytest.raises(AudioError, match=r"caller\.wav"):
        read_caller(tmp_path / "caller.wav", RATE)
