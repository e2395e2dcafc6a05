"""The network of the neural voice is what was published; that is checked once for files that do not change."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from ivr.errors import SpeechError
from ivr.speech.kokoro_model import whole
from ivr.speech.passed_checks import PassedChecks

SUM = hashlib.sha256(b"onetwo").hexdigest()


def parts(folder: Path, *contents: bytes) -> list[Path]:
    files = [folder / f"part-{number}.bin" for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    return files


def test_other_bytes_of_the_same_size_are_refused(tmp_path: Path) -> None:
    passed = PassedChecks(tmp_path / "checked")
    assert whole(parts(tmp_path, b"one", b"two"), 6, SUM, passed) == b"onetwo"
    with pytest.raises(SpeechError, match=r"its SHA-256 differs.*pip install --force-reinstall"):
        whole(parts(tmp_path, b"one", b"tow"), 6, SUM, PassedChecks(tmp_path / "elsewhere"))
    with pytest.raises(SpeechError, match="has 5 bytes, not 6"):
        whole(parts(tmp_path, b"one", b"tw"), 6, SUM, passed)
    with pytest.raises(SpeechError, match="cannot be read"):
        whole([tmp_path / "nowhere"], 6, SUM, passed)


def test_files_are_checked_once_and_again_when_they_change(tmp_path: Path) -> None:
    passed = PassedChecks(tmp_path / "checked")
    (file,) = parts(tmp_path, b"onetwo")
    whole([file], 6, SUM, passed)
    state = file.stat()
    file.write_bytes(b"another"[:6])
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert whole([file], 6, SUM, passed) == b"anothe"  # nobody has looked
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000_000))
    with pytest.raises(SpeechError, match="its SHA-256 differs"):
        whole([file], 6, SUM, passed)


def test_where_nothing_can_be_remembered_everything_is_checked(tmp_path: Path) -> None:
    (tmp_path / "in-the-way").touch()
    for folder in (None, tmp_path / "in-the-way" / "checked"):
        passed = PassedChecks(folder)
        assert whole(parts(tmp_path, b"one", b"two"), 6, SUM, passed) == b"onetwo"
        with pytest.raises(SpeechError, match="its SHA-256 differs"):
            whole(parts(tmp_path, b"one", b"tow"), 6, SUM, passed)
