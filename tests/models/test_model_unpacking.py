"""Nothing of an archive lands outside the model's folder, and the folder appears whole or stays as it was."""

from __future__ import annotations

import stat
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from ivr.errors import SpeechError
from ivr.speech.model_unpacking import SUMS_FILE, changed_files, unpack
from tests.models.archives import zipped

FILES = {"m/am/final.mdl": b"sounds", "m/conf/model.conf": b"--beam=10\n", "m/graph/Gr.fst": b"words" * 100}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "model.zip"
    file.write_bytes(zipped(FILES))
    return file


def everything_in(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("wrapping", ["m/", ""])
def test_a_model_is_unpacked_with_or_without_a_folder_around_it(tmp_path: Path, archive: Path, wrapping: str) -> None:
    archive.write_bytes(zipped({wrapping + name.removeprefix("m/"): data for name, data in FILES.items()}))

    unpack(archive, tmp_path / "models" / "one")

    unpacked = everything_in(tmp_path / "models" / "one")
    assert unpacked.pop(SUMS_FILE)
    assert unpacked == {name.removeprefix("m/"): data for name, data in FILES.items()}
    assert [file.name for file in (tmp_path / "models").iterdir()] == ["one"]


def test_a_folder_that_is_there_is_replaced_whole(tmp_path: Path, archive: Path) -> None:
    old = tmp_path / "models" / "one" / "old.txt"
    old.parent.mkdir(parents=True)
    old.write_text("old")

    unpack(archive, old.parent)

    assert not old.exists()
    assert (old.parent / "am" / "final.mdl").read_bytes() == b"sounds"


@pytest.mark.parametrize(
    "name",
    ["../evil", "m/../../evil", "/etc/evil", "m\\..\\evil", "C:/evil", "m/..", "m/a:b"],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, archive: Path, name: str) -> None:
    archive.write_bytes(zipped(FILES | {name: b"evil"}))
    before = everything_in(tmp_path)

    with pytest.raises(SpeechError, match="nothing was unpacked"):
        unpack(archive, tmp_path / "models" / "one")

    assert everything_in(tmp_path) == before


def test_a_link_is_refused(tmp_path: Path, archive: Path) -> None:
    link = zipfile.ZipInfo("m/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(link, "/etc/passwd")

    with pytest.raises(SpeechError, match="is a link or a device"):
        unpack(archive, tmp_path / "models" / "one")


def test_a_bomb_is_refused_before_it_swells(tmp_path: Path, archive: Path) -> None:
    archive.write_bytes(zipped(FILES | {"m/zeros": bytes(20_000_000)}))

    with pytest.raises(SpeechError, match="which no model is"):
        unpack(archive, tmp_path / "models" / "one")

    assert not (tmp_path / "models" / "one").exists()


def lying(size: int, *, checksum: int | None = None) -> bytes:
    """An archive with 20 MB of zeros that says they are ``size`` bytes, perhaps with the checksum of as many."""
    packed = bytearray(zipped({"m/zeros": bytes(20_000_000)}))
    for signature, offset in ((b"PK\3\4", 14), (b"PK\1\2", 16)):  # checksum, packed size, size, in both of its places
        at = packed.index(signature) + offset
        if checksum is not None:
            packed[at : at + 4] = checksum.to_bytes(4, "little")
        packed[at + 8 : at + 12] = size.to_bytes(4, "little")
    return bytes(packed)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path, archive: Path) -> None:
    archive.write_bytes(lying(1_000))

    with pytest.raises(SpeechError, match="damaged"):
        unpack(archive, tmp_path / "models" / "one")

    assert not (tmp_path / "models" / "one").exists()


def test_of_a_bomb_that_lies_well_no_more_is_unpacked_than_it_says(tmp_path: Path, archive: Path) -> None:
    archive.write_bytes(lying(1_000, checksum=zlib.crc32(bytes(1_000))))

    unpack(archive, tmp_path / "models" / "one")

    assert everything_in(tmp_path / "models" / "one")["zeros"] == bytes(1_000)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_whose_swelling_cannot_be_bounded_is_refused(tmp_path: Path, archive: Path, packing: int) -> None:
    with zipfile.ZipFile(archive, "a", packing) as opened:
        opened.writestr("m/zeros", bytes(1_000))

    with pytest.raises(SpeechError, match="is packed in a way that models are not; nothing was unpacked"):
        unpack(archive, tmp_path / "models" / "one")

    assert not (tmp_path / "models" / "one").exists()


def test_too_many_files_are_refused(tmp_path: Path, archive: Path) -> None:
    archive.write_bytes(zipped({f"m/{number}": b"x" for number in range(1_001)}))

    with pytest.raises(SpeechError, match="which no model is"):
        unpack(archive, tmp_path / "models" / "one")


def test_a_file_twice_is_refused(tmp_path: Path, archive: Path) -> None:
    archive.write_bytes(zipped(FILES | {"m/AM/final.mdl": b"other"}))

    with pytest.raises(SpeechError, match="a file twice"):
        unpack(archive, tmp_path / "models" / "one")


@pytest.mark.parametrize("damage", ["not a zip", "empty", "cut", "flipped"])
def test_a_damaged_archive_leaves_the_old_model(tmp_path: Path, archive: Path, damage: str) -> None:
    folder = tmp_path / "models" / "one"
    unpack(archive, folder)
    before = everything_in(folder)
    data = bytearray(archive.read_bytes())
    data[46] ^= 0xFF  # within the first file
    damaged = {"not a zip": b"<html>", "empty": zipped({}), "cut": archive.read_bytes()[:-100], "flipped": bytes(data)}
    archive.write_bytes(damaged[damage])

    with pytest.raises(SpeechError, match="fetch it anew"):
        unpack(archive, folder)

    assert everything_in(folder) == before
    assert [file.name for file in folder.parent.iterdir()] == ["one"]


UNPACK_WHILE_ANOTHER_PROGRAM_CLEANS_UP = """
import shutil, sys
from pathlib import Path
from ivr.errors import SpeechError
from ivr.speech.model_unpacking import unpack

archive, folder = map(Path, sys.argv[1:])

def clean_up(event, arguments):
    if event == "os.rename" and Path(arguments[1]) == folder and Path(arguments[0]).name == "model":
        shutil.rmtree(arguments[0])  # the new model, at the moment when the old one is already out of the way

sys.addaudithook(clean_up)
try:
    unpack(archive, folder)
except SpeechError as error:
    print(error)
"""


def test_a_model_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path: Path, archive: Path) -> None:
    folder = tmp_path / "models" / "one"
    unpack(archive, folder)
    before = everything_in(folder)
    archive.write_bytes(zipped({"am/final.mdl": b"other sounds", "conf/model.conf": b""}))

    told = subprocess.run(
        [sys.executable, "-c", UNPACK_WHILE_ANOTHER_PROGRAM_CLEANS_UP, str(archive), str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout

    assert told.startswith(f"{folder}: cannot be written")
    assert everything_in(folder) == before
    assert [file.name for file in folder.parent.iterdir()] == ["one"]


def test_changes_after_unpacking_are_seen(tmp_path: Path, archive: Path) -> None:
    folder = tmp_path / "models" / "one"
    unpack(archive, folder)
    assert changed_files(folder) == []

    (folder / "am" / "final.mdl").write_bytes(b"noises")
    (folder / "graph" / "Gr.fst").unlink()

    assert changed_files(folder) == ["am/final.mdl", "graph/Gr.fst"]
    assert changed_files(tmp_path) is None
