"""A backend that answers what it was told to, in order: for counter-examples and for scripts about rare answers.

Each answer is for one lookup: ``{query: balance, facts: {account.state: frozen}}``, or ``{query: balance, fails:
backend-down}``, both with an optional ``after: 2500ms``. Lookups of a query that no answer is left for go to the
backend behind it, so a script only tells what matters to its story. ``{query: balance, changes: {account.balance: 0}}``
asks it, too, and puts other facts in the place of some: for the next lookup that the backend answers, as late as it
does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.accounts.faults import Plan
from ivr.accounts.repository import Accounts, Fact, Facts, Question
from ivr.callflow.document import FactDeclaration, Query
from ivr.errors import LookupFailed

if TYPE_CHECKING:
    from ivr.testing.script_weather import Answers

_WHOLE = ("money", "count", "duration")


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    query: str
    facts: Facts = field(default_factory=dict)
    changes: Facts = field(default_factory=dict)  # in the answer of the backend behind
    fails: str | None = None  # reason, a kebab-case word
    after_ms: int = 0


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

    def plan_of(self, question: Question) -> Plan | None:
        """How long the answer to come will take, and whether it fails; None when the backend behind is asked."""
        answer = self._next(question.name)
        if answer is None or answer.changes:
            return None
        if answer.fails is not None:
            self._waiting.remove(answer)
        return Plan(answer.after_ms, answer.fails)

    def plan(self, question: Question) -> Plan:
        """The same; at once and without failure for the backend behind."""
        return self.plan_of(question) or Plan()

    def answer(self, question: Question) -> Facts:
        """See :class:`~ivr.accounts.repository.Accounts`."""
        answer = self._next(question.name)
        if answer is not None and not answer.changes:
            self._waiting.remove(answer)
            if answer.fails is not None:
                raise LookupFailed(answer.fails)
            return answer.facts
        if self._otherwise is None:
            raise LookupFailed("unknown-query", question.name)
        facts = self._otherwise.answer(question)
        if answer is None:
            return facts
        self._waiting.remove(answer)
        return {**facts, **answer.changes}

    def _next(self, query: str) -> ScriptedAnswer | None:
        return next((answer for answer in self._waiting if answer.query == query), None)


def scripted_answer(written: Answers, queries: Mapping[str, Query]) -> ScriptedAnswer:
    """An answer as a script writes it, typed as the document declares. Raises ValueError that says what is wrong."""
    query = queries.get(written.query)
    if query is None:
        raise ValueError(f"there is no query '{written.query}'; the queries are: {', '.join(queries)}")
    facts, changes = (_facts(some, written.query, query.gives) for some in (written.facts, written.changes))
    return ScriptedAnswer(written.query, facts, changes, written.fails, written.after)


def _facts(written: Mapping[str, object], query: str, gives: Mapping[str, FactDeclaration]) -> Facts:
    facts: dict[str, Fact] = {}
    for fact, value in written.items():
        if fact not in gives:
            raise ValueError(f"query {query} does not give {fact}; it gives: {', '.join(gives)}")
        try:
            facts[fact] = typed(value, gives[fact])
        except (ValueError, KeyError, AttributeError) as error:
            raise ValueError(f"{fact} of query {query} has the wrong type: {error}") from None
    return facts


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
