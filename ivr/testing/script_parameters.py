"""Parameters of call scripts: ``${name}`` in values, and what it stands for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from ivr.callflow.hotline import DocumentPath

Parameters = dict[str, str | list[str]]

_REFERENCE = re.compile(r"\$\{([^}]*)\}")


def parameters(value: Any) -> Parameters | None:
    """A mapping of names to texts or lists of texts; None for anything else."""
    if not isinstance(value, dict):
        return None
    for one in value.values():
        if not isinstance(one, str) and not (isinstance(one, list) and all(isinstance(item, str) for item in one)):
            return None
    return value


def variants(value: Any) -> Iterator[Parameters] | None:
    """What ``for:`` means, one parameter set for each call; a single empty one when there is no ``for:``.

    None when it cannot be understood.
    """
    if value is None:
        return iter([{}])
    if isinstance(value, list):
        rows = [parameters(row) for row in value]
        return iter([row for row in rows if row is not None]) if rows and None not in rows else None
    if not isinstance(value, dict) or not value:
        return None
    axes: list[list[Parameters]] = []
    for name, items in value.items():
        if not isinstance(items, list) or not items:
            return None
        axis = [parameters(item if isinstance(item, dict) else {name: item}) for item in items]
        axes.append([row for row in axis if row is not None])
        if None in axis:
            return None
    return ({key: one for row in rows for key, one in row.items()} for rows in itertools.product(*axes))


def fill(value: Any, scope: Parameters) -> Any:
    """The value with every known reference replaced; a list's item that is only a reference may become several."""
    if isinstance(value, str):
        return _fill_text(value, scope)
    if isinstance(value, list):
        filled: list[Any] = []
        for item in value:
            new = fill(item, scope)
            if isinstance(item, str) and isinstance(new, list):
                filled += new
            else:
                filled.append(new)
        return filled
    if isinstance(value, dict):
        return {key: fill(item, scope) for key, item in value.items()}
    return value


def unknown_names(value: Any, scope: Parameters, path: DocumentPath) -> Iterator[tuple[str, DocumentPath]]:
    """Every reference to a name that is not in the scope, with its place."""
    if isinstance(value, str):
        for match in _REFERENCE.finditer(value):
            if match[1] not in scope:
                yield match[1], path
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from unknown_names(item, scope, (*path, number))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from unknown_names(item, scope, (*path, key))


def _fill_text(text: str, scope: Parameters) -> Any:
    if "${" not in text:
        return text
    whole = _REFERENCE.fullmatch(text)
    if whole is not None:
        return scope.get(whole[1], text)

    def replaced(match: re.Match[str]) -> str:
        value = scope.get(match[1], match[0])
        return value if isinstance(value, str) else " ".join(value)

    return _REFERENCE.sub(replaced, text)
