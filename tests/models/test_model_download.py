"""What is fetched is exactly what was meant, or nothing; what was interrupted goes on where it stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.errors import SpeechError
from ivr.speech.model_download import download
from tests.models.archives import Manners, serving

DATA = bytes(range(256)) * 1_000


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "model.zip"


@pytest.fixture
def part(target: Path) -> Path:
    target.parent.mkdir()
    return target.with_name("model.zip.part")


@pytest.mark.parametrize("manners", ["good", "no ranges", "no size", "moved"])
def test_a_file_arrives_whole(target: Path, manners: Manners) -> None:
    seen: list[int] = []
    with serving(DATA, manners) as server:
        download(server.source, target, seen.append)

    assert target.read_bytes() == DATA
    assert [file.name for file in target.parent.iterdir()] == ["model.zip"]
    assert seen == sorted(seen)
    assert seen[-1] == len(DATA)


def test_a_file_that_is_there_is_not_fetched_again_unless_it_is_another(target: Path) -> None:
    with serving(DATA) as server:
        download(server.source, target)
        download(server.source, target)
        assert server.ranges == [""]
        target.write_bytes(DATA[:-1])
        download(server.source, target)

    assert target.read_bytes() == DATA
    assert server.ranges == ["", ""]


def test_an_interrupted_download_goes_on_where_it_stopped(target: Path) -> None:
    with serving(DATA, "cuts off") as server:
        with pytest.raises(SpeechError, match="run the same again"):
            download(server.source, target)
        assert not target.exists()
        there = target.with_name("model.zip.part").stat().st_size
        assert 0 < there < len(DATA)
        server.manners = "good"
        download(server.source, target)

    assert target.read_bytes() == DATA
    assert server.ranges == ["", f"bytes={there}-"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(there=st.integers(0, len(DATA)), ranges=st.booleans())
def test_it_goes_on_from_anywhere_with_any_server(target: Path, there: int, ranges: bool) -> None:
    target.parent.mkdir(exist_ok=True)
    target.with_name("model.zip.part").write_bytes(DATA[:there])
    with serving(DATA, "good" if ranges else "no ranges") as server:
        download(server.source, target)

    assert target.read_bytes() == DATA


@pytest.mark.parametrize("old", [b"something else", DATA[:-1] + b"?", DATA + b"more"])
def test_a_part_of_something_else_is_thrown_away(target: Path, part: Path, old: bytes) -> None:
    part.write_bytes(old)
    with serving(DATA) as server:
        download(server.source, target)

    assert target.read_bytes() == DATA


def test_a_file_of_the_right_size_with_the_wrong_content_is_refused(target: Path) -> None:
    with serving(DATA) as server, pytest.raises(SpeechError, match="SHA-256 differs"):
        download(replace(server.source, sha256="0" * 64), target)

    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("manners", "says"),
    [
        ("lies about size", "it is not the model meant"),
        ("endless", "sends more than 256000 bytes"),
        ("gone", "answers 404 Not Found"),
        ("redirects to a file", "answers 302"),
    ],
)
def test_a_server_with_bad_manners_is_told_of(target: Path, manners: Manners, says: str) -> None:
    with serving(DATA, manners) as server, pytest.raises(SpeechError, match=says):
        download(server.source, target)

    assert not target.exists()


def test_without_the_network_it_says_what_to_do_instead(target: Path) -> None:
    with serving(DATA) as server:
        source = server.source  # its port is closed by now

    with pytest.raises(SpeechError) as caught:
        download(source, target)

    assert "--from FILE" in str(caught.value)
    assert source.sha256 in str(caught.value)
    assert "https_proxy" in str(caught.value)


def test_a_proxy_of_the_environment_is_asked(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(DATA) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        download(replace(proxy.source, url="http://models.example/model.zip"), target)

    assert target.read_bytes() == DATA


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with serving(DATA) as server, pytest.raises(SpeechError, match="cannot be written"):
        download(server.source, tmp_path / "models" / "model.zip")
