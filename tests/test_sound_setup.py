"""Which ear a call gets: what is missing or broken is told with what to do, and keys remain."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr import settings
from ivr.commands.sound_setup import open_recogniser
from ivr.errors import UsageError
from ivr.speech.model_choice import OURS, use_model
from tests.untrained_model import make_untrained_model


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("IVR_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("IVR_SPEECH_MODEL", raising=False)


def test_the_model_that_ships_is_the_ear() -> None:
    told: list[str] = []
    recogniser = open_recogniser(None, told.append)
    assert recogniser is not None
    assert told == []
    assert open_recogniser(settings.shipped("models") / OURS, told.append) is not None


def _gone(folder: Path) -> None:
    shutil.rmtree(folder)


def _cut(folder: Path) -> None:
    network = folder / "am/final.mdl"
    network.write_bytes(network.read_bytes()[:5_000])


@pytest.mark.parametrize(("harm", "says"), [(_gone, "there is no such folder"), (_cut, "damaged")])
def test_a_chosen_model_that_is_unfit_is_told_and_keys_remain(
    tmp_path: Path, harm: Callable[[Path], None], says: str
) -> None:
    model = make_untrained_model(tmp_path / "model", "余额")
    use_model(model)
    harm(model)
    told: list[str] = []
    assert open_recogniser(None, told.append) is None
    (warning,) = told
    assert warning.startswith("words are not understood, keys are: ")
    assert says in warning
    with pytest.raises(UsageError, match=says):
        open_recogniser(model, told.append)
