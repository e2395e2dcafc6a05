"""The recordings of a test: a folder with sound files and ``utterances.tsv``, which says what is said in each.

The table has the columns ``file`` (relative to the folder), ``voice``, ``kind`` and ``text``, divided by tabs, with
these names in its first line. Kinds: ``digits`` (text as figures or as said: 幺三五), ``command`` (a phrase, or yes or
no), ``oov`` (words that nobody offers) and ``nonspeech`` (no text).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast, get_args

from ivr.errors import DocumentError, Problem, UsageError
from ivr.mandarin.normalising import normalise
from ivr.mandarin.spoken_digits import spoken_digits

Kind = Literal["digits", "command", "oov", "nonspeech"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
TABLE: Final = "utterances.tsv"
_COLUMNS: Final = ("file", "voice", "kind", "text")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One recording."""

    path: Path
    voice: str
    kind: Kind
    text: str  # of digits: as typed on a keypad, with X; of others: in normal spelling


def spoken_in(folder: Path) -> tuple[Spoken, ...]:
    """All recordings of a folder, in the order of its table. Raises UsageError, or DocumentError with all problems."""
    table = folder / TABLE
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except FileNotFoundError:
        raise UsageError(f"{folder}: has no {TABLE}; it needs one with the columns {', '.join(_COLUMNS)}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{table}: cannot be read ({error})") from None
    missing = [column for column in _COLUMNS if rows and column not in rows[0]]
    if missing or not rows:
        lacks = f"has no column {', '.join(missing)}" if missing else "has no rows"
        raise UsageError(f"{table}: {lacks}; it needs a line for each recording, after one with {', '.join(_COLUMNS)}")
    problems = [problem for line, row in enumerate(rows, start=2) for problem in _problems(table, line, row)]
    if problems:
        raise DocumentError(problems)
    return tuple(_spoken(folder, row) for row in rows)


def _spoken(folder: Path, row: dict[str, str]) -> Spoken:
    kind = cast(Kind, row["kind"])
    text = row["text"] or ""
    said = (spoken_digits(text) or "") if kind == "digits" else normalise(text)
    return Spoken(folder / row["file"], row["voice"], kind, said)


def _problems(table: Path, line: int, row: dict[str, str]) -> Iterator[Problem]:
    kind, text = row["kind"], row["text"] or ""
    if kind not in KINDS:
        yield Problem(str(table), line, f"there is no kind {kind!r}", f"write one of {', '.join(KINDS)}")
    if not row["voice"]:
        yield Problem(str(table), line, "nobody is named as the voice", "write who speaks, if only as a letter")
    if not row["file"] or not (table.parent / row["file"]).is_file():
        yield Problem(str(table), line, f"there is no file {row['file']!r}", "write its name as seen from the table")
    if kind == "digits" and not spoken_digits(text):
        yield Problem(str(table), line, f"{text!r} are no digits", "write figures, or the words of a caller")
    if kind == "command" and not normalise(text):
        yield Problem(str(table), line, "a command without text", "write the phrase that is said")
