"""No figure reaches an engine, which would read 12333 as a quantity."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.speech.spoken_text import spoken_text


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("请拨打12333。", "请拨打一二三三三。"),
        ("请按0，返回请按*，确认请按#", "请按零，返回请按星号，确认请按井号"),
        ("１２３", "一二三"),
        ("比如“查余额”。", "比如查余额。"),
        ("两行\n文字", "两行 文字"),
        ("一千二百元", "一千二百元"),
    ],
)
def test_examples(written: str, spoken: str) -> None:
    assert spoken_text(written) == spoken


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_nothing_is_left_to_guess_and_saying_it_again_changes_nothing(text: str) -> None:
    spoken = spoken_text(text)
    assert not set(spoken) & set("0123456789*#\n\r“”")
    assert spoken_text(spoken) == spoken
