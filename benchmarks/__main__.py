"""``python -m benchmarks [NAME …] [--json]``: measures and prints the table. Never part of the tests."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from dataclasses import asdict

import benchmarks
from benchmarks.figures import Figure


def table(rows: list[Figure]) -> str:
    cells = [("figure", "measured", "", "target", "", "against")]
    for row in rows:
        mark = "ok" if row.met else "MISSED"
        cells.append((row.name, f"{row.value:,.1f}", row.unit, row.target, mark, row.reference))
    widths = [max(len(line[column]) for line in cells) for column in range(6)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def main() -> None:
    wanted = [word for word in sys.argv[1:] if not word.startswith("-")]
    rows: list[Figure] = []
    for module in sorted(info.name for info in pkgutil.iter_modules(benchmarks.__path__)):
        if module in ("__main__", "figures", "spoken_words") or (wanted and module not in wanted):
            continue
        print(f"measuring {module} …", file=sys.stderr)
        rows += importlib.import_module(f"benchmarks.{module}").figures()
    if "--json" in sys.argv:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        print(table(rows))


if __name__ == "__main__":
    main()
