"""YAML text -> plain mappings, lists and strings, with the place of every part.

People write these documents, so YAML is read more narrowly than YAML allows:

* every scalar is a string: YAML would turn ``0123`` into 83, ``1:30`` into 90 and ``no`` into false;
* what hides meaning or explodes is refused, with the remedy: anchors, aliases, merge keys, tags, duplicate keys,
  several documents in one file, control characters (also when escaped), deep nesting, huge files;
* all problems of a file are found in one reading, except that nothing after a syntax error can be read.

The parser's *events* are used, not its objects: they come from libyaml where it is installed, no recursion can
overflow, and an alias is seen as an alias, before it is multiplied.

Nothing but ``DocumentError`` comes out of here, whatever the bytes.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.callflow.hotline import DocumentPath, Place
from ivr.callflow.yaml_builder import CONTROL, FASTEST, MOST_PROBLEMS, Builder, control_what
from ivr.errors import DocumentError, Problem

LARGEST_BYTES = 4 * 1024 * 1024

Data = dict[str, Any]  # values: str, list, Data

_LINE_END = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Source:
    """One file as data. ``places`` has an entry for the path of every mapping value and list item, and for ``()``."""

    data: Data
    places: dict[DocumentPath, Place]
    raw: bytes


def read_yaml(path: Path) -> Source:
    """Reads one file. Raises DocumentError with all its problems, also when the file cannot be read."""
    return parse_yaml(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a document, never more than the limit. Raises DocumentError."""
    try:
        if path.exists() and not path.is_file():
            raise DocumentError([Problem(str(path), 0, "this is not a file", "name a YAML file")])
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise DocumentError([Problem(str(path), 0, f"cannot be read: {reason}", "check its name and rights")]) from None
    if len(raw) > LARGEST_BYTES:
        size = f"larger than {LARGEST_BYTES // 1024 // 1024} MB"
        raise DocumentError([Problem(str(path), 0, f"the file is {size}", "split it, with 'include:'")])
    return raw


def parse_yaml(raw: bytes, file: str, loader: Any = FASTEST) -> Source:
    """``file`` is the name that problems and places carry. Raises DocumentError with all problems."""
    source, problems = examine_yaml(raw, file, loader)
    if source is None or problems:
        raise DocumentError(problems)
    return source


def examine_yaml(raw: bytes, file: str, loader: Any = FASTEST) -> tuple[Source | None, list[Problem]]:
    """Like ``parse_yaml``, but returns the problems, and the data too when nothing that is written is lacking in it."""
    builder = Builder(file, loader)
    try:
        text = _decode(raw, file)
    except DocumentError as error:
        return None, list(error.problems)
    if not _control_problems(text, builder):
        builder.build(text)
        if not builder.unsound and isinstance(builder.top, dict):
            return Source(builder.top, builder.places, raw), _capped(builder.problems, file)
    return None, _capped(builder.problems, file)


def _decode(raw: bytes, file: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError([Problem(file, 1, "the file is UTF-16", "save it as UTF-8")])
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{raw[error.start]:02x} at offset {error.start} is not UTF-8"
        raise DocumentError([Problem(file, line, what, "save the file as UTF-8")]) from None
    return _LINE_END.sub("\n", text)


def _control_problems(text: str, builder: Builder) -> bool:
    for found in CONTROL.finditer(text):
        builder.problem(text.count("\n", 0, found.start()), control_what(found[0]), "delete it")
        if len(builder.problems) >= MOST_PROBLEMS:
            break
    return bool(builder.problems)


def _capped(problems: list[Problem], file: str) -> list[Problem]:
    if len(problems) <= MOST_PROBLEMS:
        return problems
    more = Problem(file, problems[MOST_PROBLEMS].line, "there are more problems below", "mend the ones above first")
    return [*problems[:MOST_PROBLEMS], more]
