# ruff: noqa: E501 - one row of a table for each mistake
"""What an author is told about a wrong value: the exact place, in the document's own words, with the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_documents import FLOW, PROMPTS, write_documents

from ivr.callflow.loading import load_hotline
from ivr.errors import DocumentError

KINDS = "menu, field, confirm, survey, record, say, lookup, branch, call, return, limit, transfer, hangup"
TYPES = "money, digits, date, month, count, masked-id, masked-name, duration, text, yes-no, time, lines"


def told(path: Path) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_hotline(path, path.parent)
    return [str(problem).removeprefix(f"{path.parent}/") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        ("{}", f"nodes/x: the kind is missing; add 'kind:' with one of {KINDS}"),
        ("{kind: meun}", f"nodes/x: 'meun' is no kind of node; did you mean 'menu'? write one of {KINDS}"),
        ("{kind: 菜单}", f"nodes/x: '菜单' is no kind of node; write one of {KINDS}"),
        ("hello", "nodes/x: a mapping is meant here, not 'hello'; write 'name: …' lines below it, or leave the key out"),
        ("{kind: say}", "nodes/x: 'to' is missing; add 'to:'"),
        ("{kind: say, to: main, promt: a}", "nodes/x: the key 'promt' is not known here; did you mean 'prompt'?"),
        (
            "{kind: hangup, xyz: a}",
            "nodes/x: the key 'xyz' is not known here; known here: again, commands, disposition, flush, kind, prompt",
        ),
        (
            "{kind: say, to: Main}",
            "nodes/x/to: 'Main' is not an id; write lower-case words, joined by '-' and '.', such as main.account",
        ),
        ("{kind: say, to: [a]}", "nodes/x/to: a text is meant here, not a list; write one text"),
        ("{kind: say, to: a, flush: 'ja'}", "nodes/x/flush: 'ja' is neither yes nor no; write yes or no"),
        (
            "{kind: say, to: a, prompt: {say: a, each: b}}",
            "nodes/x/prompt/0/each: 'b' is not the name of a fact; "
            "write two or more words joined by '.', such as account.balance",
        ),
        (
            "{kind: menu, choices: {a: {key: 12, to: b}}}",
            "nodes/x/choices/a/key: '12' is not a key; write one of 0-9, '*' or '#'",
        ),
        (
            "{kind: menu, choices: {a: {to: b}}}",
            "nodes/x/choices/a: nobody can choose this, for it has no key and no phrases; add 'key:' or 'phrases:'",
        ),
        ("{kind: menu, choices: {}}", "nodes/x/choices: this is empty; write at least one entry"),
        (
            "{kind: menu, choices: }",
            "nodes/x/choices: a mapping is meant here, not nothing; "
            "write 'name: …' lines below it, or leave the key out",
        ),
        (
            "{kind: menu, choices: {a: {key: 1, to: b}}, no-input: {one: {say: c}}}",
            "nodes/x/no-input: 'one' is not a count; write 1 for the first failure, 2 for the second, up to 9",
        ),
        (
            "{kind: branch, cases: , otherwise: a}",
            "nodes/x/cases: a list is meant here, not nothing; write its items on lines that begin with '- '",
        ),
        (
            "{kind: branch, cases: [{when: a b, to: c}], otherwise: a}",
            "nodes/x/cases/0/when: 'a b' is not the name of a guard; write its name, such as verified, or 'not verified'",
        ),
        ("{kind: limit, most: x, to: a, exceeded: b}", "nodes/x/most: 'x' is not a whole number; write digits only, such as 3"),
        ("{kind: limit, most: 0, to: a, exceeded: b}", "nodes/x/most: '0' is out of range; write at least 1"),
        ("{kind: limit, most: 100, to: a, exceeded: b}", "nodes/x/most: '100' is out of range; write at most 99"),
        (
            "{kind: lookup, query: q, with: {a: Bad}, to: a, failed: b}",
            "nodes/x/with/a: 'Bad' is not the name of a fact; "
            "write two or more words joined by '.', such as account.balance",
        ),
        (
            "{kind: lookup, query: q, with: {a: {vlaue: b}}, to: a, failed: b}",
            "nodes/x/with/a: 'value' is missing; add 'value:'",
        ),
        ("{kind: lookup, query: q, with: {a: {value: ''}}, to: a, failed: b}", "nodes/x/with/a/value: the text is empty"),
        (
            "{kind: transfer, queue: q, talked: a, busy: b, no-answer: c, longest: 3}",
            "nodes/x/longest: '3' is not a duration; write a number and a unit, such as 700ms, 8s or 2m",
        ),
        ("{kind: say, to: a, flush: }", "nodes/x/flush: '' is neither yes nor no; write yes or no"),
        (
            f"{{kind: record, stores: a.b, to: a, empty: b, longest: {'9' * 400}s}}",
            "nodes/x/longest: '" + "9" * 400 + "s' is not a duration; write a number and a unit",
        ),
        (
            "{kind: record, stores: a.b, to: a, empty: b, longest: 25h}",
            "nodes/x/longest: 25h is longer than a day; write a shorter time",
        ),
        (
            "{kind: hangup, disposition: compelted}",
            "nodes/x/disposition: 'compelted' is not known here; did you mean 'completed'? "
            "write one of completed, gave-up, failed, transferred",
        ),
        (
            "{kind: field, entry: {kind: digits, shortest: 9, longest: 6}, stores: a.b, to: c}",
            "nodes/x/entry: lengths must satisfy 1 <= shortest <= longest <= 64",
        ),
    ],
)  # fmt: skip
def test_a_wrong_node_is_explained(tmp_path: Path, node: str, problem: str) -> None:
    found = told(write_documents(tmp_path, flow=FLOW + f"  x: {node}\n"))
    assert found[0].startswith(f"flow.yaml:17: {problem}")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("nodez: {}", "the key 'nodez' is not known here; did you mean 'nodes'?"),
        ("no_input: {}", "the key 'no_input' is not known here; known here: call-limit, commands, demand, dialogs,"),
        ("guards: {G: {hours: h}}", "guards: 'G' is not a name; write lower-case words joined by '-'"),
        ("guards: {g: {}}", "guards/g: a guard needs exactly one of 'hours', 'fact', 'all', 'any'; keep"),
        ("guards: {g: {fact: a.b}}", "guards/g: a guard on a fact needs exactly one of 'is', 'in', 'at-least',"),
        ("queries: {q: {gives: {a.b: mony}}}", f"queries/q/gives/a.b/type: 'mony' is not known here; did you mean 'money'? write one of {TYPES}"),
        ("queries: {q: {gives: {a.b: {type: {c: d}}}}}", f"queries/q/gives/a.b/type: a mapping is not known here; write one of {TYPES}"),
        ("queries: {q: {gives: {a.b: {type: lines}}}}", "queries/q/gives/a.b: type lines needs 'line'"),
        ("hours: {h: {open: [{days: mon-fry, from: 08:30, to: 24:00}]}}", "hours/h/open/0/days: 'mon-fry' is not a weekday; write mon-fri, or sat, sun"),
        ("hours: {h: {open: [{days: mon, from: 8:30, to: 24:00}]}}", "hours/h/open/0/from: '8:30' is not a time of day; write it as 08:30"),
        ("hours: {h: {open: [{days: mon, from: 08:30, to: 12:00}], holidays: 2026-1-1}}", "hours/h/holidays: a list is meant here, not '2026-1-1'"),
        ("hours: {h: {open: [{days: mon, from: 08:30, to: 12:00}], holidays: [2026-1-1]}}", "hours/h/holidays/0: '2026-1-1' is not a day; write it as 2026-01-31"),
        ("speech: {accept: high}", "speech/accept: 'high' is not a number; write a number such as 0.8"),
        ("speech: {accept: 80}", "speech/accept: '80' is out of range; write at most 1"),
        ("speech: {accept: nan}", "speech/accept: 'nan' is out of range"),
        ("waivers: [{rule: r, reason: so}]", "waivers/0/reason: 'so' is too short; write 10 characters or more"),
        ("help: [a, {sai: b}]", "help/1: 'say' is missing; add 'say:'"),
        (f"services: {{main: {'长' * 2001}}}", "services/main: the text is longer than 2000 characters; shorten it"),
    ],
)  # fmt: skip
def test_a_wrong_section_is_explained(tmp_path: Path, more: str, problem: str) -> None:
    found = told(write_documents(tmp_path, flow=FLOW + more + "\n"))
    assert found[0].startswith(f"flow.yaml:17: {problem}")


@pytest.mark.parametrize(
    ("prompt", "problem"),
    [
        ("Bad Id: x", "prompts: 'Bad Id' is not an id; write lower-case words"),
        ("a: ''", "prompts/a/text: the text is empty"),
        ("a: {text: x, heard-by: all}", "prompts/a/heard-by: 'all' is not known here; write one of anyone, verified"),
        (
            "a: {text: x, barge-in: maybe}",
            "prompts/a/barge-in: 'maybe' is not a barge-in setting; write yes, no, hotword",
        ),
        ("a: [x, y]", "prompts/a: a mapping is meant here, not a list; write lines such as 'text: …' below it"),
    ],
)
def test_a_wrong_prompt_is_explained(tmp_path: Path, prompt: str, problem: str) -> None:
    found = told(write_documents(tmp_path, prompts=PROMPTS + f"  {prompt}\n"))
    assert found[0].startswith(f"prompts.yaml:4: {problem}")


def test_each_mistake_is_told_once(tmp_path: Path) -> None:
    node = "{kind: lookup, query: Q, with: {a: B, c: [d]}, to: E}"
    found = told(write_documents(tmp_path, flow=FLOW + f"  x: {node}\n"))
    assert [text.split(": ")[1] for text in found] == [
        "nodes/x/query",
        "nodes/x/to",
        "nodes/x/with/a",
        "nodes/x/with/c",
        "nodes/x",
    ]
