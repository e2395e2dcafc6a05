"""Answers that a script dictates: typed as declared, in order, before anything that the backend knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.session.exchange import Exchange
from ivr.testing.script_checking import check_script
from ivr.testing.script_loading import load_script
from ivr.testing.script_runner import Outcome, run_script
from tests.sessions import builtin

VERIFIED = """\
  - answers: {query: identify, facts: {identity.outcome: verified, caller.verified: yes, person.id: nobody,
      person.name: 王小明, person.senior: no, person.local: yes, person.initial-password: no, person.card-state: none}}
"""
STEPS = """\
  - presses: ["11", number]
    during: greeting.welcome
    after: 4s
  - presses: password
"""


def run(tmp_path: Path, weather: str, then: str) -> Outcome:
    file = tmp_path / "one.call.yaml"
    steps = "steps:\n" + weather + STEPS + then
    file.write_text(f"call: 一\ncaller: {{person: wang-balance}}\nskipping: any\n{steps}", encoding="utf-8")
    (script,) = load_script(file)
    assert check_script(script, builtin().hotline) == []
    return run_script(Exchange(builtin().hotline), script)


def test_what_is_dictated_is_answered_whatever_the_backend_knows(tmp_path: Path) -> None:
    balance = '  - answers: {query: balance, facts: {account.state: closed, account.balance: "0"}}\n'
    outcome = run(tmp_path, VERIFIED + balance, "  - hears: balance.closed\n")
    assert outcome.failure is None


def test_answers_are_used_once_and_in_order(tmp_path: Path) -> None:
    refused = "  - answers: {query: identify, facts: {identity.outcome: refused}}\n"
    then = "  - hears: verify.wrong\n  - presses: number\n  - presses: password\n  - hears: balance.read\n"
    assert run(tmp_path, refused, then).failure is None


def test_a_dictated_failure_and_a_slow_answer(tmp_path: Path) -> None:
    fails = "  - answers: {query: balance, fails: backend-down, after: 3s}\n"
    outcome = run(tmp_path, fails, "  - hears: wait.filler\n  - hears: trouble.unavailable\n")
    assert outcome.failure is None


def test_the_queue_is_dictated_apart_from_the_agents(tmp_path: Path) -> None:
    status = (
        '  - answers: {query: queue-status, facts: {queue.state: waiting, queue.position: "7", queue.wait: "60000"}}\n'
    )
    outcome = run(tmp_path, status, "  - presses: '0'\n  - hears: agent.offer\n    saying: 七\n")
    assert outcome.failure is None


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("{query: balances}", "there is no query 'balances'"),
        ("{query: balance, facts: {account.sum: 1}}", "does not give account.sum"),
        ("{query: balance, facts: {account.balance: much}}", "account.balance of query balance has the wrong type"),
        ("{query: spending, facts: {spending.lines: 1}}", "spending.lines of query spending has the wrong type"),
        ("{query: identify, facts: {person.senior: maybe}}", "'maybe' is neither yes nor no"),
    ],
)
def test_a_wrong_answer_is_a_problem_of_the_script(tmp_path: Path, answer: str, told: str) -> None:
    file = tmp_path / "wrong.call.yaml"
    file.write_text(f"call: 一\nsteps:\n  - answers: {answer}\n  - hangs up\n", encoding="utf-8")
    (script,) = load_script(file)
    (problem,) = check_script(script, builtin().hotline)
    assert told in problem.what
    assert problem.line == 3
