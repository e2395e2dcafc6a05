"""The pytest plugin: scripts as tests, and a hotline to phone from Python tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from script_files import write_hotline, write_script

from ivr.hotlines import open_hotline
from ivr.session.exchange import Exchange
from ivr.testing.phone_call import CallFailed, Phone

pytest_plugins = ["pytester"]

GOOD = "- hears: [greeting, menu.offer, menu.more]\n- presses: '2'\n- hears: bye"
BAD = "- hears: [greeting, menu.offer, menu.more]\n- presses: '7'\n- hears: bye"
PHONING = """
def test_weather(hotline):
    call = hotline.call(accounts="down")
    call.hears("greeting", "menu.offer", "menu.more").press("1").hears("weather.unknown", saying="不知道")
    call.hears("menu.again").press("2").hears("bye").ends("completed")

def test_wrong(hotline):
    hotline.call().hears("greeting", "menu.offer", "menu.more").press("7").hears("bye")
"""


def test_each_call_is_a_test(pytester: pytest.Pytester) -> None:
    write_script(pytester.path, GOOD, "for: {n: [1, 2]}\n", "good.call.yaml")
    write_script(pytester.path, BAD, name="poor.call.yaml")
    result = pytester.runpytest()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "poor.call.yaml:6: a story",
            "  step      hears: bye",
            "  heard     wrong “没有这个选项。”",
            "*7 -->*",
            "FAILED poor.call.yaml::a story - expected bye, heard wrong*",
        ]
    )


def test_calls_are_chosen_by_name_and_by_last_failure(pytester: pytest.Pytester) -> None:
    write_script(pytester.path, GOOD, "for: {n: [one, two]}\n", "good.call.yaml")
    write_script(pytester.path, BAD, name="poor.call.yaml")
    pytester.runpytest("-k", "one").assert_outcomes(passed=1, deselected=2)
    pytester.runpytest().assert_outcomes(passed=2, failed=1)
    pytester.runpytest("--lf").assert_outcomes(failed=1)


def test_a_broken_script_is_an_error_with_all_its_problems(pytester: pytest.Pytester) -> None:
    write_script(pytester.path, "- hear: greeting\n- presses: abc", name="broken.call.yaml")
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["broken.call.yaml:4: 'hear' is no step*", "broken.call.yaml:5: presses/0: 'abc'*"])


def test_an_unknown_prompt_fails_without_a_traceback(pytester: pytest.Pytester) -> None:
    write_script(pytester.path, "- hears: greting", name="poor.call.yaml")
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["poor.call.yaml:4: there is no prompt 'greting'; did you mean 'greeting'?"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_report_for_ci_has_the_failure(pytester: pytest.Pytester) -> None:
    write_script(pytester.path, BAD, name="poor.call.yaml")
    pytester.runpytest("--junitxml=r.xml")
    (failure,) = ElementTree.parse(pytester.path / "r.xml").getroot().iter("failure")  # noqa: S314 - our own report
    assert "expected  bye" in (failure.text or "")


def test_several_workers(pytester: pytest.Pytester) -> None:
    write_script(pytester.path, GOOD, "for: {n: [1, 2, 3, 4]}\n", "good.call.yaml")
    pytester.runpytest_subprocess("-n", "2", "-q").assert_outcomes(passed=4)


@pytest.mark.parametrize("by_option", [True, False])
def test_the_hotline_is_chosen(pytester: pytest.Pytester, by_option: bool) -> None:
    folder = pytester.mkdir("hotline")
    write_hotline(folder)
    pytester.makepyfile(PHONING)
    if not by_option:
        pytester.makeini("[pytest]\nivr_flow = hotline/flow.yaml\n")
    result = pytester.runpytest(*(["--ivr-flow", "hotline"] if by_option else []))
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*CallFailed: expected bye, heard wrong*", "*menu.offer*"])
    result.stdout.no_fnmatch_line("*def _do*")  # the test's own line, not how the phone found out


def test_a_project_without_calls_loads_nothing_of_the_simulator(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_inert():
            loaded = [name for name in sys.modules if name.startswith("ivr.")]
            assert sorted(loaded) == ["ivr.testing", "ivr.testing.pytest_plugin"]
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_plugin_costs_next_to_nothing() -> None:
    command = [sys.executable, "-X", "importtime", "-c", "import pytest, ivr.testing.pytest_plugin"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    (line,) = [line for line in told.splitlines() if line.endswith("ivr.testing.pytest_plugin")]
    assert int(line.split("|")[0].split(":")[1]) < 20_000  # microseconds


# -- the phone ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def phone(tmp_path: Path) -> Phone:
    return Phone(Exchange(open_hotline(write_hotline(tmp_path))))


def test_a_call_in_python(phone: Phone) -> None:
    call = phone.call(number="13800001234").hears("greeting").may_hear("menu.offer").hears("menu.more", within="2s")
    call.never_hears("wrong").stays_silent("9s").hears_any_of("silent", "bye").hangs_up()
    assert (call.over, call.node) == (True, "menu")
    assert "silent" in [prompt for prompt, _ in call.heard]
    assert call.log[-1].event == "call-ended"
    call.ends("abandoned")
    assert call.duration_ms > 9_000


def test_interrupting_and_saying(phone: Phone) -> None:
    phone.call().press("2", during="greeting", after="100ms").hears("bye").ends("completed")
    phone.call().say("再见", during="menu.offer").hears("bye").ends("completed")
    phone.call().hears("greeting").hangs_up(after="2s").ends("abandoned")


def test_what_goes_on_behind_a_call_is_set_as_in_a_script(phone: Phone) -> None:
    call = phone.call(skipping=("greeting",)).hears("menu.offer", "menu.more").accounts("down")
    call.press("1").hears("weather.unknown").accounts("fine")
    call.answers("weather", {"weather.today": "晴"}, after="3s").press("1", during="menu.again")
    call.hears("weather.intro").hears("weather.read", saying="晴").ends("abandoned")
    assert call.visited[-3:] == ["weather", "weather.read", "menu"]
    assert call.facts["weather.today"] == "晴"
    with pytest.raises(ValueError, match="there is no query 'wether'"):
        call.answers("wether", fails="backend-down")


def test_words_may_be_heard_otherwise_and_prompts_in_any_order(phone: Phone) -> None:
    call = phone.call().hears_unordered("menu.more", "menu.offer", skipping=("greeting",))
    call.say("天汽", 0.4, alternatives={"天气": 0.3}, lasts="2s").hears_any_of("wrong", "weather.*", within="9s")
    assert phone.call().agents({"are": "waiting", "wait": "2m"}).hears("greeting").node == "greeting"


def test_a_person_and_their_number(phone: Phone) -> None:
    call = Phone(Exchange(open_hotline(None))).call(person="wang-balance", at="2026-03-02T20:00")
    call.press("11", "number", "#", "password", during="main.offer.off-duty")
    call.hears("verify.passed", "balance.read").ends("completed")


def test_what_went_otherwise_is_shown(phone: Phone) -> None:
    call = phone.call().never_hears("wrong")
    with pytest.raises(CallFailed, match=r"(?s)expected this never, heard wrong.*7 -->"):
        call.hears("greeting", "menu.offer", "menu.more").press("7")
    with pytest.raises(CallFailed, match="the call to end completed, heard that it ended abandoned"):
        phone.call().ends("completed")


def test_an_unknown_prompt_is_told(phone: Phone) -> None:
    with pytest.raises(ValueError, match="there is no prompt 'greting'; did you mean 'greeting'"):
        phone.call().hears("greting")


def test_a_caller_has_the_profile_that_a_test_names_and_no_other() -> None:
    phone = Phone(Exchange(open_hotline(None)))
    assert phone.call(profile="senior").log[0].data["profile"] == "senior"
    with pytest.raises(ValueError, match="there is no profile 'old'; there are standard, senior"):
        phone.call(profile="old")
