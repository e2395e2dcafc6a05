"""What a backend may answer, cut into classes: one answer for every combination that the document's guards tell apart.

Theory of operation. Two values of a fact are the same to a document when every guard on that fact judges them alike, so
each fact needs one value for each verdict: of a ``one-of`` its values, of a number the thresholds and their
neighbours, of a text the texts that guards name and one other. A query's classes are all combinations; were there more
than ``MOST``, each value is used at least once, beside the first values of all others. A list has as many lines as are
needed for each guard on a line to hold once and to fail once.

Identity is different. Its facts hang together (nobody is verified *and* refused), which no document says. Where example
answers are at hand, a query that gives the fact of the ``verified`` guard is answered as in the examples: the facts
that every example has are taken together as they come, the others are combined freely among those that have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from ivr.callflow.document import FactDeclaration, FlowDocument, Guard
from ivr.callflow.guards import Guards, as_text
from ivr.session.events import Fact, Facts

MOST = 256
MOST_LINES = 4_096

_SAMPLES: Mapping[str, Fact] = {
    "money": 123_456,
    "digits": "1234",
    "date": "2026-02-28",
    "month": "2026-02",
    "count": 3,
    "masked-id": "990000199003070013",
    "masked-name": "王小明",
    "duration": 30_000,
    "text": "示例",
    "yes-no": True,
    "time": "08:30",
}


@dataclass(frozen=True, slots=True)
class AnswerClass:
    name: str  # the facts that guards look at, such as "account.state=frozen"
    facts: Facts


def guards_on(flow: FlowDocument, fact: str) -> list[Guard]:
    """The guards that test this fact themselves."""
    return [guard for guard in flow.guards.values() if guard.fact == fact]


def compared_facts(flow: FlowDocument) -> frozenset[str]:
    """The facts that guards compare with each other."""
    pairs = [(guard.fact, guard.same_as) for guard in flow.guards.values() if guard.same_as is not None]
    return frozenset(fact for pair in pairs for fact in pair if fact is not None)


def distinct_values(flow: FlowDocument, fact: str, declared: FactDeclaration, first: Fact | None = None) -> list[Fact]:
    """One value for each verdict of the guards on ``fact``; ``first`` is preferred where it will do."""
    if declared.type == "lines":
        return [first if isinstance(first, list) and first else lines(flow, declared)]
    found: dict[tuple[bool, ...], Fact] = {}
    guards = [guard for guard in guards_on(flow, fact) if guard.known is None]
    compared = fact in compared_facts(flow)
    for value in _candidates(declared, guards, first, compared):
        usual = [value == _SAMPLES.get(declared.type)] if compared else []
        found.setdefault((*usual, *(_judge(guard, value) for guard in guards)), value)
    return list(found.values())


def lines(flow: FlowDocument, declared: FactDeclaration) -> list[dict[str, Fact]]:
    """Lines of a list, two at least, such that every guard on a line holds for one and fails for another."""
    tests = Guards(flow)
    about_lines = _guards_on_lines(flow, declared)
    values = {}
    for field, kind in declared.line.items():
        values[field] = distinct_values(flow, f"line.{field}", FactDeclaration(type=kind))
    found: list[dict[str, Fact]] = []
    verdicts: set[tuple[str, bool]] = set()
    for line in _combined(values, MOST_LINES):
        about = _Line({f"line.{field}": value for field, value in line.items()})
        judged = {(name, tests.holds(name, about)) for name in about_lines}
        if not found or not judged <= verdicts:
            found.append(line)
            verdicts |= judged
    return found if len(found) > 1 else found * 2


def _guards_on_lines(flow: FlowDocument, declared: FactDeclaration) -> list[str]:
    """The guards that speak of lines of this list, or are made of such."""
    found = [name for name, g in flow.guards.items() if g.fact and g.fact.removeprefix("line.") in declared.line]
    for name, guard in flow.guards.items():
        parts = [part.removeprefix("not ") for part in (*(guard.all or ()), *(guard.any or ()))]
        if any(part in found for part in parts):
            found.append(name)
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    """Just enough of a call for guards on a line."""

    facts: Facts

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - a call's wall clock is naive


def answer_classes(flow: FlowDocument, query: str, examples: Sequence[Facts] = ()) -> list[AnswerClass]:
    """All classes of answers to ``query``; ``examples`` are answers that a real backend gave."""
    gives = flow.queries[query].gives
    proof = verified_facts(flow) & gives.keys()
    if any(proof & facts.keys() for facts in examples):
        return _as_in_examples(flow, query, examples)
    likely = examples[0] if examples else {}
    return _named(flow, {name: distinct_values(flow, name, gives[name], likely.get(name)) for name in gives})


def verified_facts(flow: FlowDocument) -> frozenset[str]:
    """The facts on which the document's ``verified`` guard rests."""
    found: set[str] = set()
    waiting = [flow.verified or ""]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop().removeprefix("not ")
        guard = flow.guards.get(name)
        if guard is None or name in seen:
            continue
        seen.add(name)
        found |= {guard.fact} if guard.fact else set()
        waiting += [*(guard.all or ()), *(guard.any or ())]
    return frozenset(found)


