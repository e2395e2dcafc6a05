"""``ivr new``: the small hotline is right from the start, and nothing of anybody's is ever overwritten."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.callflow.checking import check
from ivr.callflow.schema import json_schema
from ivr.callflow.yaml_source import read_yaml
from ivr.commands.new import TEMPLATE, new
from ivr.errors import UsageError
from ivr.hotlines import open_hotline

TITLES = st.one_of(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30),
    st.sampled_from(['a "b" \\', "a: b #c", "{x}", "~", "-o"]),
)


def make(folder: Path | str, *options: str) -> str:
    result = CliRunner().invoke(new, [str(folder), *options])
    if result.exception is not None:
        raise result.exception
    return result.output


def files(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_it_makes_a_hotline_that_passes_the_check(tmp_path: Path) -> None:
    told = make(tmp_path / "my-line")
    assert files(tmp_path / "my-line") == ["README.md", "calls/balance.call.yaml", "flow.yaml", "prompts/prompts.yaml"]
    hotline = open_hotline(tmp_path / "my-line")
    assert hotline.flow.hotline == "my-line"
    assert hotline.flow.title == "我的热线"
    assert [str(finding.problem) for finding in check(hotline)] == []
    assert f"ivr check {tmp_path / 'my-line'}" in told


def test_its_documents_are_right_by_the_schema() -> None:
    for part, file in (("flow", "flow.yaml"), ("prompts", "prompts/prompts.yaml")):
        jsonschema.validate(read_yaml(TEMPLATE / file).data, json_schema(part))


def test_its_script_hears_only_prompts_that_the_hotline_has() -> None:
    script = read_yaml(TEMPLATE / "calls/balance.call.yaml").data
    heard = [step["hears"] for step in script["steps"] if "hears" in step]
    assert set(heard) <= set(open_hotline(TEMPLATE).prompts)
    assert "balance.read" in heard


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    title=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
    | st.sampled_from(['a "b" \\', "a: b #c", "{x}", "~"])
)
def test_any_title_that_can_be_printed_is_taken(tmp_path: Path, title: str) -> None:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    make(folder, "--title", title)
    assert open_hotline(folder).flow.title == title
    assert (folder / "README.md").read_text("utf-8").startswith(f"# {title}\n")


@pytest.mark.parametrize("title", ["", "  ", "a\nb", "a\x1b[31m", "长" * 101])
def test_other_titles_are_refused_before_anything_is_written(tmp_path: Path, title: str) -> None:
    with pytest.raises(UsageError, match="a title has"):
        make(tmp_path / "x", "--title", title)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("folder", "name"),
    [("City Line", "city-line"), ("热线", "my-hotline"), ("12393", "my-hotline"), ("a" * 80, "a" * 60)],
)
def test_the_hotline_is_named_after_its_folder(tmp_path: Path, folder: str, name: str) -> None:
    make(tmp_path / folder)
    assert open_hotline(tmp_path / folder).flow.hotline == name


def test_a_fresh_repository_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    make(tmp_path)
    assert (tmp_path / "flow.yaml").is_file()


@pytest.mark.parametrize("present", ["notes.txt", "flow.yaml", "README.md", "calls/mine.call.yaml"])
def test_a_folder_in_use_is_left_as_it_is(tmp_path: Path, present: str) -> None:
    (tmp_path / present).parent.mkdir(exist_ok=True)
    (tmp_path / present).write_text("mine")
    with pytest.raises(UsageError, match=r"not empty|hotline already"):
        make(tmp_path)
    assert files(tmp_path) == [present]
    assert (tmp_path / present).read_text() == "mine"


def test_a_second_hotline_in_the_same_place_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "x")
    with pytest.raises(UsageError, match="there is a hotline already"):
        make(tmp_path / "x")


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name, what in (("file", "is a file"), ("file/below", "cannot be"), ("link", "a link to nothing")):
        with pytest.raises(UsageError, match=what):
            make(tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"
