"""The table of a test's recordings is read whole, and everything that is wrong in it is said at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ivr.audio.wav import write_wav
from ivr.errors import DocumentError, UsageError
from ivr.speech.evaluation.spoken import Spoken, spoken_in

HEAD = "file\tvoice\tkind\ttext\n"


def write_table(folder: Path, *rows: str) -> Path:
    write_wav(folder / "a.wav", np.zeros(160, np.int16), 16000)
    (folder / "utterances.tsv").write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
    return folder


def test_texts_are_in_normal_spelling(tmp_path: Path) -> None:
    rows = (
        "a.wav\tan\tdigits\t幺三 x",
        "a.wav\tbo\tcommand\t查 余额。",
        "a.wav\tan\toov\t苹果",
        "a.wav\tan\tnonspeech\t",
    )

    assert spoken_in(write_table(tmp_path, *rows)) == (
        Spoken(tmp_path / "a.wav", "an", "digits", "13X"),
        Spoken(tmp_path / "a.wav", "bo", "command", "查余额"),
        Spoken(tmp_path / "a.wav", "an", "oov", "苹果"),
        Spoken(tmp_path / "a.wav", "an", "nonspeech", ""),
    )


def test_all_that_is_wrong_is_said_with_its_line(tmp_path: Path) -> None:
    folder = write_table(tmp_path, "b.wav\tan\tdigits\t苹果", "a.wav\t\tsong\tx", "a.wav\tan\tcommand\t", "a.wav")

    with pytest.raises(DocumentError) as caught:
        spoken_in(folder)

    told = [(problem.line, problem.what) for problem in caught.value.problems]
    assert (2, "there is no file 'b.wav'") in told
    assert (2, "'苹果' are no digits") in told
    assert (3, "there is no kind 'song'") in told
    assert (3, "nobody is named as the voice") in told
    assert (4, "a command without text") in told
    assert [line for line, _ in told].count(5) == 2


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (None, r"has no utterances\.tsv"),
        ("", "has no rows"),
        (HEAD, "has no rows"),
        ("file\tkind\na.wav\tdigits\n", "has no column voice, text"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, table: str | bytes | None, says: str) -> None:
    if table is not None:
        (tmp_path / "utterances.tsv").write_bytes(table.encode() if isinstance(table, str) else table)

    with pytest.raises(UsageError, match=says):
        spoken_in(tmp_path)