def _as_in_examples(flow: FlowDocument, query: str, examples: Sequence[Facts]) -> list[AnswerClass]:
    gives = flow.queries[query].gives
    known = [{name: value for name, value in facts.items() if name in gives} for facts in examples]
    always = [name for name in gives if all(name in facts for facts in known)]
    groups: dict[tuple[object, ...], list[dict[str, Fact]]] = {}
    for facts in known:
        groups.setdefault(tuple(as_text(facts[name]) for name in always), []).append(facts)
    classes: list[AnswerClass] = []
    for group in groups.values():
        values: dict[str, list[Fact]] = {}
        for name in gives:
            seen = [facts[name] for facts in group if name in facts]
            guards = [guard for guard in guards_on(flow, name) if guard.known is None]
            one_each = {tuple(_judge(guard, value) for guard in guards): value for value in reversed(seen)}
            if seen:
                values[name] = list(reversed(one_each.values()))
        classes += _named(flow, values)
    return classes


def _named(flow: FlowDocument, values: Mapping[str, list[Fact]]) -> list[AnswerClass]:
    found: dict[str, AnswerClass] = {}
    for facts in _combined(values):
        name = ", ".join(f"{fact}={as_text(value)}" for fact, value in facts.items() if guards_on(flow, fact))
        found.setdefault(name, AnswerClass(name or "answered", facts))
    return list(found.values())


def _combined(values: Mapping[str, list[Fact]], most: int = MOST) -> Iterable[dict[str, Fact]]:
    number = 1
    for choices in values.values():
        number *= len(choices)
    if number <= most:
        for combination in product(*values.values()):
            yield dict(zip(values, combination, strict=True))
        return
    base = {name: choices[0] for name, choices in values.items()}
    yield base
    for name, choices in values.items():
        for choice in choices[1:]:
            yield base | {name: choice}


def _candidates(
    declared: FactDeclaration, guards: Sequence[Guard], first: Fact | None, compared: bool
) -> Iterable[Fact]:
    if declared.one_of:
        return declared.one_of if first is None or first not in declared.one_of else (first, *declared.one_of)
    if declared.type == "yes-no":
        return (True, False)
    sample = _SAMPLES[declared.type] if first is None or first == "" else first
    if declared.type in ("money", "count", "duration"):
        edges = [edge for guard in guards for edge in (guard.at_least, guard.at_most) if edge is not None]
        others = [_SAMPLES[declared.type], 7] if compared else []
        return [sample, *others, *sorted({number for edge in edges for number in (edge - 1, edge, edge + 1)})]
    named = [text for guard in guards for text in ((guard.is_,) if guard.is_ is not None else guard.in_ or ())]
    return [sample, *([_SAMPLES[declared.type], "另一个"] if compared else []), *named]


def _judge(guard: Guard, value: Fact) -> bool:
    if guard.same_as is not None:
        return True  # judged together with the other fact: both take their usual and another value
    if guard.is_ is not None:
        return as_text(value) == guard.is_
    if guard.in_ is not None:
        return as_text(value) in guard.in_
    low = guard.at_least if guard.at_least is not None else value
    high = guard.at_most if guard.at_most is not None else value
    return isinstance(value, int) and low <= value <= high  # type: ignore[operator]  # the other bound is the value itself
