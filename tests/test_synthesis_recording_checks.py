"""Recordings that are not fit for a call are found by name, each for its own reason; fit ones are left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.audio.pcm import Samples
from ivr.audio.wav import write_wav
from ivr.callflow.nodes import Prompt
from ivr.speech.recording_checks import AMOUNT_WORDS, Fault, recording_faults
from ivr.speech.recordings import Recordings

RATE = 16_000
PROMPTS = {
    "greeting": Prompt(text="您好，欢迎致电。"),
    "offer": Prompt(text="人工请按零。"),
    "thanks": Prompt(text="感谢来电，再见。"),
    "balance": Prompt(text="余额是{account.balance:money}，请核对。"),
}


def speech(seconds: float, loudness: float = 0.3) -> Samples:
    at = np.arange(int(RATE * seconds)) / RATE
    return (32767 * loudness * np.sin(2 * np.pi * 200 * at) * np.abs(np.sin(2 * np.pi * 2 * at))).astype(np.int16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, seconds in (("greeting", 1.8), ("offer", 1.2), ("thanks", 1.5), ("balance~1", 0.8), ("balance~2", 0.8)):
        write_wav(tmp_path / f"{name}.wav", speech(seconds), RATE)
    return tmp_path


def kinds(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.name, fault.kind) for fault in faults]


def test_complete_and_fit_recordings_have_no_faults(folder: Path) -> None:
    (folder / "words").mkdir()
    for word in AMOUNT_WORDS:
        write_wav(folder / "words" / f"{word}.wav", speech(0.35), RATE)
    assert recording_faults(PROMPTS, [folder]) == []


def test_a_hotline_without_recordings_has_none_missing(tmp_path: Path) -> None:
    assert recording_faults(PROMPTS, [tmp_path, tmp_path / "nowhere"]) == []


def test_a_folder_that_cannot_be_looked_into_is_told_and_costs_no_call(folder: Path) -> None:
    unreadable = folder / ("x" * 300)  # whoever runs the tests may be root, whom no mode keeps out
    (fault,) = (one for one in recording_faults(PROMPTS, [unreadable, folder]) if one.name == unreadable.name)
    assert (fault.file, fault.kind, fault.serious) == (str(unreadable), "unreadable", True)
    assert "cannot be read (File name too long)" in fault.what
    recordings = Recordings([unreadable, folder], RATE)
    assert recordings.named("offer", PROMPTS["offer"].text) is not None
    assert any(str(unreadable) in problem for problem in recordings.problems)


@pytest.mark.parametrize(
    ("samples", "kind"),
    [
        (speech(6), "long"),
        (speech(0.3), "short"),
        (np.zeros(RATE, np.int16), "silent"),
        (np.clip(speech(1.2).astype(int) * 6, -32768, 32767).astype(np.int16), "clipped"),
        (speech(1.2, 0.05), "level"),
    ],
)
def test_each_fault_is_found(folder: Path, samples: Samples, kind: str) -> None:
    write_wav(folder / "offer.wav", samples, RATE)
    faults = recording_faults(PROMPTS, [folder])
    assert ("offer", kind) in kinds(faults)
    assert all(fault.name == "offer" and fault.serious for fault in faults)
    assert "offer.wav" in faults[0].what


def test_what_is_missing_unknown_cut_off_or_unreadable_is_told(folder: Path) -> None:
    (folder / "thanks.wav").unlink()
    (folder / "balance~2.wav").rename(folder / "balance~3.wav")
    (folder / "offer.wav").write_bytes((folder / "offer.wav").read_bytes()[:30_000])
    (folder / "greeting.wav").write_text("not a sound")
    (folder / "words").mkdir()
    write_wav(folder / "words" / "一.wav", speech(0.3), RATE)
    faults = recording_faults(PROMPTS, [folder])
    assert kinds(faults) == [
        ("balance", "missing"),
        ("balance~3", "unknown"),
        ("greeting", "unreadable"),
        ("offer", "truncated"),
        ("thanks", "missing"),
        ("words", "missing"),
    ]
    assert "record thanks.wav" in faults[4].remedy
    assert "零" in faults[5].what
    assert [fault.serious for fault in faults] == [False, False, True, True, False, False]


def test_flac_and_other_rates_are_read_and_too_low_a_rate_is_told(folder: Path) -> None:
    (folder / "offer.wav").unlink()
    soundfile.write(folder / "offer.flac", speech(1.2), RATE)
    write_wav(folder / "greeting.wav", speech(1.8)[::4], RATE // 4)
    assert kinds(recording_faults(PROMPTS, [folder])) == [("greeting", "narrow")]
