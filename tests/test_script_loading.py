"""Reading call scripts: parameters, variants, includes, and every problem at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from script_files import write_hotline, write_script

from ivr.errors import DocumentError
from ivr.testing.script import Hears
from ivr.testing.script_loading import MOST_CALLS, load_script
from ivr.testing.suite import Suite


def problems(file: Path) -> list[str]:
    """Of a script and of the names it uses, without the folder."""
    result = Suite().run(file)
    return [str(problem).replace(f"{file.parent}/", "") for problem in result.problems]


def script(folder: Path, steps: str, head: str = "") -> list[str]:
    return problems(write_script(folder, steps, head))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("- hear: greeting", "'hear' is no step; did you mean 'hears'?"),
        ("- hears: greting", "there is no prompt 'greting'; did you mean 'greeting'?"),
        ("- hears: {any of: xyz.*}", "there is no prompt 'xyz.*'; see the hotline's prompt catalogue"),
        ("- hears: Greeting", "hears/in order/0: 'Greeting' is no prompt; write its id, such as main.offer"),
        ("- hears: {any of: bye, never: bye}", "hears: exactly one of"),
        ("- hears: bye\n  withn: 3s", "the key 'withn' is not known here; did you mean 'within'?"),
        ("- hears: bye\n  within: 3", "within: '3' is not a duration; write a number and a unit"),
        ("- presses: abc", "presses/0: 'abc' are no keys; write 0-9 * #"),
        ("- presses: {number of: caller, only: '5'}", "write the first and the last, counted from 1, such as 1-13"),
        ("- presses: {number of: caller, only: 5-2}", "'5-2' says not which keys"),
        ("- presses: ''", "presses: nothing is pressed; write keys such as"),
        ("- presses: {number of: nobody-here}", "there is no person 'nobody-here'; see 'ivr accounts list'"),
        ("- presses: {number of: wang-balance, only: 1-40}", "asks for more keys than there are; there are 18"),
        ("- presses: {card of: shen-no-card}", "shen-no-card has no card; type"),
        ("- presses: number", "nobody says who the caller is; add 'caller: {person: …}'"),
        ("- presses: '1'\n  during: greting", "there is no prompt 'greting'; did you mean 'greeting'?"),
        ("- stays silent: 87600h", "stays silent: 87600h is longer than a day; write a shorter time"),
        ("- stays silent: 10 years", "stays silent: '10 years' is not a duration"),
        ("- says: 你好\n  audio: hello.wav", "there is no sound file 'hello.wav'; record"),
        ("- audio: hello.wav", "what 'audio' says is not told; write the words with it"),
        ("- says: 你好\n  confidence: 3", "confidence: '3' is out of range; write at most 1"),
        ("- hangs up now", "'hangs up now' is no step; did you mean 'hangs up'?"),
        ("- presses", "'presses' is no step; write 'presses: …'"),
        ("- hears: bye\n  presses: '1'", "'hears' and 'presses' are two steps; begin each with '- '"),
        ("- [hears, bye]", "a step is meant here; write such as '- hears: main.offer'"),
        ("- hears: ${nobody}", "there is no parameter 'nobody'; add 'with: {nobody: …}'"),
        ("- accounts: sleepy", "accounts: a mapping is meant here"),
        ("- answers: {query: wether}", "there is no query 'wether'"),
        ("- includes: nothing.yaml", "there is no file 'nothing.yaml'; create"),
        ("- includes: 'a\\0b'", "there is no file"),
        ("- includes: ''", "'includes' needs a file"),
    ],
)
def test_a_wrong_step_is_told_with_its_line_and_a_remedy(tmp_path: Path, step: str, told: str) -> None:
    (problem,) = script(tmp_path, f"- hears: greeting\n{step}")
    assert told in problem
    assert problem.startswith(("story.call.yaml:5: ", "story.call.yaml:6: "))


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("ender: x\n", "the key 'ender' is not known here; did you mean 'ends'?"),
        ("ends: happily\n", "ends: 'happily' is not known here; write one of completed"),
        ("lasts: for 3 s\n", "lasts: 'for 3 s' is no bound; write at most 60s, or at least 5s"),
        ("visits: nowhere\n", "there is no node 'nowhere'"),
        ("facts: {caller.numbr: '1'}\n", "there is no fact 'caller.numbr'; did you mean 'caller.number'?"),
        ("caller: {person: wang-balanse}\n", "there is no person 'wang-balanse'; did you mean 'wang-balance'?"),
        ("caller: {profile: senior}\n", "there is no profile 'senior'; see 'profiles' of the document"),
        ("caller: {at: noon}\n", "caller/at: 'noon' is no date and time; write it as 2026-03-02T09:30"),
        ("caller: {at: 2026-03-02T09:30Z}\n", "names a time zone; a call knows local time only"),
        ("caller: {at: 9999-12-31T23:59}\n", "is no year of a hotline; write one from 1900 to 9998"),
        ("agents: asleep\n", "agents/are: 'asleep' is not known here; write one of free"),
        ("with: [a]\n", "'with' needs 'name: value' lines"),
        ("for: a\n", "'for' needs a list of parameter sets"),
        ("for: [{a: {b: c}}]\n", "'for' needs a list of parameter sets"),
        ("for: {a: b}\n", "'for' needs a list of parameter sets"),
        ("skipping: nothing.*\n", "there is no prompt 'nothing.*'"),
    ],
)
def test_a_wrong_head_is_told(tmp_path: Path, head: str, told: str) -> None:
    (problem,) = script(tmp_path, "- hears: greeting", head)
    assert told in problem
    assert problem.startswith("story.call.yaml:3: ")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    told = script(tmp_path, "- hear: greeting\n- presses: abc\n- stays silent: long", "ends: well\n")
    assert [problem.split(":")[1] for problem in told] == ["3", "5", "6", "7"]


@pytest.mark.parametrize(
    "head",
    ["ends: well\n", "caller: {at: noon, person: wang-balance}\n", "ender: x\n", "lasts: long\n"],
)
def test_unknown_names_are_told_together_with_errors_of_form(tmp_path: Path, head: str) -> None:
    told = script(
        tmp_path, "- hear: greeting\n- hears: greting\n- presses: number\n- presses: {number of: nobody-here}", head
    )
    known_caller = head.startswith("caller")
    assert [problem.split(":")[1] for problem in told] == ["3", "5", "6", *([] if known_caller else ["7"]), "8"]
    assert "there is no prompt 'greting'; did you mean 'greeting'?" in told[2]
    assert "there is no person 'nobody-here'" in told[-1]


def test_an_unknown_node_and_person_of_the_head_are_told_with_a_wrong_step(tmp_path: Path) -> None:
    told = script(tmp_path, "- hears: greeting\n- presses: abc", "caller: {person: nobody-here}\nvisits: nowhere\n")
    assert [problem.split(":")[1] for problem in told] == ["3", "4", "7"]


@pytest.mark.parametrize("head", ["flow: [a]\n", "caller: {person: No One}\n"])
def test_no_name_is_called_unknown_where_it_cannot_be_told(tmp_path: Path, head: str) -> None:
    file = write_script(tmp_path, "- hears: greting\n- presses: number", head)
    if head.startswith("flow"):
        file.write_text(file.read_text(encoding="utf-8").replace("flow: flow.yaml\n", ""), encoding="utf-8")
    (problem,) = problems(file)
    assert head.split(":")[0] in problem


def test_an_error_of_form_is_told_with_a_hotline_that_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "lost.call.yaml"
    file.write_text("call: lost\nflow: nowhere.yaml\nsteps: [hear: greeting]\n", encoding="utf-8")
    assert len(problems(file)) == 2


def test_steps_are_required(tmp_path: Path) -> None:
    file = tmp_path / "empty.call.yaml"
    file.write_text("call: nothing\n", encoding="utf-8")
    assert problems(file) == [
        "empty.call.yaml:1: the steps are missing; add 'steps:' with lines such as '- hears: main.offer'"
    ]


def test_a_script_for_another_hotline_is_told_once(tmp_path: Path) -> None:
    (problem,) = script(tmp_path, "- hears: main.offer\n- presses: '1'\n- hears: main.account.offer")
    assert "none of its prompts is said by the hotline 'small'; name its own with 'flow:' or --flow" in problem


def test_a_hotline_that_is_missing_is_told(tmp_path: Path) -> None:
    file = tmp_path / "lost.call.yaml"
    file.write_text("call: lost\nflow: nowhere.yaml\nsteps: [hears: greeting]\n", encoding="utf-8")
    (problem,) = problems(file)
    assert "nowhere.yaml: no such file" in problem


def prompts_of(file: Path) -> list[list[str]]:
    """What each call of a file expects to hear."""
    return [
        [
            prompt
            for placed in call.steps
            if isinstance(placed.step, Hears)
            for prompt in placed.step.hears.in_order or ()
        ]
        for call in load_script(file)
    ]


def test_a_list_of_parameter_sets_makes_a_call_of_each(tmp_path: Path) -> None:
    file = write_script(tmp_path, "- hears: ${said}", "for:\n  - {said: greeting}\n  - {said: bye}\n")
    assert prompts_of(file) == [["greeting"], ["bye"]]
    assert [call.name for call in load_script(file)] == ["a story [said=greeting]", "a story [said=bye]"]


def test_named_lists_make_a_call_of_each_combination(tmp_path: Path) -> None:
    file = write_script(
        tmp_path, "- hears: ['${a}', '${b}', '${c}']", "for:\n  a: [x, y]\n  rows: [{b: p, c: q}, {b: r, c: s}]\n"
    )
    assert prompts_of(file) == [["x", "p", "q"], ["x", "r", "s"], ["y", "p", "q"], ["y", "r", "s"]]


def test_a_list_takes_the_place_of_its_name(tmp_path: Path) -> None:
    file = write_script(tmp_path, "- hears: [greeting, '${more}', bye]", "with: {more: [menu.offer, menu.more]}\n")
    assert prompts_of(file) == [["greeting", "menu.offer", "menu.more", "bye"]]


def test_a_title_with_parameters_is_the_name(tmp_path: Path) -> None:
    file = write_script(tmp_path, "- hears: ${said}", "for: {said: [greeting, bye]}\n")
    file.write_text(file.read_text(encoding="utf-8").replace("a story", '"hears ${said}"'), encoding="utf-8")
    assert [call.name for call in load_script(file)] == ["hears greeting", "hears bye"]


def test_too_many_combinations_are_refused(tmp_path: Path) -> None:
    many = ", ".join(f"p{number}" for number in range(100))
    told = script(tmp_path, "- hears: greeting", f"for: {{a: [{many}], b: [{many}], c: [{many}]}}\n")
    assert f"'for' makes more than {MOST_CALLS} calls" in told[0]


def include(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_included_steps_take_parameters_and_have_their_own(tmp_path: Path) -> None:
    include(tmp_path, "a.yaml", "with: {x: greeting, y: bye}\nsteps:\n  - hears: ['${x}', '${y}', '${z}']\n")
    file = write_script(tmp_path, "- includes: a.yaml\n  with: {y: silent}", "with: {z: wrong}\n")
    assert prompts_of(file) == [["greeting", "silent", "wrong"]]


def test_a_circle_of_includes_is_a_problem(tmp_path: Path) -> None:
    include(tmp_path, "a.yaml", "steps:\n  - includes: b.yaml\n")
    include(tmp_path, "b.yaml", "steps:\n  - hears: greeting\n  - includes: a.yaml\n")
    (problem,) = script(tmp_path, "- includes: a.yaml")
    assert problem == "b.yaml:3: 'a.yaml' includes itself, by way of this step; delete one of the includes"


def test_includes_that_multiply_are_stopped(tmp_path: Path) -> None:
    write_hotline(tmp_path)
    for number in range(20):
        include(
            tmp_path, f"{number}.yaml", f"steps:\n  - includes: {number + 1}.yaml\n  - includes: {number + 1}.yaml\n"
        )
    include(tmp_path, "20.yaml", "steps:\n  - hears: greeting\n")
    (problem,) = script(tmp_path, "- includes: 0.yaml")
    assert "more than 5000 steps" in problem


def test_problems_in_included_steps_are_told_there(tmp_path: Path) -> None:
    include(tmp_path, "a.yaml", "call: mine\nsteps:\n  - presses: abc\n")
    told = script(tmp_path, "- includes: a.yaml\n- includes: a.yaml\n  wit: {}")
    assert [problem.split(": ")[0] for problem in told] == ["a.yaml:1", "a.yaml:3", "story.call.yaml:6"]


@given(
    st.recursive(
        st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    )
)
def test_whatever_the_steps_hold_only_problems_come_out(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:

    file = tmp_path_factory.getbasetemp() / "any.call.yaml"
    document = {"call": "any", "steps": [value, {"hears": value}, {"presses": value}], "for": value, "with": value}
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(DocumentError):
        load_script(file)
