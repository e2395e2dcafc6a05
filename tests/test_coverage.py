"""Coverage of a hotline by calls: what counts, what is missing, and several runs together."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from script_files import FLOW, SUNNY, write_hotline, write_script

from ivr.callflow.edges import all_edges
from ivr.errors import UsageError
from ivr.hotlines import open_hotline
from ivr.testing.coverage import GROUPS, HUNG_UP, TIMED_OUT, Coverage, Share
from ivr.testing.coverage_drawing import coverage_svg
from ivr.testing.coverage_file import read_coverage, write_coverage
from ivr.testing.report_text import missing_line
from ivr.testing.suite import Suite, find_scripts

CALLS = Path(__file__).parent / "calls"
TO_THE_MENU = "- hears: [greeting, menu.offer, menu.more]\n"


def covered(folder: Path, steps: str, head: str = "skipping: any\n") -> Coverage:
    result = Suite().run(write_script(folder, steps, head))
    assert result.passed, result
    coverage = Coverage(open_hotline(folder / "flow.yaml"))
    for outcome in result.outcomes:
        coverage.take(outcome.log)
    return coverage


def test_every_node_and_edge_is_a_goal(tmp_path: Path) -> None:
    hotline = open_hotline(write_hotline(tmp_path))
    coverage = Coverage(hotline)
    assert {goal.name for goal in coverage.goals.values() if goal.kind == "nodes"} == set(hotline.flow.nodes)
    edges = {f"{edge.source} > {edge.trigger}" for edge in all_edges(hotline.flow)}
    others = {f"menu > {HUNG_UP}", f"weather > {TIMED_OUT}"}
    assert {goal.name for goal in coverage.goals.values() if goal.kind != "nodes"} == edges | others


def test_nothing_is_covered_without_calls(tmp_path: Path) -> None:
    coverage = Coverage(open_hotline(write_hotline(tmp_path)))
    assert coverage.share("edges").covered == 0
    assert coverage.missing() == list(coverage.goals.values())


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ("- presses: '2'", "menu > menu.bye"),
        ("- says: 再见", "menu > menu.bye"),
        ("- presses: '7'\n- hears: wrong", "menu > no-match.1"),
        ("- stays silent: 9s", "menu > no-input.1"),
        ("- stays silent: 60s", "menu > exhausted"),
        ("- presses: '*'", "menu > command.back"),
        ("- hangs up", f"menu > {HUNG_UP}"),
        (f"- answers: {SUNNY}\n- presses: '1'", "weather > next"),
        ("- accounts: down\n- presses: '1'", "weather > failed"),
        (
            "- answers: {query: weather, fails: lost, after: 30s}\n- presses: '1'\n- stays silent: 25s",
            f"weather > {TIMED_OUT}",
        ),
    ],
)
def test_a_call_covers_what_it_comes_by(tmp_path: Path, steps: str, name: str) -> None:
    assert name in Coverage(open_hotline(write_hotline(tmp_path))).goals
    assert name in covered(tmp_path, TO_THE_MENU + steps).hits
    assert name not in covered(tmp_path, "- hangs up: {during: greeting}").hits


def test_results_of_a_dialog_belong_to_the_node_that_called_it() -> None:
    suite = Suite()
    coverage = Coverage(open_hotline(None))
    for outcome in suite.run(CALLS / "identity-ends.call.yaml").outcomes:
        coverage.take(outcome.log)
    services = ("account.balance", "account.spending", "claims.status", "card.loss", "card.password")
    for service in services:
        for result in ("refused", "locked", "unavailable", "back"):
            assert f"main.{service}-identity > result.{result}" in coverage.hits


def test_what_is_missing_is_named_where_it_is_written(tmp_path: Path) -> None:
    coverage = covered(tmp_path, TO_THE_MENU + "- hangs up")

    def line(beginning: str) -> int:
        return 1 + next(n for n, text in enumerate(FLOW.splitlines()) if text.strip().startswith(beginning))

    flow = tmp_path / "flow.yaml"
    assert [missing_line(goal) for goal in coverage.missing("choices")] == [
        f"{flow}:{line('weather: {key')}: no call leaves menu by 'menu.weather', to weather",
        f"{flow}:{line('bye: {key')}: no call leaves menu by 'menu.bye', to bye",
    ]
    assert f"{flow}:{line('bye: {kind')}: no call enters bye" in map(missing_line, coverage.missing("nodes"))


def test_a_share_is_rounded_down() -> None:
    assert Share(9_999, 10_000).percent == 99.9
    assert Share(0, 0).percent == 100


def test_runs_are_combined(tmp_path: Path) -> None:
    write_coverage(tmp_path / "one.json", [covered(tmp_path, TO_THE_MENU + "- presses: '2'")])
    other = covered(tmp_path, TO_THE_MENU + "- presses: '7'\n- hears: wrong")
    assert "menu > menu.bye" not in other.hits
    assert read_coverage(tmp_path / "one.json", [other]) == []
    assert {"menu > menu.bye", "menu > no-match.1"} <= set(other.hits)


def test_another_version_of_a_hotline_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    write_coverage(file, [covered(tmp_path, TO_THE_MENU + "- presses: '2'")])
    flow = tmp_path / "flow.yaml"
    flow.write_text(flow.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    coverage = Coverage(open_hotline(flow))
    (told,) = read_coverage(file, [coverage])
    assert "is about another version of 'small'" in told
    assert not coverage.hits


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "ivr-coverage-1", "hotlines": {"a": 3}}', '{"format": 1}']
)
def test_a_file_that_is_no_coverage_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "coverage.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="--coverage-file"):
        read_coverage(file, [])


def test_entries_of_unknown_nodes_count_for_nothing(tmp_path: Path) -> None:
    coverage = Coverage(open_hotline(None))
    result = Suite().run(write_script(tmp_path, TO_THE_MENU + "- presses: '2'\n- hears: bye"))
    coverage.take(result.outcomes[0].log)
    assert set(coverage.hits) == {"greeting", "greeting > next"}  # of those there are in both


def test_the_drawing_shows_every_node_and_what_it_lacks(tmp_path: Path) -> None:
    svg = coverage_svg(covered(tmp_path, TO_THE_MENU + "- presses: '2'"))
    assert svg.count("<rect") == 6
    assert "weather.read: entered 0 times" in svg
    assert 'class="all" d="M' in svg
    assert 'class="none" d="M' in svg


def test_the_scripts_cover_the_built_in_hotline() -> None:
    started = time.process_time()
    suite = Suite()
    coverage = Coverage(open_hotline(None))
    results = [suite.run(file) for file in find_scripts([CALLS])]
    took_s = time.process_time() - started
    assert [result for result in results if not result.passed] == []
    for result in results:
        for outcome in result.outcomes:
            coverage.take(outcome.log)
    assert [goal.name for group in ("nodes", "choices") for goal in coverage.missing(group)] == []
    assert coverage.share("edges").percent >= 95, json.dumps([goal.name for goal in coverage.missing("edges")])
    assert {group: coverage.share(group).total > 0 for group in GROUPS} == dict.fromkeys(GROUPS, True)
    assert took_s < 10  # two seconds are the target on a quiet machine
