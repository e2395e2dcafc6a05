"""The strict rules of hearing, and when a scripted caller acts."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_files import SUNNY, run, why

TO_THE_MENU = "- hears: [greeting, menu.offer, menu.more]\n"


def test_every_prompt_is_mentioned_in_order(tmp_path: Path) -> None:
    assert run(tmp_path, TO_THE_MENU + "- presses: '2'\n- hears: bye").passed


def test_a_prompt_that_is_left_out_fails_the_call(tmp_path: Path) -> None:
    expected, heard = why(tmp_path, "- hears: greeting\n- hears: menu.more")
    assert (expected, heard) == ("menu.more", "menu.offer “天气请按1，”")


def test_what_plays_before_the_first_mentioned_prompt_is_not_asserted(tmp_path: Path) -> None:
    assert run(tmp_path, "- hears: menu.more\n- presses: '2'\n- hears: bye").passed


def test_after_the_callers_first_act_everything_is_asserted(tmp_path: Path) -> None:
    assert why(tmp_path, "- presses: '7'\n- hears: menu.more") == ("menu.more", "wrong “没有这个选项。”")


def test_a_prompt_before_the_callers_turn_must_be_mentioned(tmp_path: Path) -> None:
    _, heard = why(tmp_path, "- hears: [greeting, menu.offer]\n- presses: '2'")
    assert heard == "menu.more “再见请按2。”, which no step mentions"


def test_a_polite_caller_waits_until_the_hotline_has_finished(tmp_path: Path) -> None:
    outcome = run(tmp_path, TO_THE_MENU + "- presses: '2'\n- hears: bye")
    assert not [entry for entry in outcome.log if entry.event == "stop-prompt"]


def test_a_prompt_that_was_cut_short_need_not_be_mentioned(tmp_path: Path) -> None:
    assert run(tmp_path, "- presses: '2'\n  during: greeting\n- hears: bye").passed
    assert run(tmp_path, "- hears: greeting\n- presses: '72'\n  pace: 500ms\n  during: menu.offer\n- hears: bye").passed


def test_a_prompt_that_was_cut_short_may_be_mentioned(tmp_path: Path) -> None:
    assert run(tmp_path, "- hears: greeting\n- presses: '72'\n  during: menu.offer\n- hears: [wrong, bye]").passed


def test_nothing_is_heard_on_the_callers_turn(tmp_path: Path) -> None:
    expected, heard = why(tmp_path, TO_THE_MENU + "- hears: silent")
    assert (expected, heard) == ("silent", "nothing: at menu it is the caller's turn")


def test_nothing_is_heard_after_the_end(tmp_path: Path) -> None:
    _, heard = why(tmp_path, TO_THE_MENU + "- presses: '2'\n- hears: bye\n- hears: greeting")
    assert heard == "the end of the call: completed"


def test_silence_begins_when_the_last_mentioned_prompt_is_over(tmp_path: Path) -> None:
    assert run(tmp_path, TO_THE_MENU + "- stays silent: 8001ms\n- hears: [silent, menu.offer, menu.more]").passed
    expected, _ = why(tmp_path, TO_THE_MENU + "- stays silent: 7999ms\n- hears: silent")
    assert expected == "silent"


def test_at_the_deadline_the_caller_still_may_act(tmp_path: Path) -> None:
    assert run(tmp_path, TO_THE_MENU + "- stays silent: 8s\n- presses: '2'\n- hears: bye").passed


def test_silence_may_outlast_the_call(tmp_path: Path) -> None:
    assert run(tmp_path, TO_THE_MENU + "- stays silent: 10m", "ends: completed\n").passed


def test_hanging_up_waits_for_the_mentioned_prompt_only(tmp_path: Path) -> None:
    outcome = run(tmp_path, "- hears: menu.offer\n- hangs up", "ends: abandoned\n")
    assert outcome.passed
    prompts = [entry.data["prompt"] for entry in outcome.log if entry.event == "prompt-finished"]
    assert prompts == ["greeting", "menu.offer"]


def test_hanging_up_in_the_middle_of_a_prompt(tmp_path: Path) -> None:
    outcome = run(tmp_path, "- hangs up: {during: menu.offer, after: 300ms}", "ends: abandoned\n")
    stop = next(entry for entry in outcome.log if entry.event == "stop-prompt")
    assert stop.data["heard_ms"] == 300


def test_during_counts_from_the_first_word(tmp_path: Path) -> None:
    outcome = run(
        tmp_path, TO_THE_MENU + "- presses: '7'\n- presses: '2'\n  during: wrong\n  after: 200ms\n- hears: bye"
    )
    stop = next(entry for entry in outcome.log if entry.event == "stop-prompt")
    assert stop.data == {"prompt": "wrong", "heard_ms": 200}


def test_a_prompt_that_is_over_cannot_be_interrupted(tmp_path: Path) -> None:
    expected, heard = why(tmp_path, "- presses: '2'\n  during: greeting\n  after: 9s")
    assert "9000 ms" in expected
    assert "its end after" in heard


def test_after_counts_from_the_step_before(tmp_path: Path) -> None:
    outcome = run(tmp_path, TO_THE_MENU + "- presses: '2'\n  after: 3s\n- hears: bye")
    ended_at = next(e.at for e in outcome.log if e.event == "prompt-finished" and e.data["prompt"] == "menu.more")
    assert next(e.at for e in outcome.log if e.event == "key-pressed") == ended_at + 3_000


@pytest.mark.parametrize(
    ("expected", "passes"),
    [
        ("{any of: [wrong, bye]}", True),
        ("{any of: [silent, bye]}", False),
        ("{unordered: [menu.offer, wrong]}", True),
        ("{unordered: [menu.offer, menu.more]}", False),
        ("wrong", True),
        ("menu.*", False),
    ],
)
def test_forms_of_expectation(tmp_path: Path, expected: str, passes: bool) -> None:
    assert run(tmp_path, TO_THE_MENU + f"- presses: '7'\n- hears: {expected}").passed is passes


def test_a_pattern_means_every_prompt_below(tmp_path: Path) -> None:
    assert run(tmp_path, "- hears: [greeting, menu.*, menu.*]\n- presses: '2'\n- hears: bye").passed


def test_an_optional_prompt_may_come_or_not(tmp_path: Path) -> None:
    optional = "- hears: {optional: menu.offer}\n"
    assert run(tmp_path, "- hears: greeting\n" + optional + "- hears: menu.more").passed
    assert run(tmp_path, TO_THE_MENU + optional + "- presses: '2'\n- hears: bye").passed
    assert not run(tmp_path, "- hears: greeting\n" + optional + "- hears: bye").passed


def test_a_ban_holds_to_the_end_of_the_call(tmp_path: Path) -> None:
    ban = "- hears: {never: bye}\n"
    expected, heard = why(tmp_path, ban + TO_THE_MENU + "- presses: '2'")
    assert expected == "this is never heard"
    assert heard.startswith("bye")
    assert run(tmp_path, "- hears: {never: wrong}\n" + TO_THE_MENU + "- presses: '2'\n- hears: bye").passed


def test_a_ban_holds_for_what_the_act_before_it_brought_about(tmp_path: Path) -> None:
    expected, heard = why(tmp_path, TO_THE_MENU + "- presses: '2'\n- hears: {never: bye}\n- hangs up")
    assert expected == "this is never heard"
    assert heard.startswith("bye")
    mentioned = "- presses: '2'\n- hears: bye\n- hears: {never: bye}\n"
    assert run(tmp_path, TO_THE_MENU + mentioned).passed


def test_skipping_passes_over_what_does_not_matter(tmp_path: Path) -> None:
    assert run(tmp_path, "- hears: greeting\n- hears: menu.more\n  skipping: menu.offer").passed
    assert run(tmp_path, "- hears: greeting\n- hears: menu.more", "skipping: any\n").passed


def test_fillers_need_not_be_mentioned(tmp_path: Path) -> None:
    slow = f"- answers: {SUNNY[:-1]}, after: 5s}}\n"
    told = "- hears: [weather.intro, weather.read]\n  saying: 晴"
    assert run(tmp_path, slow + TO_THE_MENU + "- presses: '1'\n" + told).passed
    assert run(tmp_path, slow + TO_THE_MENU + "- presses: '1'\n- hears: filler\n" + told).passed


def test_within_bounds_the_time_to_the_first_word(tmp_path: Path) -> None:
    slow = f"- answers: {SUNNY[:-1]}, after: 1500ms}}\n" + TO_THE_MENU + "- presses: '1'\n- hears: weather.intro\n"
    assert run(tmp_path, slow + "  within: 2s").passed
    assert why(tmp_path, slow + "  within: 1499ms")[0] == "weather.intro within 1499 ms"


def test_saying_asks_for_words(tmp_path: Path) -> None:
    assert run(tmp_path, "- hears: greeting\n  saying: 您好").passed
    assert why(tmp_path, "- hears: greeting\n  saying: [您好, 再见]") == ("greeting saying “再见”", "“您好。”")
