"""The corpus of faulty hotlines: ``faulty/base`` with one small change for each file.

A file says ``fault`` (in words), ``finds`` (what a tool must report), ``by`` (the tool) and ``change``: a list of
``{at: path, set: value}`` or ``{at: path, remove: yes}``, in the flow or, with ``in: prompts``, in the catalogue.
``passes`` is a similar change without the fault; without it the base itself is the example of a right hotline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ivr.callflow.hotline import Hotline
from ivr.callflow.loading import load_hotline

CORPUS = Path(__file__).parent / "faulty"
BASE = CORPUS / "base"
Change = dict[str, Any]


class _Strings(yaml.SafeLoader):
    """Every scalar as a string, as hotline documents are read; ``null`` stays nothing."""


_Strings.yaml_implicit_resolvers = {"n": [("tag:yaml.org,2002:null", re.compile("^null$"))]}


@dataclass(frozen=True)
class Fault:
    name: str
    fault: str
    finds: str
    by: str
    change: list[Change]
    passes: list[Change]


def faults(by: str = "check") -> list[Fault]:
    """The faults that one tool must find."""
    found = []
    for path in sorted(CORPUS.glob("*.yaml")):
        data = read_document(path)
        fault = Fault(path.stem, data["fault"], data["finds"], data["by"], data["change"], data.get("passes", []))
        if fault.by == by:
            found.append(fault)
    return found


def changed_base(folder: Path, changes: list[Change]) -> Hotline:
    """Writes the changed base into ``folder`` and loads it from there."""
    documents = {name: read_document(BASE / f"{name}.yaml") for name in ("flow", "prompts")}
    for change in changes:
        _apply(documents[change.get("in", "flow")], change)
    for name, data in documents.items():
        text = yaml.dump(data, allow_unicode=True, sort_keys=False, default_style='"')
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_hotline(folder, folder)


def read_document(path: Path) -> Any:
    """The data of a document, every scalar a string."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Strings)  # noqa: S506 - a SafeLoader without types


def _apply(data: Any, change: Change) -> None:
    *above, last = change["at"]
    for step in above:
        data = data[int(step)] if isinstance(data, list) else data.setdefault(step, {})
    if "remove" in change:
        del data[last]
    else:
        _put(data, last, change["set"])


def _put(data: Any, key: str, value: Any) -> None:
    if isinstance(data, list):
        data[int(key) : int(key) + 1] = [value]
    else:
        data[key] = value
