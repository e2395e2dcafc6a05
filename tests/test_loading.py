"""Files -> Hotline: includes, catalogues, places, versions; and what is wrong with which file."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_documents import FLOW, PROMPTS, write_documents

from ivr.callflow.hotline import Hotline, Place
from ivr.callflow.loading import load_hotline
from ivr.errors import DocumentError, UsageError
from ivr.hotlines import open_hotline


def load(path: Path, builtin: Path | None = None) -> Hotline:
    return load_hotline(path, builtin or path.parent / "builtin")


def problems(path: Path) -> list[str]:
    """All problems, as ``file:line: what``."""
    with pytest.raises(DocumentError) as caught:
        load(path)
    assert all(problem.remedy for problem in caught.value.problems)
    return [f"{Path(problem.file).name}:{problem.line}: {problem.what}" for problem in caught.value.problems]


def test_a_file_or_its_folder_is_loaded(tmp_path: Path) -> None:
    path = write_documents(tmp_path)
    by_file, by_folder = load(path), load(tmp_path)
    assert by_file.flow == by_folder.flow
    assert list(by_file.flow.nodes) == ["main", "goodbye"]
    assert by_file.prompts["goodbye"].barge_in.mode == "off"
    assert by_file.folder == tmp_path


def test_every_part_knows_where_it_is_written(tmp_path: Path) -> None:
    path = write_documents(tmp_path)
    hotline = load(path)
    assert hotline.place("nodes", "main", "choices", "bye") == Place(str(path), 12)
    assert hotline.place("nodes", "main", "timing") == Place(str(path), 8)
    assert hotline.place("prompts", "goodbye", "text") == Place(str(tmp_path / "prompts.yaml"), 3)
    assert hotline.place("speech", "accept") == Place(str(path), 1)


def test_the_version_follows_every_byte_of_every_file(tmp_path: Path) -> None:
    path = write_documents(tmp_path, flow=FLOW + "include: more.yaml\n", more="services: {main: 主菜单}\n")
    first = load(path).version
    assert first == load(path).version
    assert len(first) == 12
    versions = {first}
    for name in ("flow.yaml", "prompts.yaml", "more.yaml"):
        with (tmp_path / name).open("a") as file:
            file.write("# a remark\n")
        versions.add(load(path).version)
    assert len(versions) == 4


def test_included_files_are_merged_and_keep_their_places(tmp_path: Path) -> None:
    path = write_documents(
        tmp_path,
        flow=FLOW + "include: [parts/a.yaml, parts/b.yaml]\nwaivers:\n- {rule: r-one, reason: because we say so}\n",
        **{
            "parts/a": "include: c.yaml\nnodes:\n  x: {kind: hangup}\nguards:\n  g: {fact: a.b, known: yes}\n",
            "parts/b": "include: c.yaml\nwaivers:\n\n- rule: r-two\n  reason: because they say so\n",
            "parts/c": "nodes:\n  y:\n    kind: hangup\n",
        },
    )
    hotline = load(path)
    assert list(hotline.flow.nodes) == ["main", "goodbye", "x", "y"]
    assert [waiver.rule for waiver in hotline.flow.waivers] == ["r-one", "r-two"]
    assert hotline.place("nodes", "y", "kind") == Place(str(tmp_path / "parts/c.yaml"), 3)
    assert hotline.place("waivers", 1, "reason") == Place(str(tmp_path / "parts/b.yaml"), 5)
    assert hotline.place("guards") == Place(str(tmp_path / "parts/a.yaml"), 4)


def test_an_id_defined_twice_names_both_places(tmp_path: Path) -> None:
    path = write_documents(
        tmp_path,
        flow=FLOW + "include: more.yaml\n",
        more="nodes:\n  goodbye: {kind: hangup}\n",
        prompts=PROMPTS,
    )
    assert problems(path) == [f"more.yaml:2: nodes/goodbye is defined twice; first in {path}:14"]


def test_a_prompt_defined_twice_names_both_places(tmp_path: Path) -> None:
    path = write_documents(
        tmp_path,
        flow=FLOW.replace("prompts.yaml", "own"),
        **{"own/a": PROMPTS, "own/b": "prompts:\n  goodbye: 走好。\n"},
    )
    first = tmp_path / "own/a.yaml"
    assert problems(path) == [f"b.yaml:2: the prompt 'goodbye' is defined twice; first in {first}:3"]


@pytest.mark.parametrize("order", ["[prompts.yaml, 'builtin:']", "['builtin:', prompts.yaml]"])
def test_an_own_prompt_replaces_the_built_in_one(tmp_path: Path, order: str) -> None:
    path = write_documents(
        tmp_path,
        flow=FLOW.replace("prompts.yaml", order),
        **{"builtin/a": "prompts:\n  goodbye: {text: 请挂机。}\n  other: 别的。\n"},
    )
    hotline = load(path)
    assert {name: prompt.text for name, prompt in hotline.prompts.items()} == {
        "main.offer": "结束请按1。",
        "goodbye": "再见。",
        "other": "别的。",
    }
    assert hotline.place("prompts", "goodbye", "text").file == str(tmp_path / "prompts.yaml")


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("include: more.yaml\n", ["more.yaml:1: 'more.yaml' includes itself, by way of this file"]),
        ("include: flow.yaml\n", ["more.yaml:1: 'flow.yaml' includes itself, by way of this file"]),
        ("include: ../../etc/passwd\n", ["more.yaml:1: '../../etc/passwd' is outside of the hotline's folder"]),
        ("include: /etc/passwd\n", ["more.yaml:1: '/etc/passwd' is outside of the hotline's folder"]),
        ('include: ""\n', ["more.yaml:1: no file is named"]),
        ("include:\n- none.yaml\n", ["more.yaml:2: there is no file 'none.yaml'"]),
        (f"include: {'n' * 300}.yaml\n", [f"more.yaml:1: there is no file '{'n' * 300}.yaml'"]),
        ("include: {a: b}\n", ["more.yaml:1: include: file names are meant here"]),
        ("title: x\n", ["more.yaml:1: 'title' belongs in the main document"]),
        ("nodez: {}\n", ["more.yaml:1: the key 'nodez' is not known in an included file"]),
        ("nodes: [a]\n", ["more.yaml:1: nodes: a mapping is meant here"]),
        ("waivers: a\n", ["more.yaml:1: waivers: a list is meant here"]),
        ("nodes:\n  x: {kind: sya, to: main}\n", ["more.yaml:2: nodes/x: 'sya' is no kind of node"]),
    ],
)
def test_what_is_wrong_with_an_include_is_said_where_it_is_written(tmp_path: Path, more: str, found: list[str]) -> None:
    assert problems(write_documents(tmp_path, flow=FLOW + "include: more.yaml\n", more=more)) == found


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("nodes: {x: {kind: hangup}}\n")
    path = write_documents(tmp_path / "own", flow=FLOW + "include: link.yaml\n")
    (tmp_path / "own/link.yaml").symlink_to(tmp_path / "secret.yaml")
    assert problems(path) == ["flow.yaml:17: 'link.yaml' is outside of the hotline's folder"]


def test_a_section_that_is_wrong_in_the_main_document_is_reported_there_alone(tmp_path: Path) -> None:
    path = write_documents(
        tmp_path,
        flow=FLOW + "include: more.yaml\nguards: x\nwaivers: y\n",
        more="guards:\n  g: {fact: a.b, known: yes}\nwaivers:\n- {rule: r, reason: because we say so}\n",
    )
    assert problems(path) == [
        "flow.yaml:18: guards: a mapping is meant here, not 'x'",
        "flow.yaml:19: waivers: a list is meant here, not 'y'",
    ]


def test_a_loop_of_links_is_no_file(tmp_path: Path) -> None:
    path = write_documents(tmp_path, flow=FLOW + "include: loop.yaml\n")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (found,) = problems(path)
    assert "'loop.yaml'" in found


@pytest.mark.parametrize(
    ("prompts", "found"),
    [
        ("none.yaml", "flow.yaml:3: there is no file or folder 'none.yaml'"),
        ("../x.yaml", "flow.yaml:3: '../x.yaml' is outside of the hotline's folder"),
        ("n" * 300, f"flow.yaml:3: there is no file or folder '{'n' * 300}'"),
        ("empty", "flow.yaml:3: the folder 'empty' has no catalogue"),
        ("'builtin:'", "flow.yaml:3: there is no file or folder 'builtin:'"),
        ("{a: b}", "flow.yaml:3: prompts/0: a text is meant here, not a mapping"),
    ],
)
def test_what_is_wrong_with_a_catalogue_name(tmp_path: Path, prompts: str, found: str) -> None:
    (tmp_path / "empty").mkdir()
    assert problems(write_documents(tmp_path, flow=FLOW.replace("prompts.yaml", prompts))) == [found]


def test_all_problems_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    path = write_documents(
        tmp_path,
        flow=FLOW.replace("8s", "8") + "include: [broken.yaml, more.yaml]\nnodes: {}\n",
        broken="nodes: [\n",
        more="nodes:\n  x: {kind: say}\n",
        prompts="prompts:\n  a: {txt: 你好}\n  a: 你好\n  b: &b 你好\n",
    )
    assert problems(path) == [
        "broken.yaml:2: this is not YAML: while parsing a flow node did not find expected node content",
        "flow.yaml:6: profiles/standard/no-input: '8' is not a duration",
        "flow.yaml:18: the key 'nodes' is written twice; first on line 7",
        "more.yaml:2: nodes/x: 'to' is missing",
        "prompts.yaml:2: prompts/a: 'text' is missing",
        "prompts.yaml:2: prompts/a: the key 'txt' is not known here",
        "prompts.yaml:3: the key 'a' is written twice; first on line 2",
        "prompts.yaml:4: the anchor '&b' is not allowed here",
    ]


def test_what_may_be_in_a_broken_file_is_not_called_missing(tmp_path: Path) -> None:
    flow = FLOW[: FLOW.index("nodes:")] + "include: nodes.yaml\n"
    found = problems(write_documents(tmp_path, flow=flow, nodes="nodes:\n\tx: y\n"))
    assert [problem.partition(" is")[0] for problem in found] == ["nodes.yaml:2: this"]


@pytest.mark.parametrize(
    ("name", "what"), [("none", "no such file"), (".", "no flow.yaml"), ("a\0b", "no such file|cannot be read")]
)
def test_a_hotline_that_is_not_there_is_the_users_mistake(tmp_path: Path, name: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        open_hotline(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(DocumentError, match="not a file"):
        open_hotline(tmp_path / "pipe.yaml")


def test_a_name_of_python_is_not_a_name_of_the_document(tmp_path: Path) -> None:
    assert problems(write_documents(tmp_path, flow=FLOW.replace("inter-digit", "inter_digit"))) == [
        "flow.yaml:6: profiles/standard: 'inter-digit' is missing",
        "flow.yaml:6: profiles/standard: the key 'inter_digit' is not known here",
    ]


def test_a_large_hotline_loads_in_time_that_grows_with_it(tmp_path: Path) -> None:
    node = "  n{0}:\n    kind: say\n    prompt: [goodbye, {{say: goodbye, when: not x}}]\n    to: n{1}\n"
    flow = FLOW + "".join(node.format(n, n + 1) for n in range(5_000))
    started = time.process_time()
    assert len(load(write_documents(tmp_path, flow=flow)).flow.nodes) == 5_002
    assert time.process_time() - started < 10, "a second is usual; ten mean that something is quadratic"


_fragments = st.sampled_from(
    [*FLOW.split("\n"), *PROMPTS.split("\n"), "nodes:", "  x: {kind: call}", "include: flow.yaml"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(flow=st.binary(max_size=200) | st.lists(_fragments).map(lambda lines: "\n".join(lines).encode()))
def test_any_bytes_are_a_hotline_or_problems(tmp_path: Path, flow: bytes) -> None:
    path = write_documents(tmp_path)
    for file in (path, tmp_path / "prompts.yaml"):
        write_documents(tmp_path)
        file.write_bytes(flow)
        try:
            open_hotline(path)
        except DocumentError as error:
            assert error.problems  # noqa: PT017 - a right document is fine as well
