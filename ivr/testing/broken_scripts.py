"""The call scripts that pass on one version of a hotline and no longer pass on the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ivr.callflow.hotline import Hotline
from ivr.errors import DocumentError
from ivr.session.exchange import Exchange
from ivr.testing.flow_diff import Change
from ivr.testing.script_checking import check_script
from ivr.testing.script_loading import CallScript, load_script
from ivr.testing.script_runner import run_script
from ivr.testing.suite import find_scripts


def broken_scripts(old: Hotline, new: Hotline, paths: Sequence[Path]) -> list[Change]:
    """One change for each call that passes on ``old`` and fails on ``new``. Raises DocumentError for a wrong script."""
    exchanges = Exchange(old), Exchange(new)
    found: list[Change] = []
    for file in find_scripts(paths):
        for script in load_script(file):
            before, after = (_failure(exchange, script) for exchange in exchanges)
            if not before and after:
                found.append(Change("scripts", f"{file}: {script.name}", "passes", after))
    return found


def _failure(exchange: Exchange, script: CallScript) -> str:
    """Why the script fails, in a line; "" when it passes."""
    problems = check_script(script, exchange.hotline)
    if problems:
        return str(DocumentError(problems)).splitlines()[0]
    failure = run_script(exchange, script).failure
    if failure is None:
        return ""
    return f"line {failure.place.line}: expected {failure.expected}, heard {failure.heard}"
