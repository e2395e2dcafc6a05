"""The call scripts that pass on one version of a hotline and no longer pass on the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ivr.callflow.hotline import Hotline
from ivr.errors import DocumentError
from ivr.session.exchange import Exchange
from ivr.testing.flow_diff import Change, FlowDiff
from ivr.testing.script_checking import check_script
from ivr.testing.script_loading import CallScript, ScriptLoader
from ivr.testing.script_runner import run_script


def add_broken_scripts(
    found: FlowDiff,
    old: Hotline,
    new: Hotline,
    files: Sequence[Path],
    progress: Callable[[Path], object] = lambda _: None,
) -> None:
    """Adds a change for each call that passes on ``old`` and fails on ``new``, and the problems of unreadable scripts.

    ``progress`` is told each file that is done. Ctrl-C leaves the others out.
    """
    exchanges = Exchange(old), Exchange(new)
    loader = ScriptLoader()
    try:
        for file in files:
            try:
                scripts = loader.load(file)
            except DocumentError as error:
                found.problems += error.problems
                scripts = ()
            found.changes += [change for script in scripts for change in _broken(script, *exchanges)]
            progress(file)
    except KeyboardInterrupt:
        found.interrupted = True


def _broken(script: CallScript, old: Exchange, new: Exchange) -> list[Change]:
    if _failure(old, script):
        return []
    failure = _failure(new, script)
    return [Change("scripts", f"{script.file}: {script.name}", "passes", failure)] if failure else []


def _failure(exchange: Exchange, script: CallScript) -> str:
    """Why the script fails, in a line; "" when it passes."""
    problems = check_script(script, exchange.hotline)
    if problems:
        return str(DocumentError(problems)).splitlines()[0]
    failure = run_script(exchange, script).failure
    if failure is None:
        return ""
    return f"line {failure.place.line}: expected {failure.expected}, heard {failure.heard}"
