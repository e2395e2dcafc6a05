"""The speech models that are known: what each is, and where one that does not ship can be fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ivr import settings
from ivr.errors import DocumentError, Problem, UsageError

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_URL: Final = re.compile(r"https?://[^\s/]+/\S+")
_KEYS: Final = frozenset({"language", "licence", "note", "ships", "url", "size", "sha256"})


@dataclass(frozen=True, slots=True)
class Source:
    """A ZIP archive with the model's folder in it."""

    url: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class KnownModel:
    name: str  # also of its folder
    language: str
    licence: str
    note: str
    source: Source | None  # None: it ships with the program


def load_catalogue(file: Path | None = None) -> dict[str, KnownModel]:
    """The shipped catalogue, or a file in its format, by name. Raises DocumentError with all that is wrong in it."""
    import yaml

    chosen = file or settings.shipped("models") / "catalogue.yaml"
    try:
        content = yaml.load(chosen.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - makes nothing but strings
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{chosen}: cannot be read as a catalogue of models ({error})") from None
    models = content.get("models") if isinstance(content, dict) else None
    if not isinstance(models, dict):
        raise UsageError(f"{chosen}: is no catalogue of models; it needs 'models:' with an entry for each")
    problems = [problem for name, entry in models.items() for problem in _problems(str(chosen), str(name), entry)]
    if problems:
        raise DocumentError(problems)
    return {name: _known(name, entry) for name, entry in models.items()}


def _known(name: str, entry: dict[str, str]) -> KnownModel:
    source = None if "ships" in entry else Source(entry["url"], int(entry["size"]), entry["sha256"])
    return KnownModel(name, entry["language"], entry["licence"], entry.get("note", ""), source)


def _problems(file: str, name: str, entry: Any) -> list[Problem]:
    if not _NAME.fullmatch(name):
        return [Problem(file, 0, f"{name!r} is no name for a folder", "use letters, digits, dots and hyphens")]
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        return [Problem(file, 0, f"{name}: is no entry", "write language, licence, and ships or url, size, sha256")]
    problems = [
        Problem(file, 0, f"{name}: unknown key {key!r}", f"use {', '.join(sorted(_KEYS))}")
        for key in entry.keys() - _KEYS
    ]
    wanted = {"language": re.compile(".+"), "licence": re.compile(".+")}
    if "ships" not in entry:
        wanted |= {"url": _URL, "size": re.compile("[1-9][0-9]{0,10}"), "sha256": _SHA256}
    for key, form in wanted.items():
        if not form.fullmatch(entry.get(key, "")):
            what = f"{key} {entry[key]!r} is none" if key in entry else f"no {key}"
            problems.append(Problem(file, 0, f"{name}: {what}", f"write its {key}"))
    return problems
