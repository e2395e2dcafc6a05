"""Call scripts as text for tests, and a small hotline that they phone."""

from __future__ import annotations

from pathlib import Path

from ivr.testing.script_runner import Outcome
from ivr.testing.suite import Suite

FLOW = """\
hotline: small
title: 小热线
prompts: prompts.yaml
start: greeting
profiles:
  standard: {no-input: 8s, inter-digit: 4s}
recovery:
  no-input: {"1": {say: silent}}
  no-match: {"1": {say: wrong}}
  exhausted: bye
commands:
  back: {key: "*", phrases: [返回], do: back}
waiting: {filler-after: 2s, filler-every: 8s, gives-up-after: 20s, filler: filler}
queries:
  weather: {gives: {weather.today: text}, private: no}
nodes:
  greeting: {kind: say, prompt: greeting, to: menu}
  menu:
    kind: menu
    prompt: [menu.offer, menu.more]
    again: menu.again
    choices:
      weather: {key: "1", phrases: [天气], to: weather}
      bye: {key: "2", phrases: [再见], to: bye}
  weather: {kind: lookup, query: weather, to: weather.read, failed: weather.unknown}
  weather.read: {kind: say, prompt: [weather.intro, weather.read], to: menu}
  weather.unknown: {kind: say, prompt: weather.unknown, to: menu}
  bye: {kind: hangup, prompt: bye}
"""

PROMPTS = """\
prompts:
  greeting: 您好。
  menu.offer: 天气请按1，
  menu.more: 再见请按2。
  menu.again: 天气请按1，再见请按2。
  weather.intro: 今天的天气，
  weather.read: "{weather.today:text}。"
  weather.unknown: 不知道今天的天气。
  silent: 没有听到。
  wrong: 没有这个选项。
  filler: 请稍候。
  bye: 再见。
"""

SUNNY = "{query: weather, facts: {weather.today: 晴}}"


def write_hotline(folder: Path) -> Path:
    """The small hotline in a folder; returns its flow document."""
    (folder / "prompts.yaml").write_text(PROMPTS, encoding="utf-8")
    flow = folder / "flow.yaml"
    flow.write_text(FLOW, encoding="utf-8")
    return flow


def write_script(folder: Path, steps: str, head: str = "", name: str = "story.call.yaml") -> Path:
    """A script of these steps (lines that begin with ``- ``) for the small hotline beside it."""
    if not (folder / "flow.yaml").exists():
        write_hotline(folder)
    lines = "".join(f"  {line}\n" for line in steps.strip().splitlines())
    file = folder / name
    file.write_text(f"call: a story\nflow: flow.yaml\n{head}steps:\n{lines}", encoding="utf-8")
    return file


def run(folder: Path, steps: str, head: str = "") -> Outcome:
    """The one call of a script that has no problems."""
    result = Suite().run(write_script(folder, steps, head))
    assert result.problems == ()
    (outcome,) = result.outcomes
    return outcome


def why(folder: Path, steps: str, head: str = "") -> tuple[str, str]:
    """(expected, heard) of a script that fails."""
    outcome = run(folder, steps, head)
    assert outcome.failure is not None
    return outcome.failure.expected, outcome.failure.heard
