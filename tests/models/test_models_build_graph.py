"""``ivr models build-graph``: a model that is given the words of a hotline."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ivr import settings
from ivr.speech.model_choice import chosen_model
from tests.models.conftest import Run
from tests.small_documents import FLOW, write_documents


def test_a_model_gets_the_words_of_a_hotline(run: Run, model: Path, tmp_path: Path) -> None:
    flow = write_documents(tmp_path / "hotline", flow=FLOW.replace("[再见]", "[听广播, 订披萨]"))
    out = tmp_path / "fitted"

    assert (
        run("build-graph", "--model", str(model), "--flow", str(flow), "--out", str(out), "--word-cost", "-3")[0] == 0
    )

    assert run("verify", str(out), "--flow", str(flow), "--json")[0] == 0
    lexicon = (out / "graph/lexicon.txt").read_text("utf-8")
    assert "\n订披萨 d ing p i s a\n" in lexicon
    assert "查余额" not in lexicon
    assert json.loads((out / "graph/costs.json").read_text())["word"] == -3
    assert (out / "am/final.mdl").read_bytes() == (model / "am/final.mdl").read_bytes()


def test_without_a_place_the_fitted_model_is_named_after_the_hotline(run: Run, model: Path, tmp_path: Path) -> None:
    flow = write_documents(tmp_path / "hotline", flow=FLOW.replace("[再见]", "[听广播]"))

    code, out, _ = run("build-graph", "--model", str(model), "--flow", str(flow))

    assert (code, out.splitlines()[-1]) == (0, "use it in calls: ivr models use small")
    assert run("use", "small")[0] == 0
    assert chosen_model() == settings.models_dir() / "small"


def test_words_are_said_as_the_user_says(run: Run, model: Path, tmp_path: Path) -> None:
    flow = write_documents(tmp_path / "hotline", flow=FLOW.replace("[再见]", "[ж线路]"))
    own = tmp_path / "pronunciations.yaml"
    own.write_text("ж: re\n", "utf-8")
    asked = ["build-graph", "--model", str(model), "--flow", str(flow), "--out", str(tmp_path / "fitted")]

    code, _, error = run(*asked)
    assert (code, "'ж线路' cannot be pronounced" in error) == (1, True)
    assert run(*asked, "--pronunciations", str(own))[0] == 0


def test_only_a_model_with_our_sounds_gets_words(run: Run, model: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    shutil.copytree(model, foreign)
    (foreign / "graph/phones.txt").write_text("<eps> 0\nSIL 1\n")

    code, _, error = run("build-graph", "--model", str(foreign))

    assert (code, "its sounds are not ours" in error) == (2, True)


def test_the_same_words_are_the_same_bytes_in_every_process(run: Run, model: Path, tmp_path: Path) -> None:
    flow = write_documents(tmp_path / "hotline", flow=FLOW.replace("[再见]", "[听广播, 订披萨]"))
    asked = ["build-graph", "--model", str(model), "--flow", str(flow), "--out"]
    assert run(*asked, str(tmp_path / "here"))[0] == 0

    subprocess.run(
        [sys.executable, "-m", "ivr", "models", *asked, tmp_path / "there"],
        check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": "12333"},
    )  # fmt: skip

    here, there = (
        {file.name: file.read_bytes() for file in (tmp_path / place / "graph").rglob("*.*")}
        for place in ("here", "there")
    )
    assert here == there
    assert len(here) == 7
