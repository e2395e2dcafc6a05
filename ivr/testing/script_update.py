"""Rewrites the prompts that scripts expect to what the hotline says now, after a deliberate change.

Only ``hears:`` steps change, line by line, so that comments, order and layout stay as their author wrote them:

* another prompt came: its id takes the place of the expected one, where that is written as it is;
* a prompt came that no step mentions, before the caller's turn: a line ``- hears: …`` is put before that step;
* none came: a step that is a line ``- hears: …`` of its own is deleted.

Everything else (a call that ends otherwise, other words, another time) is left for a person. A file is run again after
each change, until nothing more can be mended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from ivr.callflow.hotline import Place
from ivr.errors import UsageError

MOST_ROUNDS = 200
_VERBS = ("hears", "presses", "says", "stays silent", "hangs up", "includes", "accounts", "agents")


@dataclass(frozen=True, slots=True)
class Change:
    """At a step: ``old`` becomes ``new``; with no ``old``, ``new`` is heard before it; with no ``new``, it goes."""

    place: Place
    old: str
    new: str


def changed(text: str, change: Change) -> str | None:
    """The text after the change; None when it cannot be made there."""
    lines = text.splitlines(keepends=True)
    first = change.place.line - 1
    if not 0 <= first < len(lines):
        return None
    if change.old and change.new:
        return _replaced(lines, first, change)
    step = re.match(r"(\s*)- (\w+)", lines[first])
    if step is None:
        return None
    if change.new:
        end = "\r\n" if lines[first].endswith("\r\n") else "\n"
        return "".join([*lines[:first], f"{step[1]}- hears: {change.new}{end}", *lines[first:]])
    alone = re.fullmatch(rf"\s*- hears: {re.escape(change.old)}\s*", lines[first])
    goes_on = first + 1 < len(lines) and re.match(rf"{step[1]} +\S", lines[first + 1])
    return "".join([*lines[:first], *lines[first + 1 :]]) if alone and not goes_on else None


def _replaced(lines: list[str], first: int, change: Change) -> str | None:
    """Replaces the id at the step's own line or below, before the next step."""
    word = re.compile(rf"(?<![\w.*-]){re.escape(change.old)}(?![\w*-]|\.[\w*])")
    for number in range(first, len(lines)):
        if number > first and re.match(rf"\s*- ({'|'.join(_VERBS)})\b", lines[number]):
            return None
        code, comment = _split_comment(lines[number])
        if word.search(code):
            lines[number] = word.sub(change.new, code, count=1) + comment
            return "".join(lines)
    return None


def update(paths: Iterable[Path], next_change: Callable[[Path], Iterable[Change]]) -> str:
    """Mends the files and returns the differences as a unified diff.

    ``next_change`` runs a file and says what would mend it, the likeliest first. Raises UsageError when a file cannot
    be written.
    """
    before: dict[Path, str] = {}
    for path in paths:
        for _ in range(MOST_ROUNDS):
            if not any(_make(change, before) for change in next_change(path)):
                break
    differences: list[str] = []
    for file, old in before.items():
        new = _read(file)
        names = f"{file} (before)", str(file)
        differences += unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), *names, n=1)
    return "".join(differences)


def _make(change: Change, before: dict[Path, str]) -> bool:
    file = Path(change.place.file)
    text = _read(file)
    new = changed(text, change)
    if new is None or new == text:
        return False
    before.setdefault(file, text)
    _write(file, new)
    return True


def _split_comment(line: str) -> tuple[str, str]:
    at = re.search(r"(^|\s)#", line)
    return (line, "") if at is None else (line[: at.start()], line[at.start() :])


def _read(file: Path) -> str:
    with file.open(encoding="utf-8", newline="") as opened:  # line ends stay as they are
        return opened.read()


def _write(file: Path, text: str) -> None:
    try:
        with file.open("w", encoding="utf-8", newline="") as opened:
            opened.write(text)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}); make it writable") from None
