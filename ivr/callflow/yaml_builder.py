"""The parser's events -> data and places, or problems: what ``yaml_source`` allows of YAML and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from ivr.callflow.hotline import DocumentPath, Place
from ivr.errors import Problem

DEEPEST = 40
MOST_PROBLEMS = 100
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")

FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, where PyYAML was built with it


def control_what(character: str) -> str:
    name = "a NUL character" if character == "\0" else f"the control character U+{ord(character):04X}"
    return f"{name} is in the text"


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


class Builder:
    """Builds the data of one file from its events; ``top``, ``places`` and ``problems`` are the outcome."""

    def __init__(self, file: str, loader: Any) -> None:
        self.file = file
        self.loader = loader
        self.problems: list[Problem] = []
        self.places: dict[DocumentPath, Place] = {}
        self.top: Any = None
        self.stack: list[_Open] = []
        self.documents = 0
        self.unsound = False  # the data lacks something that is written; looking further would mislead

    def problem(self, line: int, what: str, remedy: str) -> None:
        """``line`` is 0-based, as the parser counts."""
        self.problems.append(Problem(self.file, line + 1, what, remedy))

    def build(self, text: str) -> None:
        try:
            for event in self._events(text):
                self._take(event)
                self._stop_when_hopeless()
        except _Stop:
            self.unsound = True
            return
        if self.documents == 0 and not self.problems:
            self.problem(0, "the file is empty", "write the document, or delete the file")

    def _stop_when_hopeless(self) -> None:
        if len(self.problems) > MOST_PROBLEMS:
            raise _Stop

    def _events(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=self.loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(filter(None, (error.context, error.problem)))
            self.problem(mark.line if mark else 0, f"this is not YAML: {what}", _syntax_remedy(what))
            self.unsound = True
        except (yaml.YAMLError, ValueError, OverflowError) as error:  # the pure parser lets escapes overflow
            self.problem(0, f"this is not YAML: {' '.join(str(error).split())}", "mend the notation")
            self.unsound = True

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
            self.unsound = True
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
        if found := CONTROL.search(value):
            self.problem(line, control_what(found[0]), "delete it")
        parent = self.stack[-1] if self.stack else None
        if parent is not None and parent.key is None and isinstance(parent.value, dict):
            self._key(parent, value, line)
            if value == "<<" and not event.style:
                self.problem(line, "the merge key '<<' is not allowed here", "write its parts out")
                self.unsound = True
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
                self.problem(0, "the file is empty", "write the document, or delete the file")
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
