"""Counter-examples: every path of an exploration is a call script that makes the same call."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ivr.callflow.hotline import Hotline
from ivr.session.exchange import Exchange
from ivr.testing.counter_example import as_script
from ivr.testing.explorer import Explorer
from ivr.testing.script_checking import check_script
from ivr.testing.script_loading import load_script
from ivr.testing.script_runner import run_script
from ivr.testing.state_space import Path as CallPath
from tests.explored_hotlines import FAULTS, explored, spoiled
from tests.sessions import builtin


def failure(hotline: Hotline, exchange: Exchange, path: CallPath, folder: Path) -> str:
    """How the script of this path fails; "" when it passes."""
    file = folder / "found.call.yaml"
    text = as_script(exchange, path, "found", ["Refutes something."])
    file.write_text(text, encoding="utf-8")
    (script,) = load_script(file)
    assert not [problem for problem in check_script(script, hotline) if "prompt" not in problem.what]
    outcome = run_script(Exchange(hotline), script)
    return f"{outcome.failure}\n{text}" if outcome.failure else ""


def test_paths_of_the_builtin_hotline_pass_as_scripts(tmp_path: Path) -> None:
    explorer = Explorer(builtin().hotline, most_states=1_000)
    space = explorer.run().space
    for number in random.Random(12333).sample(range(len(space.states)), 60):
        path = space.path(number)
        if path.moves and path.moves[-1].prompts is None:
            assert not failure(builtin().hotline, explorer.exchange, path, tmp_path)


def test_every_path_of_a_small_hotline_passes_as_a_script(tmp_path: Path) -> None:
    found, _ = explored(spoiled())
    for number, state in enumerate(found.space.states):
        if state.phase != "hearing":
            assert not failure(spoiled(), Exchange(spoiled()), found.space.path(number), tmp_path)


@pytest.mark.parametrize("prop", ["agent-in-one-key", "silence-ends", "mistakes-end", "no-dead-end", "askable"])
def test_counter_examples_pass_as_scripts(prop: str, tmp_path: Path) -> None:
    subject = FAULTS[prop][0]
    for violation in explored(subject)[1][prop].violations:
        assert violation.path is not None
        assert not failure(subject, Exchange(subject), violation.path, tmp_path)


def test_the_weather_is_told_before_the_step_that_needs_it() -> None:
    found, verdicts = explored(FAULTS["askable"][0])
    (violation,) = verdicts["askable"].violations
    assert violation.path is not None
    text = as_script(Exchange(FAULTS["askable"][0]), violation.path, "title", ["why"], "flow.yaml")
    assert text.startswith("# why\ncall: title\nflow: flow.yaml\n")
    assert text.index("answers:") < text.index("presses: '135792'")
    assert found.complete
