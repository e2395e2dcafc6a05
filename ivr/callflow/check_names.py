"""Every place of a document where a guard, fact or prompt is named: the indexes behind the rules about names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.callflow.check_subject import Subject
from ivr.callflow.document import FactDeclaration
from ivr.callflow.hotline import DocumentPath
from ivr.callflow.nodes import Branch, EntryField, Menu, Record, Survey, Transfer
from ivr.callflow.prompt_slots import LINE
from ivr.callflow.values import SlotType

# Facts that every call has, whatever the document says; `heard.choice` exists only while asking "did you mean …?".
SESSION_FACTS: Mapping[str, SlotType] = {
    "caller.number": "text",
    "caller.number-tail": "digits",
    "call.weekday": "text",
    "call.now": "time",
    "entry.tail": "digits",
    "entry.spoken": "yes-no",
    "heard.choice": "text",
}
ALWAYS_KNOWN = ("caller.number", "caller.number-tail", "call.weekday", "call.now")


@dataclass(frozen=True, slots=True)
class GuardUse:
    reference: str  # "name" or "not name"
    path: DocumentPath
    node: str = ""

    @property
    def name(self) -> str:
        return self.reference.removeprefix("not ")


def guard_uses(subject: Subject) -> Iterator[GuardUse]:
    """Every ``when`` and every part of a combined guard, and the document's ``verified``."""
    flow = subject.flow
    if flow.verified is not None:
        yield GuardUse(flow.verified, ("verified",))
    for name, profile in flow.profiles.items():
        if profile.when is not None:
            yield GuardUse(profile.when, ("profiles", name, "when"))
    for name, guard in flow.guards.items():
        for form in ("all", "any"):
            for number, reference in enumerate(getattr(guard, form) or ()):
                yield GuardUse(reference, ("guards", name, form, number))
    for name, command in flow.commands.items():
        if command.when is not None:
            yield GuardUse(command.when, ("commands", name, "when"))
    for said in subject.sayings:
        if said.saying.when is not None:
            yield GuardUse(said.saying.when, (*said.path, "when"), said.node)
    for node_id, node in subject.nodes.items():
        for name, command in node.commands.items():
            if command.when is not None:
                yield GuardUse(command.when, ("nodes", node_id, "commands", name, "when"), node_id)
        if isinstance(node, Menu | Transfer):
            for name, choice in node.choices.items():
                if choice.when is not None:
                    yield GuardUse(choice.when, ("nodes", node_id, "choices", name, "when"), node_id)
        if isinstance(node, Branch):
            for number, case in enumerate(node.cases):
                yield GuardUse(case.when, ("nodes", node_id, "cases", number, "when"), node_id)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from."""

    fact: str
    declaration: FactDeclaration
    query: str  # "" for facts that the call itself stores
    path: DocumentPath
    secret: bool = False  # typed into a field for numbers or passwords


def fact_sources(subject: Subject) -> Iterator[Source]:
    """Every declaration of a fact: by queries, fields, surveys, recordings and the session."""
    for fact, slot_type in SESSION_FACTS.items():
        yield Source(fact, FactDeclaration(type=slot_type), "", ())
    for name, query in subject.flow.queries.items():
        for fact, declaration in query.gives.items():
            yield Source(fact, declaration, name, ("queries", name, "gives", fact))
    for node_id, node in subject.nodes.items():
        path = ("nodes", node_id, "stores")
        if isinstance(node, EntryField):
            yield Source(node.stores, FactDeclaration(type="digits"), "", path, node.entry.secret)
        elif isinstance(node, Survey):
            yield Source(node.stores, FactDeclaration(type="count"), "", path)
        elif isinstance(node, Record):
            yield Source(f"{node.stores}.text", FactDeclaration(type="text"), "", path)
            yield Source(f"{node.stores}.duration", FactDeclaration(type="duration"), "", path)


def declared_facts(subject: Subject) -> dict[str, list[Source]]:
    """All sources by fact; the fields of all lists as ``line.…``, which is what guards of an ``each`` may test."""
    sources: dict[str, list[Source]] = {}
    for source in fact_sources(subject):
        sources.setdefault(source.fact, []).append(source)
    for source in [source for group in sources.values() for source in group]:
        for field, slot_type in source.declaration.line.items():
            of_line = Source(f"{LINE}{field}", FactDeclaration(type=slot_type), source.query, source.path)
            sources.setdefault(of_line.fact, []).append(of_line)
    return sources


def tested_facts(subject: Subject, reference: str | None) -> set[str]:
    """The facts that a guard looks at, through all guards it is made of."""
    tested: set[str] = set()
    waiting, seen = [reference] if reference else [], set()
    while waiting:
        name = waiting.pop().removeprefix("not ")
        guard = subject.flow.guards.get(name)
        if guard is None or name in seen:
            continue
        seen.add(name)
        tested |= {fact for fact in (guard.fact, guard.same_as) if fact is not None}
        waiting += guard.all or guard.any or ()
    return tested
