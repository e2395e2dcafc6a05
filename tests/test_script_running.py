"""Running scripts: what the caller does, the weather, promises about the whole call, and determinism."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from script_files import SUNNY, run, why, write_script

from ivr.callflow.hotline import Hotline
from ivr.testing.scripted_call import Phoning, without_sound
from ivr.testing.suite import Suite, find_scripts, run_files

CALLS = Path(__file__).parent / "calls"
TO_THE_MENU = "- hears: [greeting, menu.offer, menu.more]\n"


def test_words_and_their_confidence(tmp_path: Path) -> None:
    assert run(tmp_path, TO_THE_MENU + "- says: 再见\n- hears: bye").passed
    assert run(tmp_path, TO_THE_MENU + "- says: 再见\n  confidence: 0.2\n- hears: wrong").passed
    assert run(tmp_path, TO_THE_MENU + "- says: 在建\n  alternatives: {再见: 0.9}\n- hears: bye").passed


def test_speech_lasts_as_long_as_it_says(tmp_path: Path) -> None:
    outcome = run(tmp_path, TO_THE_MENU + "- says: 再见\n  lasts: 4s\n- hears: bye")
    started = next(entry.at for entry in outcome.log if entry.event == "speech-started")
    heard = next(entry.at for entry in outcome.log if entry.event == "utterance-heard")
    assert heard - started == 4_000 + 700


def test_an_answer_is_dictated(tmp_path: Path) -> None:
    steps = (
        f"- answers: {SUNNY}\n" + TO_THE_MENU + "- presses: '1'\n- hears: [weather.intro, weather.read]\n  saying: 晴"
    )
    assert run(tmp_path, steps, "facts: {weather.today: 晴}\n").passed


def test_the_accounts_fail_from_a_step_on(tmp_path: Path) -> None:
    steps = (
        f"- answers: {SUNNY}\n" + TO_THE_MENU + "- presses: '1'\n- hears: [weather.intro, weather.read, menu.again]\n"
        "- accounts: down\n- presses: '1'\n- hears: [weather.unknown, menu.again]"
    )
    assert run(tmp_path, steps, "visits: [weather.read, weather.unknown]\n").passed


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        ("ends: abandoned", "abandoned"),
        ("visits: [bye, menu]", "a visit of menu, in this order"),
        ("facts: {weather.today: 雨}", "weather.today: 雨"),
        ("lasts: at most 3s", "at most 3000 ms"),
        ("lasts: at least 3m", "at least 180000 ms"),
    ],
)
def test_a_broken_promise_is_told_at_its_line(tmp_path: Path, promise: str, expected: str) -> None:
    outcome = run(tmp_path, TO_THE_MENU + "- presses: '2'\n- hears: bye", promise + "\n")
    assert outcome.failure is not None
    assert outcome.failure.expected == expected
    assert outcome.failure.place.line == 3


def test_after_the_last_step_the_caller_listens_and_hangs_up(tmp_path: Path) -> None:
    outcome = run(tmp_path, "- hears: greeting", "ends: abandoned\n")
    assert outcome.passed
    assert outcome.log[-2].event == "caller-hung-up"


def test_acting_after_the_end_is_a_failure(tmp_path: Path) -> None:
    expected, heard = why(tmp_path, TO_THE_MENU + "- presses: '2'\n- hears: bye\n- stays silent: 3s\n- presses: '1'")
    assert (expected, heard) == ("the call to go on", "the end of the call: completed")


def test_a_failure_names_the_step_and_the_include(tmp_path: Path) -> None:
    (tmp_path / "wrong.steps.yaml").write_text("steps:\n  - presses: '7'\n  - hears: bye\n", encoding="utf-8")
    outcome = run(tmp_path, TO_THE_MENU + "- includes: wrong.steps.yaml")
    failure = outcome.failure
    assert failure is not None
    assert (Path(failure.place.file).name, failure.place.line) == ("wrong.steps.yaml", 3)
    assert [(Path(place.file).name, place.line) for place in failure.via] == [("story.call.yaml", 5)]
    assert failure.step == "hears: bye"


def test_the_weather_of_a_seed_is_the_same_every_time(tmp_path: Path) -> None:
    steps = TO_THE_MENU + "- presses: '1'\n- hears: {any of: [weather.intro, weather.unknown]}"
    head = "accounts: {flaky: 0.5, seed: 4, slow: 100ms}\nskipping: any\n"
    assert run(tmp_path, steps, head).log == run(tmp_path, steps, head).log


def test_a_call_is_the_same_a_hundred_times() -> None:
    suite = Suite()
    script = next(script for script in suite.load(CALLS / "slow-backend.call.yaml"))
    logs = {"\n".join(entry.to_json() for entry in suite.run_script(script).log) for _ in range(100)}
    assert len(logs) == 1


def test_calls_are_the_same_on_one_worker_and_on_eight() -> None:
    files = [file for file in find_scripts([CALLS]) if file.name.startswith(("agent", "message"))]
    alone = [result.outcomes for result in run_files(files, Suite)]
    together = [result.outcomes for result in run_files(files, Suite, workers=8)]
    assert [[outcome.log for outcome in outcomes] for outcomes in alone] == [
        [outcome.log for outcome in outcomes] for outcomes in together
    ]


def test_a_run_can_stop_at_the_first_failure(tmp_path: Path) -> None:
    files = [
        write_script(tmp_path, f"- hears: {said}", name=f"{said}.call.yaml") for said in ("greeting", "bye", "wrong")
    ]
    results = list(run_files(files, Suite, stop_at_failure=True))
    assert [result.passed for result in results] == [True, False]


@pytest.mark.parametrize("watched", [0, 1, 2])
def test_the_lines_of_a_hotline_serve_all_calls_and_are_closed_however_the_run_ends(
    tmp_path: Path, watched: int
) -> None:
    done: list[str] = []

    @contextmanager
    def lines(_hotline: Hotline) -> Iterator[Phoning]:
        done.append("opened")
        yield without_sound
        done.append("closed")

    files = [write_script(tmp_path, "- hears: greeting", name=f"{name}.call.yaml") for name in "abc"]
    with closing(run_files(files, partial(Suite, phoning=lines))) as results:
        for _ in range(watched):
            assert next(results).passed
            assert done == ["opened"]
    assert done == (["opened", "closed"] if watched else [])
    done.clear()
    assert all(result.passed for result in run_files(files, partial(Suite, phoning=lines)))
    assert done == ["opened", "closed"]


def test_a_five_minute_call_takes_milliseconds() -> None:
    suite = Suite()
    script = next(script for script in suite.load(CALLS / "agent-lost.call.yaml") if "无人接听" in script.name)
    outcomes = [suite.run_script(script) for _ in range(20)]
    per_minute = min(outcome.took_ms / (outcome.duration_ms / 60_000) for outcome in outcomes)
    assert per_minute < 5  # a generous five times the target of 5 ms for five minutes: machines differ
