"""Our keys against two detectors that others wrote, on the same audio: agreement where all must agree, and no worse."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

from benchmarks.dtmf.conditions import Condition, dialling, right
from benchmarks.dtmf.rivals import rivals
from benchmarks.dtmf.talk import synthetic
from ivr.audio.dtmf_detector import DtmfDetector
from ivr.audio.dtmf_generator import KEYS, dialled
from ivr.audio.pcm import Samples

RIVALS = rivals()


def need(name: str) -> None:
    if name not in RIVALS:
        package = {"spandsp": "libspandsp2", "multimon-ng": "multimon-ng"}[name]
        assert "CI" not in os.environ, f"CI installs {package}"
        pytest.skip(f"{name} is not installed: apt install {package}")


def ours(samples: Samples) -> str:
    return "".join(key.key for key in DtmfDetector().feed(samples))


@pytest.mark.parametrize("name", ["spandsp", "multimon-ng"])
@pytest.mark.parametrize("level_dbfs", [-9, -25])
def test_clean_keys_are_heard_alike(name: str, level_dbfs: float) -> None:
    need(name)
    samples = dialled(KEYS + "12333", 60, 60, level_dbfs=level_dbfs)
    assert RIVALS[name](samples) == ours(samples) == KEYS + "12333"


@pytest.mark.parametrize("name", ["spandsp", "multimon-ng"])
@pytest.mark.parametrize(
    "condition",
    [
        Condition("noise", snr_db=6),
        Condition("frequency", error=0.015, snr_db=12),
        Condition("twist", twist_db=-8, snr_db=15),
        Condition("soft", level_dbfs=-40),
    ],
    ids=lambda condition: condition.name,
)
def test_ours_hears_no_less(name: str, condition: Condition) -> None:
    need(name)
    samples, sent = dialling(condition, np.zeros(8000, np.int16), rounds=3)
    heard = ours(samples)
    assert heard == sent
    assert right(sent, heard) >= right(sent, RIVALS[name](samples))


def voices(hours: float) -> list[Samples]:
    if shutil.which("espeak-ng") is None:
        assert "CI" not in os.environ, "CI installs espeak-ng"
        pytest.skip("espeak-ng is not installed: apt install espeak-ng")
    return list(synthetic(hours, 8000, seed=7))


@pytest.mark.parametrize("name", ["spandsp", "multimon-ng"])
def test_ours_hears_no_more_in_speech(name: str) -> None:
    need(name)
    pieces = voices(0.05)
    assert sum(len(ours(piece)) for piece in pieces) <= sum(len(RIVALS[name](piece)) for piece in pieces)


@pytest.mark.parametrize("name", ["spandsp", "multimon-ng"])
@pytest.mark.parametrize("below_db", [10, 3, 0])
def test_ours_hears_no_less_under_speech(name: str, below_db: float) -> None:
    need(name)
    condition, mine, theirs = Condition("speech", speech_db=below_db), 0, 0
    for voice in voices(0.05)[:6]:
        samples, sent = dialling(condition, voice, rounds=6)
        mine += right(sent, ours(samples))
        theirs += right(sent, RIVALS[name](samples))
    assert mine >= theirs


def test_right_counts_the_longest_common_subsequence() -> None:
    assert right("123456", "123456") == 6
    assert right("123456", "13946") == 4
    assert right("123456", "") == 0
    assert right("1111", "111111") == 4
    assert right("12", "21") == 1
