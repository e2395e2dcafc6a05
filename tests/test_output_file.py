"""What a command writes appears whole, or leaves what was there."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from ivr.commands.output_file import appearing, must_be_writable
from ivr.errors import UsageError


def test_a_file_appears_when_all_is_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"before")
    with appearing(file) as written:
        written.write(b"after")
        assert file.read_bytes() == b"before"
    assert file.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_what_fails_leaves_what_was_there(tmp_path: Path, failure: type[BaseException]) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"before")

    def write() -> None:
        with appearing(file) as written:
            written.write(b"af")
            raise failure

    with pytest.raises(failure):
        write()
    assert file.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes, links and devices")
def test_modes_links_and_devices_are_as_one_expects(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.touch(0o644)
    link.symlink_to(file)
    with appearing(link, private=True) as written:
        written.write(b"mine")
    assert (link.is_symlink(), file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (True, b"mine", 0o600)
    reader, writer = os.pipe()
    with appearing(Path(f"/dev/fd/{writer}")) as written:
        written.write(b"to a pipe")
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == b"to a pipe"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"), appearing(tmp_path / "nowhere" / "file"):
        pass
    with pytest.raises(UsageError, match="there is no folder"):
        must_be_writable(tmp_path / "nowhere" / "file")
