"""An exploration for people and for programs, with the bound within which its proofs hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ivr.testing.explorer import Exploration
from ivr.testing.verdicts import Verdict

_MARKS = {"proved": "✓", "refuted": "✗", "open": "?"}


def bound_text(found: Exploration) -> list[str]:
    """The bound, a sentence a line."""
    bound = found.bound
    used_up = bound["limits used up at once"]
    return [
        f"calls begin in {_many(bound['scenarios'], 'scenario')} (hours, weekday, number shown or hidden);"
        " no call crosses opening hours",
        f"the backend answers in {_many(bound['answer classes'], 'class', 'es')}, or fails, slowly or never;"
        " agents talk, are busy, or do not answer",
        "digit strings, words and sums are classes: complete, refused, too short, too long, cleared;"
        " a phrase for each choice",
        f"outside of its own loop a limit is open or used up, and at most {used_up} used up at once"
        + (f" ({_many(found.cut, 'state')} beyond that not followed)" if found.cut else ""),
        "interruptions, rejected speech and slow answers are tried once at each node and count of failures",
    ]


def text_report(found: Exploration, verdicts: Sequence[Verdict], scripts: Mapping[int, str], seconds: float) -> str:
    """``scripts``: by the position of a violation, counted over all verdicts, the file of its counter-example."""
    space = found.space
    lines = [
        f"{_many(len(space.states), 'state')}, {_many(found.inputs, 'input')} tried, "
        f"{_many(len(space.nodes), 'node')} entered, {_many(len(space.prompts), 'prompt')} heard, in {seconds:.1f} s"
    ]
    if found.interrupted:
        lines.append(f"interrupted: {_many(found.waiting, 'state')} not tried")
    elif not found.complete:
        lines.append(f"stopped early: {_many(found.waiting, 'state')} not tried; raise --max-states")
    lines += ["", "within this bound:", *(f"  - {line}" for line in bound_text(found)), ""]
    number = 0
    for verdict in verdicts:
        measured = f" ({verdict.bound})" if verdict.bound else ""
        lines.append(f"{_MARKS[verdict.outcome]} {verdict.outcome:8}{verdict.id}: {verdict.title}{measured}")
        for violation in verdict.violations:
            lines.append(f"      {violation.what}")
            if number in scripts:
                lines.append(f"      see {scripts[number]}")
            elif violation.path is not None:
                lines.append(
                    f"      after: {' > '.join(move.input.name for move in violation.path.moves) or 'nothing'}"
                )
            number += 1
    tally = {outcome: sum(verdict.outcome == outcome for verdict in verdicts) for outcome in _MARKS}
    lines += ["", ", ".join(f"{count} {outcome}" for outcome, count in tally.items() if count)]
    return "\n".join(lines) + "\n"


def json_report(
    found: Exploration, verdicts: Sequence[Verdict], scripts: Mapping[int, str], seconds: float
) -> dict[str, Any]:
    """One object for programs; without times that differ from run to run but ``seconds``."""
    listed: list[dict[str, Any]] = []
    number = 0
    for verdict in verdicts:
        violations: list[dict[str, Any]] = []
        for violation in verdict.violations:
            moves = [] if violation.path is None else [move.input.name for move in violation.path.moves]
            violations.append({"what": violation.what, "after": moves, "script": scripts.get(number)})
            number += 1
        listed.append(
            {
                "id": verdict.id,
                "title": verdict.title,
                "outcome": verdict.outcome,
                "measured": verdict.bound,
                "violations": violations,
            }
        )
    return {
        "holds": all(verdict.outcome == "proved" for verdict in verdicts),
        "complete": found.complete,
        "interrupted": found.interrupted,
        "states": len(found.space.states),
        "inputs": found.inputs,
        "nodes": len(found.space.nodes),
        "prompts": len(found.space.prompts),
        "not_followed": found.cut,
        "bound": bound_text(found),
        "seconds": round(seconds, 1),
        "properties": listed,
    }


def _many(number: int, noun: str, plural: str = "s") -> str:
    return f"{number:,} {noun}{plural if number != 1 else ''}"
