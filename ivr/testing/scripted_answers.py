"""A backend that answers what it was told to, in order: for counter-examples and for scripts about rare answers.

Each entry is one lookup of the call: ``{query: balance, facts: {account.state: frozen}}``, or ``{query: balance,
fails: backend-down}``, both with an optional ``after: 2500ms``. Lookups of a query that no entry is left for go to the
backend behind it, so a script only tells what matters to its story.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ivr.accounts.repository import Accounts, Fact, Facts, Question
from ivr.callflow.document import FactDeclaration, Query
from ivr.callflow.values import parse_duration
from ivr.errors import LookupFailed

_WHOLE = ("money", "count", "duration")


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    query: str
    facts: Facts = field(default_factory=dict)
    fails: str | None = None  # reason, a kebab-case word
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Plan:
    delay_ms: int
    failure: str | None


class _Planned(Protocol):
    @property
    def delay_ms(self) -> int: ...

    @property
    def failure(self) -> str | None: ...


class ScriptedAnswers:
    """An :class:`~ivr.accounts.repository.Accounts`; one object serves one call."""

    def __init__(self, answers: Iterable[ScriptedAnswer], otherwise: Accounts | None = None) -> None:
        self._waiting = list(answers)
        self._otherwise = otherwise

    def add(self, answer: ScriptedAnswer) -> None:
        """One more answer, after those that wait."""
        self._waiting.append(answer)

    @property
    def unused(self) -> tuple[ScriptedAnswer, ...]:
        """Answers that nobody has asked for yet."""
        return tuple(self._waiting)

    def plan(self, question: Question) -> _Planned:
        """How long the answer to come will take, and whether it fails."""
        answer = self._next(question.name)
        if answer is None:
            plan = getattr(self._otherwise, "plan", None)
            planned: _Planned = _Plan(0, None) if plan is None else plan(question)
            return planned
        if answer.fails is not None:
            self._waiting.remove(answer)
        return _Plan(answer.after_ms, answer.fails)

    def answer(self, question: Question) -> Facts:
        """See :class:`~ivr.accounts.repository.Accounts`."""
        answer = self._next(question.name)
        if answer is not None:
            self._waiting.remove(answer)
            if answer.fails is not None:
                raise LookupFailed(answer.fails)
            return answer.facts
        if self._otherwise is None:
            raise LookupFailed("unknown-query", question.name)
        return self._otherwise.answer(question)

    def _next(self, query: str) -> ScriptedAnswer | None:
        return next((answer for answer in self._waiting if answer.query == query), None)


def scripted_answer(data: Mapping[str, object], queries: Mapping[str, Query]) -> ScriptedAnswer:
    """One entry as a document writes it, every scalar a string. Raises ValueError that says what is wrong."""
    name = str(data.get("query", ""))
    query = queries.get(name)
    if query is None:
        raise ValueError(f"there is no query {name!r}; the queries are: {', '.join(queries)}")
    unknown = set(data) - {"query", "facts", "fails", "after"}
    if unknown:
        raise ValueError(f"an answer has no {', '.join(sorted(unknown))}; it has query, facts, fails, after")
    facts: dict[str, Fact] = {}
    given = data.get("facts") or {}
    if not isinstance(given, Mapping):
        raise ValueError("'facts' must be a mapping of fact names to values")  # noqa: TRY004 - of a document
    for fact, value in given.items():
        if fact not in query.gives:
            raise ValueError(f"query {name} does not give {fact}; it gives {', '.join(query.gives)}")
        facts[str(fact)] = typed(value, query.gives[fact])
    fails = data.get("fails")
    after_ms = parse_duration(data.get("after", "0ms"))
    return ScriptedAnswer(name, facts, None if fails is None else str(fails), after_ms)


def typed(value: object, declared: FactDeclaration) -> Fact:
    """A value as written -> as a backend would give it. Raises ValueError."""
    if declared.type == "lines":
        if not isinstance(value, list):
            raise ValueError("a list of lines is needed")
        return [{name: _scalar(part, declared.line[name]) for name, part in line.items()} for line in value]
    return _scalar(value, declared.type)


def _scalar(value: object, kind: str) -> Fact:
    if isinstance(value, bool | int):
        return value
    text = str(value)
    if kind in _WHOLE:
        return int(text)
    if kind == "yes-no":
        if text not in ("yes", "no"):
            raise ValueError(f"{text!r} is neither yes nor no")
        return text == "yes"
    return text
