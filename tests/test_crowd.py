"""Crowds: the same callers for the same seed, in any process; what becomes of them; who finds a defect."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.cli import cli, run
from ivr.errors import UsageError
from ivr.hotlines import open_hotline
from ivr.testing.crowd import Crowd, Tally, run_crowd
from ivr.testing.crowd_page import crowd_page
from ivr.testing.crowd_report import CrowdReport, percentile
from ivr.testing.personas import PERSONAS, parse_mix
from ivr.testing.script_loading import ScriptLoader
from ivr.testing.script_runner import run_script
from ivr.testing.shrinking import defect_script
from tests.sessions import BYE, hotline

MIX = parse_mix("senior=0.3,noisy=0.3")


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return Crowd(open_hotline(None), "7", MIX)


def added(tallies) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total


def test_the_same_seed_gives_the_same_result_on_one_and_on_two_processes(crowd):
    alone = added(run_crowd(crowd, None, 300, workers=1))  # more than one chunk
    together = added(run_crowd(crowd, None, 300, workers=2))
    assert alone == together
    assert alone.callers == 300


def test_another_seed_gives_other_callers(crowd):
    other = Crowd(crowd.exchange.hotline, "8", MIX, crowd.fitting)
    assert crowd.run(0, 60) != other.run(0, 60)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_caller_lives_the_same_life_alone_and_in_company(crowd, number):
    alone = crowd.phone(number)
    crowd.phone(number + 1)
    assert crowd.phone(number) == alone
    assert alone.outcome in {"served", "agent", "abandoned", "turned-away"}
    assert alone.ended_at >= (alone.served_at or 0)


def test_every_service_of_the_built_in_hotline_is_reached_by_somebody(crowd):
    assert all(crowd.fitting[service] for service in crowd.exchange.flow.services)


def test_the_impatient_leave_more_often_than_experts(crowd):
    shares = {}
    for name in ("impatient", "expert"):
        tally = Crowd(crowd.exchange.hotline, "1", parse_mix(f"{name}=1"), crowd.fitting).run(0, 150)
        shares[name] = tally.outcomes["abandoned"]
    assert shares["impatient"] > shares["expert"]


def test_no_caller_of_the_built_in_hotline_finds_a_defect(crowd):
    assert crowd.run(1_000, 1_150).defects == []


ENDLESS = {
    "main": {"kind": "menu", "prompt": "offer", "choices": {
        "good": {"key": "1", "to": "good"}, "bad": {"key": "2", "to": "round"}}},
    "good": {"kind": "say", "prompt": "news", "to": "bye"},
    "round": {"kind": "branch", "cases": [{"when": "day", "to": "about"}], "otherwise": "about"},
    "about": {"kind": "branch", "cases": [{"when": "day", "to": "round"}], "otherwise": "round"},
    "bye": BYE,
}  # fmt: skip

ENDLESS_FLOW = """\
hotline: endless
title: 小热线
prompts: prompts.yaml
start: main
profiles: {standard: {no-input: 8s, inter-digit: 4s}}
services: {good: 消息, about: 其他}
nodes:
  main:
    kind: menu
    prompt: offer
    choices: {good: {key: "1", to: good}, bad: {key: "2", to: round}}
  good: {kind: say, prompt: news, to: bye}
  round: {kind: say, to: about}
  about: {kind: say, to: round}
  bye: {kind: hangup}
"""


def endless_crowd() -> Crowd:
    flow = hotline(
        ENDLESS,
        {"offer": "消息请按1，其他请按2。"},
        services={"good": "消息", "about": "其他"},
        guards={"day": {"fact": "call.weekday", "is": "一"}},
    )
    return Crowd(flow, "3", parse_mix("senior=1"))


def test_a_seeded_defect_is_found_and_shrunk_to_the_one_key_that_shows_it(tmp_path: Path):
    crowd = endless_crowd()
    defects = crowd.run(0, 200).defects
    assert defects
    assert "endless-loop" in defects[0].what
    text = defect_script(crowd, defects[0].caller)
    assert text.count("presses") == 1, text
    file = tmp_path / "found.call.yaml"
    file.write_text(text, encoding="utf-8")
    (script,) = ScriptLoader().load(file)
    outcome = run_script(crowd.exchange, script)
    assert any(entry.event == "error" for entry in outcome.log)


def test_a_hotline_without_services_is_refused():
    with pytest.raises(UsageError, match="services"):
        Crowd(hotline({"main": {"kind": "say", "prompt": "a", "to": "bye"}, "bye": BYE}), "1", MIX)


@pytest.mark.parametrize("text", ["nobody=1", "senior=2", "senior=x", "senior=0.7,expert=0.7", "senior=.1,senior=.1"])
def test_a_wrong_mix_is_refused(text):
    with pytest.raises(UsageError, match="--mix"):
        parse_mix(text)


@given(st.lists(st.tuples(st.sampled_from(sorted(PERSONAS)), st.floats(0.01, 0.2)), unique_by=lambda one: one[0]))
def test_a_mix_adds_up_to_one(parts):
    mix = parse_mix(",".join(f"{name}={share}" for name, share in parts))
    assert sum(share for _, share in mix) == pytest.approx(1.0)


def test_percentiles_of_a_tally():
    tally = Tally()
    tally.served_at.update({9: 9, 99: 1})
    assert percentile(tally.served_at, 50) == 1_000
    assert percentile(tally.served_at, 99) == 10_000
    assert percentile(tally.left_at, 50) is None


def test_the_command_reports_as_json_and_as_a_page_that_needs_nothing_else(tmp_path: Path):
    page = tmp_path / "crowd.html"
    result = CliRunner().invoke(cli, ["crowd", "--callers", "40", "-j", "1", "--json", "--html", str(page)])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["callers"] == sum(data["outcomes"].values()) == 40
    html = page.read_text(encoding="utf-8")
    assert "<svg" in html
    assert "http" not in html


def test_the_page_draws_who_is_still_on_the_way_and_who_came_by_where(crowd):
    tally = crowd.run(0, 120)
    page = crowd_page(CrowdReport(crowd.exchange.hotline, tally, "7", 1.0, interrupted=False, scripts={}))
    (curve,) = re.findall(r'<path class="waiting" d="M([^"]+)"', page)
    heights = [float(point.split()[1]) for point in curve.split(" L")]
    assert heights == sorted(heights)  # fewer and fewer: downwards
    assert page.count('class="went"') == min(len(tally.came_by), 40)
    assert "greeting</text>" in page
    assert f"{tally.came_by['main']:,}" in page


def test_the_command_prints_a_table():
    result = CliRunner().invoke(cli, ["crowd", "--callers", "30", "-j", "1"])
    assert result.exit_code == 0, result.output
    assert "30 callers" in result.output
    assert "time to service" in result.output


def test_a_defect_is_written_as_a_script_that_names_its_hotline(tmp_path: Path):
    (tmp_path / "flow.yaml").write_text(ENDLESS_FLOW, encoding="utf-8")
    (tmp_path / "prompts.yaml").write_text(
        "prompts: {offer: 消息请按1，其他请按2。, news: 没有消息。}", encoding="utf-8"
    )
    arguments = ["crowd", str(tmp_path), "--callers", "60", "-j", "1", "--out", str(tmp_path / "found")]
    assert run(arguments) == 2  # not 1, which would say that callers found a defect: check refuses the loop
    result = CliRunner().invoke(cli, [*arguments, "--unchecked"])
    assert result.exit_code == 1, result.output
    assert "DEFECT" in result.output
    (file,) = (tmp_path / "found").iterdir()
    (script,) = ScriptLoader().load(file)
    assert script.story.flow == ".."
