"""Coverage that outlives a run: a JSON file of what was hit, to be combined with other runs of the same hotline."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ivr.errors import UsageError
from ivr.testing.coverage import Coverage

FORMAT = "ivr-coverage-1"


def write_coverage(path: Path, coverages: Iterable[Coverage]) -> None:
    """Raises UsageError when the file cannot be written."""
    hotlines = {
        coverage.hotline.flow.hotline: {
            "version": coverage.hotline.version,
            "hits": dict(sorted(coverage.hits.items())),
        }
        for coverage in coverages
    }
    text = json.dumps({"format": FORMAT, "hotlines": hotlines}, ensure_ascii=False, indent=1) + "\n"
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); name another file") from None


def read_coverage(path: Path, coverages: Iterable[Coverage]) -> list[str]:
    """Adds a file's hits; returns a line for each hotline whose hits were left out. Raises UsageError for no such file.

    Hits of another version of a hotline do not count: what was covered may have changed.
    """
    hotlines = _hotlines(path)
    known = {coverage.hotline.flow.hotline: coverage for coverage in coverages}
    left_out: list[str] = []
    for name, part in hotlines.items():
        coverage = known.get(name)
        if coverage is None:
            left_out.append(f"{path}: its hotline '{name}' is not phoned in this run")
        elif part["version"] != coverage.hotline.version:
            left_out.append(f"{path}: is about another version of '{name}'; run its scripts again")
        else:
            coverage.add(part["hits"])
    return left_out


def _hotlines(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); write it with --coverage-file") from None
    except ValueError:
        raise UsageError(f"{path}: is no JSON; write it with --coverage-file") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("hotlines"), dict):
        raise UsageError(f"{path}: holds no coverage; write it with --coverage-file")
    for part in data["hotlines"].values():
        hits = part.get("hits") if isinstance(part, dict) else None
        if not isinstance(hits, dict) or not all(isinstance(count, int) for count in hits.values()):
            raise UsageError(f"{path}: is damaged; write it again with --coverage-file")
        part.setdefault("version", "")
    return dict(data["hotlines"])
