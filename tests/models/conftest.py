"""A model that was never trained, and a machine that has no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr import cli
from tests.untrained_model import make_untrained_model

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_untrained_model(tmp_path_factory.mktemp("untrained") / "model", "查余额", "听广播")


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``ivr models …`` on a machine with an empty data folder; exit code, output, errors."""
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("IVR_SPEECH_MODEL", raising=False)

    def run_models(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["models", *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run_models
