"""What a rule of ``ivr check`` is, and the registry of all rules.

A rule is one function over a :class:`~ivr.callflow.check_subject.Subject` that yields a :class:`Found` for each place
where the document breaks it. Rules of severity ``error`` that are not ``waivable`` describe hotlines that cannot work;
the human-factors rules describe hotlines that callers struggle with, and may be waived with a reason.

A rule reports a cause once: what follows from an unknown name or an endless loop is not reported again by other rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ivr.callflow.hotline import DocumentPath

if TYPE_CHECKING:
    from ivr.callflow.check_subject import Subject

Severity = Literal["error", "warning", "advice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")


@dataclass(frozen=True, slots=True)
class Found:
    """One place where a rule is broken."""

    path: DocumentPath
    what: str
    remedy: str = ""  # "" for the rule's own remedy
    node: str = ""
    prompt: str = ""


Search = Callable[["Subject"], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    severity: Severity
    title: str  # what the rule demands, one line
    source: str  # the standard or practice behind it
    remedy: str  # what an author does about it
    waivable: bool
    search: Search


RULES: dict[str, Rule] = {}

SEMANTICS = "the call machine"  # the source of rules without which a call cannot run


def rule(
    rule_id: str, severity: Severity, title: str, remedy: str, *, source: str = SEMANTICS, waivable: bool | None = None
) -> Callable[[Search], Search]:
    """Enters the decorated function into the registry. By default every rule but a semantic error can be waived."""

    def enter(search: Search) -> Search:
        if rule_id in RULES:
            raise ValueError(f"two rules are called {rule_id}")
        may_waive = (severity != "error" or source != SEMANTICS) if waivable is None else waivable
        RULES[rule_id] = Rule(rule_id, severity, title, source, remedy, may_waive, search)
        return search

    return enter
