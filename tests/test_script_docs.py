"""What docs/scripts.md says is true: its scripts pass, its Python test passes, every step is in its table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.testing.script import STEPS, Story
from ivr.testing.suite import Suite

pytest_plugins = ["pytester"]

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "scripts.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.M | re.S)


@pytest.mark.parametrize("script", blocks("yaml"))
def test_the_scripts_pass(tmp_path: Path, script: str) -> None:
    file = tmp_path / "documented.call.yaml"
    file.write_text(script, encoding="utf-8")
    result = Suite().run(file)
    assert result.problems == ()
    assert [outcome.failure for outcome in result.outcomes if not outcome.passed] == []
    assert result.outcomes


def test_the_python_test_passes(pytester: pytest.Pytester) -> None:
    (code,) = blocks("python")
    pytester.makepyfile(code)
    pytester.runpytest().assert_outcomes(passed=1)


def test_every_step_and_key_is_documented() -> None:
    for verb in STEPS:
        assert f"`{verb}" in TEXT
    for field in Story.model_fields.values():
        assert f"`{field.alias}" in TEXT
