"""A call script of a call that was made on other accounts than a script begins with, tried before it is handed out.

A script phones with a fresh copy of the synthetic people; the call may have met theirs when somebody had changed a
balance or locked a password. So the script is made and run, and where a lookup first gives other facts than the log
holds, those are dictated and it is run again, until all lookups agree or what differs is not in the log. If it fails
all the same, prompts may have lasted longer than a script counts, since a voice said them: then it is made for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ivr.callflow.guards import as_text
from ivr.session.call_log import HIDDEN, Json, LogEntry
from ivr.testing.replay import script_from_log
from ivr.testing.script_recorder import SAID_A_SECRET
from ivr.testing.suite import SCRIPT_SUFFIX, Suite

if TYPE_CHECKING:
    from ivr.callflow.document import FlowDocument


def exported_script(log: Sequence[LogEntry], title: str, flow: str, document: FlowDocument) -> tuple[str, str]:
    """The script as YAML, and why it does not make the same call, "" if it does. Raises as ``script_from_log``."""
    changes: dict[int, Mapping[str, str]] = {}
    suite = Suite(flow)
    first: tuple[str, str] | None = None  # what was tried with the times of the log
    while True:
        text = script_from_log(log, title, flow, document, changes, heard=first is not None)
        again, failure = _run(suite, text)
        found = _first_difference(log, again, changes)
        if found is not None:
            changes[found[0]] = found[1]
        elif failure and first is None:
            first = text, failure
        else:
            return first if failure and first is not None else (text, failure)


def _run(suite: Suite, text: str) -> tuple[Sequence[LogEntry], str]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"exported{SCRIPT_SUFFIX}"
        path.write_text(text, encoding="utf-8")
        result = suite.run(path)
    if SAID_A_SECRET in text:
        return (), f"complete {SAID_A_SECRET} by hand; until then it cannot be tried"
    if result.problems:
        return (), result.problems[0].what
    (outcome,) = result.outcomes
    failure = outcome.failure
    return outcome.log, f"{failure.step}: {failure.expected}; heard: {failure.heard}" if failure else ""


def _first_difference(
    log: Sequence[LogEntry], again: Sequence[LogEntry], known: Mapping[int, object]
) -> tuple[int, dict[str, str]] | None:
    """The number of the first look-up that was answered otherwise, and what it must be told."""
    for (number, query, facts), (_, same_query, others) in zip(_answers(log), _answers(again), strict=False):
        if query != same_query:
            return None
        changed = {
            name: text
            for name, value in facts.items()
            if _is_told(value) and value != others.get(name) and (text := as_text(value)) is not None
        }
        if changed and number not in known:
            return number, changed
    return None


def _is_told(value: Json) -> bool:
    """Whether a log holds this fact: neither masked nor a list, of which only the length is noted."""
    return not isinstance(value, str) or (HIDDEN not in value and not value.endswith(" lines"))


def _answers(log: Sequence[LogEntry]) -> list[tuple[int, str, Mapping[str, Json]]]:
    """The look-ups that were answered: number of the entry, query, facts."""
    found: list[tuple[int, str, Mapping[str, Json]]] = []
    asked: tuple[int, str] | None = None
    for number, entry in enumerate(log):
        if entry.event == "look-up":
            asked = number, str(entry.data["query"])
        elif entry.event == "lookup-answered" and asked is not None:
            facts = entry.data.get("facts")
            found.append((*asked, facts if isinstance(facts, dict) else {}))
            asked = None
    return found
