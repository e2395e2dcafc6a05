"""Mending slips of the pen before checking on, so that a misspelt name is one finding and not twenty.

Where a node, query or dialog is named that does not exist but that is nearly the name of one that does, the other rules
look at the document as it was probably meant. What is reported as unknown is always the document as written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from ivr.callflow.document import FlowDocument

_NODE_FIELDS = frozenset(
    "to start yes no empty skipped failed otherwise exceeded exhausted talked busy no-answer".split()  # noqa: SIM905 - legible
)


def suggestion(name: str, known: Iterable[str]) -> str:
    """The known name that ``name`` was probably meant to be, or ""."""
    return next(iter(get_close_matches(name, list(known), 1, 0.75)), "")


def mended(flow: FlowDocument, unknown_targets: dict[str, str]) -> FlowDocument:
    """The document with unknown names replaced by the guesses; itself when there is nothing to replace.

    ``unknown_targets``: names of nodes that do not exist -> the guess, or "".
    """
    queries = _guesses((getattr(node, "query", None) for node in flow.nodes.values()), flow.queries)
    dialogs = _guesses((getattr(node, "dialog", None) for node in flow.nodes.values()), flow.dialogs)
    targets = {name: guess for name, guess in unknown_targets.items() if guess}
    if not (targets or queries or dialogs):
        return flow

    def mend(key: str, above: str, value: str) -> str:
        if key in _NODE_FIELDS or above == "results":
            return targets.get(value, value)
        table = {"query": queries, "dialog": dialogs}.get(key, {})
        return table.get(value, value)

    data = flow.model_dump(by_alias=True, exclude_unset=True)
    return FlowDocument.model_validate(_walked(data, "", "", mend))


def _guesses(names: Iterable[str | None], known: Iterable[str]) -> dict[str, str]:
    defined = set(known)
    unknown = {name for name in names if name is not None and name not in defined}
    return {name: guess for name in unknown if (guess := suggestion(name, sorted(defined)))}


def _walked(data: Any, key: str, above: str, mend: Callable[[str, str, str], str]) -> Any:
    if isinstance(data, dict):
        return {inner: _walked(value, inner, key, mend) for inner, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(_walked(value, key, above, mend) for value in data)
    return mend(key, above, data) if isinstance(data, str) else data
