"""Bands turn away strangers, and not the caller; what is taken at once is right."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import cli
from ivr.audio.wav import write_wav
from ivr.speech.confidence_bands import AS_SCORED, CAUTIOUS, Band, bands_of_model
from ivr.speech.evaluation.calibration import ASKED_BACK, MISTAKES, STRANGERS, TURNED_AWAY, bands_of, calibrated
from ivr.speech.evaluation.conditions import condition
from ivr.speech.evaluation.hearing import Heard, Task
from ivr.speech.evaluation.spoken import Spoken
from tests.untrained_model import make_untrained_model

SCORES = st.lists(st.floats(0, 1), min_size=20, max_size=60)


def heard(task: Task, meant: str, understood: str, score: float) -> Heard:
    spoken = Spoken(Path("a.wav"), "an", "command", meant)
    return Heard(spoken, condition("16k"), task, meant, understood, understood, score, 1.0, 0.01)


def phrases(right: list[float], wrong: list[float], strangers: list[float]) -> list[Heard]:
    return (
        [heard("phrase", "余额", "余额", score) for score in right]
        + [heard("phrase", "余额", "报销", score) for score in wrong]
        + [heard("words in a menu", "", "报销", score) for score in strangers]
    )


def test_where_right_and_strange_are_apart_the_band_lies_between() -> None:
    right, strangers = [0.8 + number / 200 for number in range(40)], [0.1 + number / 200 for number in range(40)]

    found = calibrated(phrases(right, [], strangers))[0]

    assert 0.28 < found.band.reject <= 0.8
    assert (found.turned_away, found.mistakes) == (0, 0)
    assert found.strangers <= STRANGERS


@given(SCORES, st.lists(st.floats(0, 1), max_size=20), SCORES)
def test_the_promises_of_a_band(right: list[float], wrong: list[float], strangers: list[float]) -> None:
    found = calibrated(phrases(right, wrong, strangers))[0]

    right.sort()
    highest_reject = right[int(TURNED_AWAY * len(right))]
    highest_accept = right[int((TURNED_AWAY + ASKED_BACK) * len(right))]
    assert 0 <= found.band.reject <= found.band.accept <= 1
    assert found.turned_away <= TURNED_AWAY + 1e-9
    assert found.turned_away + found.asked_back <= TURNED_AWAY + ASKED_BACK + 1e-9
    assert found.strangers <= STRANGERS or found.band.reject == highest_reject
    assert found.mistakes <= MISTAKES or found.band.accept == highest_accept


def test_what_was_not_heard_at_all_is_no_stranger_let_in() -> None:
    found = calibrated(phrases([0.6] * 30, [], []) + [heard("words in a menu", "", "", 0.0)] * 30)[0]

    assert found.strangers == 0
    assert found.band.reject <= 0.6


def test_too_few_results_leave_the_cautious_band() -> None:
    bands = bands_of(calibrated(phrases([0.9] * 19, [], [0.1] * 30)))

    assert bands.phrases == bands.digits == bands.yes_no == CAUTIOUS


@given(st.floats(0, 1))
def test_scores_are_collected_as_they_are(score: float) -> None:
    assert AS_SCORED.calibrated(score) == pytest.approx(score)


def test_the_command_keeps_the_bands_beside_the_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "data"))
    model = make_untrained_model(tmp_path / "model", "余额")
    write_wav(tmp_path / "a.wav", np.random.default_rng(1).normal(0, 3_000, 8_000).astype(np.int16), 16_000)
    rows = ["file\tvoice\tkind\ttext", "a.wav\tan\tcommand\t余额", "a.wav\tan\toov\t苹果"]
    (tmp_path / "utterances.tsv").write_text("\n".join(rows), "utf-8")
    asked = ["models", "calibrate", str(model), "--data", str(tmp_path), "--condition", "16k"]

    assert cli.run([*asked, "--dry-run"]) == 0
    assert not (model / "bands.json").exists()
    assert "too few results" in capsys.readouterr().out
    assert cli.run([*asked, "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["written"] is True
    assert bands_of_model(model).phrases == Band(CAUTIOUS.reject, CAUTIOUS.accept)
    assert "2 recordings of 1 voices (an) under 16k" in (model / "bands.json").read_text("utf-8")
    shutil.rmtree(model)
