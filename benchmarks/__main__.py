"""``python -m benchmarks [NAME …] [--json]``: measures and prints the table. Never part of the tests."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import time
from dataclasses import asdict

import benchmarks
from benchmarks.figures import Figure

NO_MEASUREMENTS = {"__main__", "figures", "spoken_words"}


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
    names = {info.name for info in pkgutil.iter_modules(benchmarks.__path__)} - NO_MEASUREMENTS
    if unknown := sorted(set(wanted) - names):
        sys.exit(f"no benchmark is called {unknown[0]}; there are: {', '.join(sorted(names))}")
    for name in sorted(wanted or names):
        began = time.monotonic()
        print(f"measuring {name} …", file=sys.stderr)
        for row in importlib.import_module(f"benchmarks.{name}").figures():
            rows.append(row)
            took = f"{time.monotonic() - began:4.0f} s"
            print(f"  {took}  {row.name}: {row.value:,.1f} {row.unit}", file=sys.stderr, flush=True)
    if "--json" in sys.argv:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        print(table(rows))


if __name__ == "__main__":
    main()
