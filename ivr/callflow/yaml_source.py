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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ivr.callflow.hotline import DocumentPath, Place
from ivr.errors import DocumentError, Problem

LARGEST_BYTES = 4 * 1024 * 1024
DEEPEST = 40
MOST_PROBLEMS = 100

Data = dict[str, Any]  # values: str, list, Data

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
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


def parse_yaml(raw: bytes, file: str) -> Source:
    """``file`` is the name that problems and places carry. Raises DocumentError with all problems."""
    source, problems = examine_yaml(raw, file)
    if source is None or problems:
        raise DocumentError(problems)
    return source


def examine_yaml(raw: bytes, file: str) -> tuple[Source | None, list[Problem]]:
    """Like ``parse_yaml``, but returns the problems, and the data too when it is sound enough to be looked at further."""
    builder = _Builder(file)
    try:
        text = _decode(raw, file)
    except DocumentError as error:
        return None, list(error.problems)
    if not _control_problems(text, builder):
        builder.build(text)
        if builder.sound and isinstance(builder.top, dict):
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


def _control_problems(text: str, builder: _Builder) -> bool:
    for found in _CONTROL.finditer(text):
        builder.problem(text.count("\n", 0, found.start()), _control_what(found[0]), "delete it")
        if len(builder.problems) >= MOST_PROBLEMS:
            break
    return bool(builder.problems)


def _control_what(character: str) -> str:
    name = "a NUL character" if character == "\0" else f"the control character U+{ord(character):04X}"
    return f"{name} is in the text"


def _capped(problems: list[Problem], file: str) -> list[Problem]:
    if len(problems) <= MOST_PROBLEMS:
        return problems
    more = Problem(file, problems[MOST_PROBLEMS].line, "there are more problems below", "mend the ones above first")
    return [*problems[:MOST_PROBLEMS], more]


class _Open:
    """A collection that is being filled."""

    __slots__ = ("key", "key_line", "path", "value")

    def __init__(self, value: dict[str, Any] | list[Any], path: DocumentPath) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None  # mappings: the key whose value comes next
        self.key_line = 0


class _Stop(Exception):  # noqa: N818 - it ends a reading; the errors are in the problems
    """Reading on is pointless; the reason is already among the problems."""


class _Builder:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.places: dict[DocumentPath, Place] = {}
        self.top: Any = None
        self.stack: list[_Open] = []
        self.documents = 0
        self.sound = False

    def problem(self, line: int, what: str, remedy: str) -> None:
        """``line`` is 0-based, as the parser counts."""
        self.problems.append(Problem(self.file, line + 1, what, remedy))

    def build(self, text: str) -> None:
        self.sound = True
        try:
            for event in self._events(text):
                self._take(event)
                if len(self.problems) > MOST_PROBLEMS:
                    raise _Stop
        except _Stop:
            self.sound = False
            return
        if self.documents == 0 and not self.problems:
            self.problem(0, "the file is empty", "write the document, or delete the file")

    def _events(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_LOADER)
            return
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(filter(None, (error.context, error.problem)))
            self.problem(mark.line if mark else 0, f"this is not YAML: {what}", _syntax_remedy(what))
        except (yaml.YAMLError, ValueError, OverflowError) as error:  # the pure parser lets escapes overflow
            self.problem(0, f"this is not YAML: {' '.join(str(error).split())}", "mend the notation")
        self.sound = False

    def _take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._node(event)
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._node(event)
            self._start(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.stack.pop()
        elif kind is yaml.AliasEvent:
            self.problem(event.start_mark.line, f"the alias '*{event.anchor}' is not allowed here", "write it out")
            self.sound = False
            self._place(event.start_mark.line, "")
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents == 2:
                self.problem(event.start_mark.line, "a second document begins here", "use one file for each")
                raise _Stop

    def _node(self, event: Any) -> None:
        line = event.start_mark.line
        if event.anchor is not None:
            self.problem(line, f"the anchor '&{event.anchor}' is not allowed here", "write it out where it is used")
        if event.tag is not None:
            self.problem(line, f"the tag '{event.tag}' is not allowed here", "delete it; every value is plain text")

    def _scalar(self, event: Any) -> None:
        value: str = event.value
        line: int = event.start_mark.line
        if found := _CONTROL.search(value):
            self.problem(line, _control_what(found[0]), "delete it")
        parent = self.stack[-1] if self.stack else None
        if parent is not None and parent.key is None and isinstance(parent.value, dict):
            self._key(parent, value, line)
            if value == "<<" and event.style is None:
                self.problem(line, "the merge key '<<' is not allowed here", "write its parts out")
                self.sound = False
        else:
            self._place(line, value)

    def _key(self, parent: _Open, key: str, line: int) -> None:
        if key in parent.value:
            first = self.places[(*parent.path, key)].line
            self.problem(line, f"the key '{key}' is written twice; first on line {first}", "keep one of them")
        parent.key = key
        parent.key_line = line

    def _start(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        line = event.start_mark.line
        if len(self.stack) >= DEEPEST:
            self.problem(line, f"this is nested deeper than {DEEPEST} levels", "write it flatter")
            raise _Stop
        self.stack.append(_Open(value, self._place(line, value)))

    def _place(self, line: int, value: Any) -> DocumentPath:
        """Puts a value where it belongs; returns its path. Of a duplicate key the first value is kept."""
        if not self.stack:
            if self.documents == 1:
                self._top(line, value)
            return ()
        parent = self.stack[-1]
        if isinstance(parent.value, list):
            path = (*parent.path, len(parent.value))
            parent.value.append(value)
            self.places[path] = Place(self.file, line + 1)
            return path
        if parent.key is None:
            self.problem(line, "a key must be plain text, not a list, mapping or alias", "write a word before the ':'")
            raise _Stop
        path = (*parent.path, parent.key)
        if parent.key not in parent.value:
            parent.value[parent.key] = value
            self.places[path] = Place(self.file, parent.key_line + 1)
        parent.key = None
        return path

    def _top(self, line: int, value: Any) -> None:
        self.top = value
        self.places[()] = Place(self.file, line + 1)
        if not isinstance(value, dict):
            if value == "":
                self.problem(line, "the file is empty", "write the document, or delete the file")
            else:
                self.problem(line, "the document is not a mapping", "begin it with lines such as 'name: value'")


def _syntax_remedy(what: str) -> str:
    if "\\t" in what or "tab" in what:
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in what:
        return "put quotes around a text that has ': ' in it, or mend the indentation"
    if "could not find expected ':'" in what:
        return "every line of a mapping needs 'name: value'"
    if "block mapping" in what or "block collection" in what:
        return "mend the indentation: parts of one list or mapping begin in the same column"
    if "alias" in what or "anchor" in what or "cannot start any token" in what:
        return "put quotes around it"
    if "flow" in what:
        return "close the bracket, and separate its parts with commas"
    return "mend the notation, or put the text in quotes"
