"""Mending scripts after a deliberate change of the hotline, without touching what their authors wrote around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from script_files import PROMPTS, write_script

from ivr.callflow.hotline import Place
from ivr.cli import run
from ivr.testing.script_update import Change, changed

STORY = """\
- hears: [greeting, menu.offer, menu.more]   # everything
- presses: "7"      # a slip
- hears:
    - wrong         # sorry
    - menu.offer
- hears: menu.more
- presses: "2"
- hears: bye
"""


def edited(folder: Path, *changes: tuple[str, str]) -> None:
    flow = folder / "flow.yaml"
    text = flow.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    flow.write_text(text, encoding="utf-8")


def test_a_prompt_that_is_called_otherwise_is_rewritten_in_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_script(tmp_path, STORY)
    before = file.read_text(encoding="utf-8")
    edited(tmp_path, ("{say: wrong}", "{say: sorry}"))
    (tmp_path / "prompts.yaml").write_text(PROMPTS + "  sorry: 抱歉。\n", encoding="utf-8")
    assert run(["test", "--update", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == before.replace("- wrong  ", "- sorry  ")
    told = capsys.readouterr().out
    assert "-      - wrong         # sorry" in told
    assert "+      - sorry         # sorry" in told
    assert told.endswith("1 of 1 files pass now\n")


def test_a_prompt_more_becomes_a_step(tmp_path: Path) -> None:
    file = write_script(tmp_path, STORY)
    before = file.read_text(encoding="utf-8")
    edited(
        tmp_path, ("[menu.offer, menu.more]", "[menu.offer, menu.more, filler]"), ("filler: filler", "filler: silent")
    )
    assert run(["test", "--update", str(file)]) == 0
    after = before.replace('  - presses: "7"', '  - hears: filler\n  - presses: "7"')
    assert file.read_text(encoding="utf-8") == after.replace('  - presses: "2"', '  - hears: filler\n  - presses: "2"')


def test_a_prompt_less_takes_its_step_away(tmp_path: Path) -> None:
    file = write_script(tmp_path, "- hears: menu.more\n- hears: silent\n- hangs up")
    assert run(["test", "--update", str(file)]) == 0
    assert file.read_text(encoding="utf-8").endswith("  - hears: menu.more\n  - hangs up\n")


def test_what_needs_a_person_is_left_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_script(tmp_path, "- hears: greeting\n  saying: 大家好\n", "ends: abandoned\n")
    before = file.read_text(encoding="utf-8")
    assert run(["test", "--update", str(file)]) == 1
    assert file.read_text(encoding="utf-8") == before
    assert "left as it is: expected greeting saying “大家好”" in capsys.readouterr().out


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    file = write_script(tmp_path, "- hears: [greeting, menu.more]\n")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert run(["test", "--update", str(file)]) == 0
    assert b"[greeting, menu.offer]\r\n" in file.read_bytes()


def test_an_id_is_not_found_inside_a_longer_one_or_a_comment() -> None:
    text = "steps:\n  - hears: [a.b.c, x-a.b, a.b]  # a.b\n"
    told = changed(text, Change(Place("f", 2), "a.b", "new"))
    assert told == "steps:\n  - hears: [a.b.c, x-a.b, new]  # a.b\n"


def test_a_step_with_more_to_say_is_not_deleted() -> None:
    text = "steps:\n  - hears: a\n    saying: 你\n"
    assert changed(text, Change(Place("f", 2), "a", "")) is None
    assert changed("steps:\n  - hears: a\n  - hears: b\n", Change(Place("f", 2), "a", "")) == "steps:\n  - hears: b\n"


@given(st.text(max_size=80), st.integers(0, 9), st.sampled_from(["a", ""]), st.sampled_from(["b", ""]))
def test_any_text_survives(text: str, line: int, old: str, new: str) -> None:
    told = changed(text, Change(Place("f", line), old, new))
    assert told is None or told != text or old == new
