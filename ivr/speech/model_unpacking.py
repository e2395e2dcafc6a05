"""Unpacking a model's archive so that nothing lands outside its folder, and the folder appears whole or not at all.

Theory of operation. Everything that the archive says of itself is looked at before anything is written: paths that
climb or are absolute, links and devices, names twice, encryption, more files or bytes than any model has, and what
swells beyond reason (a bomb). An archive may lie: of a deflated member ``zipfile`` unpacks no more than it says of
itself, a piece at a time, but of one packed otherwise whatever swells from a piece, so those are refused. Members are
unpacked into a hidden folder beside the place. If the archive has one folder around everything, as Vosk's have, that
becomes the model. At last the folder is moved to its name.
"""

from __future__ import annotations

import hashlib
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from ivr.errors import SpeechError

SUMS_FILE: Final = "SHA256SUMS"
"""Written into the folder: a line for each file, as ``sha256sum --check`` reads it."""

_MOST_FILES: Final = 1_000  # the largest of Vosk's models has 30
_MOST_BYTES: Final = 8 << 30
_MOST_SWELLING: Final = 50  # times the archive; a model's numbers hardly compress at all
_SMALL: Final = 1 << 20  # below this, nothing swells to harm
_CHUNK: Final = 1 << 20


def unpack(archive: Path, folder: Path) -> None:
    """Make ``folder`` of a ZIP archive; one that exists is replaced. Raises ``SpeechError`` and leaves it as it was."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder.parent) as scratch:
            made = Path(scratch) / "model"
            with zipfile.ZipFile(archive) as opened:
                members = _looked_at(opened.infolist(), archive)
                _write(opened, members, made)
            _put(_without_wrapping(made), folder, Path(scratch) / "before")
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise SpeechError(f"{archive}: is no ZIP archive, or a damaged one ({error}); fetch it anew") from None
    except OSError as error:
        raise SpeechError(f"{folder}: cannot be written ({error.strerror or error}); free some space") from None


def changed_files(folder: Path) -> list[str] | None:
    """Files of an unpacked model that are not as they were then, or are gone; None if it was not unpacked here."""
    sums = folder / SUMS_FILE
    if not sums.is_file():
        return None
    changed = []
    for line in sums.read_text("utf-8", errors="replace").splitlines():
        wanted, _, name = line.partition("  ")
        file = folder / name
        if not file.is_file() or _sha256(file) != wanted:
            changed.append(name)
    return changed


def _looked_at(members: Sequence[zipfile.ZipInfo], archive: Path) -> list[zipfile.ZipInfo]:
    """The files among the members. Raises ``SpeechError`` for an archive that no model comes in."""
    files = [member for member in members if not member.is_dir()]
    for member in members:
        if problem := _problem(member):
            raise SpeechError(f"{archive}: refused: {member.filename!r} {problem}; nothing was unpacked")
    names = [PurePosixPath(member.filename).as_posix().casefold() for member in files]
    if len(set(names)) < len(names):
        raise SpeechError(f"{archive}: refused: it has a file twice; nothing was unpacked")
    total = sum(member.file_size for member in files)
    limit = min(_MOST_BYTES, max(_SMALL, archive.stat().st_size * _MOST_SWELLING))
    if len(files) > _MOST_FILES or total > limit:
        raise SpeechError(
            f"{archive}: refused: it would become {len(files)} files of {total} bytes, which no model is; "
            "nothing was unpacked"
        )
    if not files:
        raise SpeechError(f"{archive}: has no files; fetch it anew")
    return files


def _problem(member: zipfile.ZipInfo) -> str:
    name = member.filename
    if "\\" in name or "\0" in name or ":" in name:
        return "is no portable name"
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return "leads out of the model's folder"
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that models are not"
    return "is encrypted" if member.flag_bits & 0x1 else ""


def _write(opened: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], made: Path) -> None:
    for member in members:
        file = made / member.filename
        file.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(member) as packed, file.open("xb") as out:
            shutil.copyfileobj(packed, out, _CHUNK)


def _without_wrapping(made: Path) -> Path:
    """The folder that holds the model: the only one in the archive, if there is only one."""
    inside = list(made.iterdir())
    return (
        inside[0] if len(inside) == 1 and inside[0].is_dir() and inside[0].name not in ("am", "graph", "conf") else made
    )


def _put(made: Path, folder: Path, before: Path) -> None:
    files = sorted(file for file in made.rglob("*") if file.is_file())
    sums = "".join(f"{_sha256(file)}  {file.relative_to(made).as_posix()}\n" for file in files)
    (made / SUMS_FILE).write_text(sums, encoding="utf-8")
    if folder.exists():
        folder.replace(before)
    try:
        made.replace(folder)
    except OSError:
        if before.exists():
            before.replace(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
