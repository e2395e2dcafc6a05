"""``ivr test`` at the command line: what it prints, writes and returns."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from script_files import write_hotline, write_script

from ivr.cli import run

GOOD = "- hears: [greeting, menu.offer, menu.more]\n- presses: '2'\n- hears: bye"
BAD = "- hears: [greeting, menu.offer, menu.more]\n- presses: '7'\n- hears: bye"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_script(tmp_path, GOOD, name="good.call.yaml")
    write_script(tmp_path, BAD, name="poor.call.yaml")
    return tmp_path


def test_what_passes_is_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", str(folder / "good.call.yaml")]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("coverage of small: nodes 50.0 %, choices 50.0 %")
    assert told[1].startswith("1 passed: 0 minutes of calls")


def test_a_failure_tells_place_and_the_call_so_far(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", str(folder)]) == 1
    told = capsys.readouterr().out
    assert f"{folder}/poor.call.yaml:6: a story\n  step      hears: bye\n  expected  bye\n" in told
    assert "  heard     wrong “没有这个选项。”\n" in told
    assert "<-- menu.offer 天气请按1，" in told.replace("offer  ", "offer ")
    assert "7 -->" in told
    assert "1 passed, 1 failed:" in told


def test_broken_scripts_fail_the_run_and_the_others_are_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_script(folder, "- hear: greeting", name="broken.call.yaml")
    assert run(["test", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "broken.call.yaml:4: 'hear' is no step; did you mean 'hears'?" in told
    assert "1 passed, 1 failed, 1 broken" in told


def test_calls_are_chosen_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", str(folder), "-k", "GOOD", "-v"]) == 0
    assert "passed  " in capsys.readouterr().out
    assert run(["test", str(folder), "-k", "nothing like it"]) == 2
    assert "no call has 'nothing like it' in its name" in capsys.readouterr().err


def test_the_first_failure_stops_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_script(folder, GOOD, name="z.call.yaml")
    assert run(["test", str(folder), "-x"]) == 1
    assert "1 passed, 1 failed:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere: no such file or folder"),
        (["--fail-under", "node=3"], "there is no group 'node'; the groups are nodes, edges"),
        (["--fail-under", "nodes=300"], "'nodes=300' needs a percentage from 0 to 100"),
        (["--html", "nowhere/report.html"], "there is no folder nowhere; create it, or name another file"),
        (["--combine", "nothing.json"], "nothing.json: cannot be read"),
        (["--flow", "nowhere.yaml", "--combine", "nothing.json"], "nowhere.yaml: no such file"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_a_folder_without_scripts_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", str(tmp_path)]) == 2
    assert "no call scripts here; write one as NAME.call.yaml" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_report_folder_is_told_before_any_call(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = folder / "reports"
    reports.mkdir()
    reports.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert run(["test", str(folder), "--junitxml", str(reports / "r.xml")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_report_that_is_a_folder_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", str(folder), "--html", str(folder)]) == 2
    assert "is a directory" in capsys.readouterr().err


def test_too_little_coverage_fails_and_names_what_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = str(folder / "good.call.yaml")
    assert run(["test", good, "--fail-under", "nodes=50"]) == 0
    assert run(["test", good, "--fail-under", "nodes=51,choices=50"]) == 1
    told = capsys.readouterr().out
    assert "small: 50.0 % of nodes covered; 51 % is due" in told
    assert "no call enters weather.read" in told
    assert "no call leaves menu by 'menu.weather'" not in told


def test_coverage_of_two_runs_is_combined(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hits, flow = str(folder / "hits.json"), str(folder / "flow.yaml")
    assert run(["test", str(folder / "good.call.yaml"), "--coverage-file", hits]) == 0
    assert run(["test", "--flow", flow, "--combine", hits, "--fail-under", "nodes=50"]) == 0
    assert "50.0 %" in capsys.readouterr().out


def test_json_holds_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", str(folder), "--json", "--fail-under", "nodes=100"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["passed"], data["failed"], data["broken"], data["interrupted"]) == (1, 1, [], False)
    failure = data["calls"][1]["failure"]
    assert (failure["line"], failure["expected"], failure["step"]) == (6, "bye", "hears: bye")
    assert failure["transcript"][0].endswith("poor.call.yaml:6: a story")
    assert data["coverage"][0]["shares"]["nodes"]["total"] == 6
    assert data["shortfalls"][0].startswith("small: 50.0 % of nodes covered")


def test_junit_xml_has_a_case_for_each_call_and_each_broken_file(folder: Path) -> None:
    write_script(folder, "- hear: greeting", name="broken.call.yaml")
    report = folder / "report.xml"
    assert run(["test", str(folder), "--junitxml", str(report)]) == 1
    suite = ElementTree.parse(report).getroot()[0]  # noqa: S314 - our own report
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
    }
    (failure,) = suite.iter("failure")
    assert failure.get("message", "").startswith("expected bye, heard wrong")
    assert [case.get("line") for case in suite.iter("testcase")] == [None, "1", "1"]


def test_the_page_needs_nothing_else(folder: Path) -> None:
    page = folder / "report.html"
    assert run(["test", str(folder), "--html", str(page)]) == 1
    text = page.read_text(encoding="utf-8")
    assert "1 of 2 calls passed" in text
    assert "<svg" in text
    assert "没有这个选项" in text
    assert "http://www.w3.org/2000/svg" in text
    for outside in ("<script", "<link", "src=", "https://", "@import", "url("):
        assert outside not in text
    run(["test", str(folder), "--html", str(folder / "again.html")])
    assert (folder / "again.html").read_text(encoding="utf-8") == text


def test_what_a_script_says_cannot_become_markup(tmp_path: Path) -> None:
    file = write_script(tmp_path, "- hears: [greeting, menu.offer, menu.more]\n- says: '<b>]]>&'\n- hears: bye")
    page, report = tmp_path / "r.html", tmp_path / "r.xml"
    assert run(["test", str(file), "--html", str(page), "--junitxml", str(report)]) == 1
    assert "<b>" not in page.read_text(encoding="utf-8")
    ElementTree.parse(report)  # noqa: S314 - our own report


@pytest.mark.skipif(os.name == "nt", reason="a signal of POSIX")
def test_what_is_finished_is_reported_after_ctrl_c(tmp_path: Path) -> None:
    write_hotline(tmp_path)
    write_script(tmp_path, GOOD, name="a.call.yaml")
    # every call of this file takes a moment, and there are many
    many = "for: {n: [" + ", ".join(map(str, range(2000))) + "]}\n"
    for name in "bcdefghijk":
        write_script(tmp_path, "- stays silent: 5m", many, name=f"{name}.call.yaml")
    command = [sys.executable, "-m", "ivr", "test", str(tmp_path), "-v"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out = first + process.stdout.read()
    assert process.returncode == 130
    assert "a.call.yaml:1: a story" in out
    assert "interrupted, the rest was not run" in out
