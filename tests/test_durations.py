"""Measured lengths of prompts reach calls, checks and costs; without them everything is counted as before."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.callflow.checking import check
from ivr.callflow.durations import FILE, Durations, durations_text, measured, read_durations
from ivr.callflow.speaking import speaking_ms
from ivr.errors import DocumentError
from ivr.hotlines import open_hotline
from ivr.testing.costs import costs


@settings(max_examples=60, deadline=None)
@given(st.text(), st.integers(60, 600))
def test_without_a_measure_all_is_counted(text: str, pace: int) -> None:
    assert Durations().speaking_ms(text, pace) == speaking_ms(text, pace)


def test_a_measured_text_takes_what_it_took_and_others_the_pace_of_the_voice() -> None:
    voice = measured("slow", {"请按一": 1500, "再见": 1000})  # five characters in 2.5 s: 120 a minute
    assert voice.characters_a_minute == 120
    assert voice.speaking_ms("请按一") == 1500
    assert voice.speaking_ms("请按一", 120) == 3000
    assert voice.speaking_ms("请稍候") == 1500
    assert voice.speaking_ms("请稍候", 480) == 750


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(min_size=1), st.integers(1, 60_000)))
def test_the_file_holds_what_was_measured(tmp_path_factory: pytest.TempPathFactory, texts: dict[str, int]) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / FILE).write_text(durations_text(measured("voice", texts)), "utf-8")
    assert read_durations(folder) == measured("voice", texts)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"voice": "", "characters_a_minute": 0, "texts": {}}',
    '{"voice": "", "characters_a_minute": 240, "texts": {"a": "1"}}', "\x00"])  # fmt: skip
def test_a_file_that_is_none_of_ours_is_a_problem_with_a_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(DocumentError, match=r"holds no measured durations .*; delete it, or measure again"):
        read_durations(tmp_path)


@pytest.fixture
def own_hotline(tmp_path: Path) -> Path:
    shutil.copytree(Path(__file__).parents[1] / "ivr/callflow/new_hotline", tmp_path / "own")
    return tmp_path / "own"


def test_a_slow_voice_makes_menus_too_long_and_services_later(own_hotline: Path) -> None:
    counted = open_hotline(own_hotline)
    slow = {"voice": "slow", "characters_a_minute": 40, "texts": {}}
    (own_hotline / FILE).write_text(json.dumps(slow))
    spoken = open_hotline(own_hotline)
    assert spoken.version == counted.version
    rules = {problem.rule for problem in check(spoken)} - {problem.rule for problem in check(counted)}
    assert "first-option-late" in rules or "menu-long" in rules or "option-head-long" in rules
    for before, after in zip(costs(counted), costs(spoken), strict=True):
        if before.typical is not None and after.typical is not None and before.typical.ms > 1000:
            assert after.typical.ms > before.typical.ms
