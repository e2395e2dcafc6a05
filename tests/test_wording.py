"""Wording: slots of each type, lines, what cannot be said, and the memory for how long things take."""

from __future__ import annotations

import pytest

from ivr.callflow.nodes import Prompt
from ivr.session.wording import Template, WordingError, Wordings


def say(text: str, line: dict[str, object] | None = None, **facts: object) -> str:
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return Template(Prompt(text=text)).say(named, line)  # type: ignore[arg-type]  # facts of any type, right or wrong


@pytest.mark.parametrize(
    ("slot", "value", "said"),
    [
        ("money", 123_456, "一千二百三十四元五角六分"),
        ("digits", "0123", "零幺二三"),
        ("date", "2026-03-02", "二零二六年三月二日"),
        ("month", "2026-03", "二零二六年三月"),
        ("masked-name", "王小明", "王**"),
        ("yes-no", True, "是"),
        ("yes-no", "yes", "是"),
        ("yes-no", False, "否"),
        ("text", "广州", "广州"),
    ],
)
def test_a_slot_is_read_out(slot: str, value: object, said: str) -> None:
    spoken = say(f"前{{a.b:{slot}}}后", a__b=value)
    assert (spoken[0], spoken[-1]) == ("前", "后")
    if slot == "masked-name":
        assert "小明" not in spoken
    else:
        assert spoken == f"前{said}后"


def test_a_count_leaves_its_measure_word_to_the_text() -> None:
    assert say("共{a.b:count}笔", a__b=2) == "共两笔"
    assert say("共{a.b:count}笔", a__b=12) == "共十二笔"


def test_a_line_of_a_list_speaks_of_itself_and_of_the_call() -> None:
    assert say("{line.x:text}和{a.b:text}", {"x": "甲"}, a__b="乙") == "甲和乙"


def test_an_unknown_fact_cannot_be_said() -> None:
    with pytest.raises(WordingError, match=r"fact a\.b is not known"):
        say("{a.b:text}")
    with pytest.raises(WordingError, match=r"line\.y is not known"):
        say("{line.y:text}", {"x": "甲"})


def test_a_fact_of_the_wrong_type_cannot_be_said_and_is_not_quoted() -> None:
    with pytest.raises(WordingError) as error:
        say("{a.b:money}", a__b="990000199003070013x")
    assert "9900" not in str(error.value)


def test_speaking_time_is_remembered_within_bounds() -> None:
    wordings = Wordings({})
    for number in range(5_000):
        assert wordings.speaking_ms(f"{number:04d}", 240) == 1_000
    assert len(wordings._fixed_ms) <= 4_097
    assert wordings.speaking_ms("0001", 120) == 2_000
