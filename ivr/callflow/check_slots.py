"""Slots of prompts: well written, of a fact that exists, of its type, known by then, and said for the right list.

Also the two places besides prompts where a fact is read: the parameters of lookups, and ``each`` of a saying.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.callflow.check_facts import knowledge, sure
from ivr.callflow.check_names import Source, declared_facts, fact_sources, guard_uses, tested_facts
from ivr.callflow.check_repair import suggestion
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Said, Subject
from ivr.callflow.nodes import Lookup
from ivr.callflow.prompt_slots import LINE, SLOT_TYPES, Slot, malformed_slots, slots_of

# How a fact of a type may be read out, besides as itself: always shorter or more discreet, never longer.
READ_AS: Mapping[str, tuple[str, ...]] = {
    "digits": ("masked-id",),
    "text": ("masked-id", "masked-name", "digits"),
    "masked-id": (),
    "count": ("digits",),
}


def _fits(declared: str, slot_type: str) -> bool:
    return slot_type == declared or slot_type in READ_AS.get(declared, ())


def _said_slots(subject: Subject) -> Iterator[tuple[Said, Slot]]:
    for said in subject.sayings:
        for slot in slots_of(subject.text(said.saying.say)):
            yield said, slot


def _line_types(subject: Subject, fact: str) -> dict[str, str]:
    """The fields of each line of a list fact -> their types."""
    fields: dict[str, str] = {}
    for source in subject.once(declared_facts).get(fact, ()):
        fields.update(source.declaration.line)
    return fields


@rule("slot-malformed", "error", "every slot is written {fact.name:type}", f"types are {', '.join(SLOT_TYPES)}")
def _slot_malformed(subject: Subject) -> Iterator[Found]:
    for prompt_id, prompt in subject.hotline.prompts.items():
        for part in malformed_slots(prompt.text):
            yield Found(
                ("prompts", prompt_id), f"prompt {prompt_id} has {part!r}, which is not a slot", prompt=prompt_id
            )


@rule("slot-unknown-fact", "error", "every slot names a fact that something gives", "give the fact, or name another")
def _slot_unknown_fact(subject: Subject) -> Iterator[Found]:
    known = subject.once(declared_facts)
    reported = set()
    for said, slot in _said_slots(subject):
        prompt_id = said.saying.say
        if slot.line_field or (prompt_id, slot.fact) in reported:
            continue
        if slot.fact not in known or (slot.fact == "heard.choice" and said.role != "confirm"):
            reported.add((prompt_id, slot.fact))
            what = f"prompt {prompt_id} reads {slot.fact}, a fact that nothing gives"
            if slot.fact == "heard.choice":
                what = f"prompt {prompt_id} reads heard.choice, which exists only in the prompt of 'speech: confirm'"
            guess = suggestion(slot.fact, list(known))
            remedy = f"did you mean {guess}?" if guess and guess != slot.fact else ""
            yield Found(("prompts", prompt_id), what, remedy, said.node, prompt_id)


@rule(
    "slot-too-early",
    "error",
    "a slot is said only where its fact is surely known",
    "say it only after the fact is given",
)
def _slot_too_early(subject: Subject) -> Iterator[Found]:
    known = subject.once(declared_facts)
    for said, slot in _said_slots(subject):
        if slot.line_field or slot.fact not in known or slot.fact == "heard.choice":
            continue
        if not sure(subject, said, slot.fact):
            where = f"at {said.node}" if said.node else f"in the document's {said.path[0]}"
            what = f"{said.saying.say} reads {slot.fact} {where}, but there is a way there on which it is not known"
            remedy = f"ask for it on every way, or say the prompt under a guard that tests {slot.fact}"
            yield Found(said.path, what, remedy, said.node, said.saying.say)


@rule("slot-type", "error", "a slot reads its fact as what it is", "name the type under which the fact is declared")
def _slot_type(subject: Subject) -> Iterator[Found]:
    known = subject.once(declared_facts)
    reported = set()
    for said, slot in _said_slots(subject):
        if slot.line_field:
            types = {_line_types(subject, said.saying.each or "").get(slot.line_field)} - {None}
        else:
            types = {source.declaration.type for source in known.get(slot.fact, ())}
        if len(types) > 1:
            continue  # fact-two-types says so
        wrong = [declared for declared in types if declared is not None and not _fits(declared, slot.type)]
        if wrong and (said.saying.say, slot) not in reported:
            reported.add((said.saying.say, slot))
            what = f"prompt {said.saying.say} reads {slot.fact} as {slot.type}, but it is declared as {wrong[0]}"
            yield Found(
                ("prompts", said.saying.say), what, f"write {{{slot.fact}:{wrong[0]}}}", said.node, said.saying.say
            )


@rule(
    "each-misuse", "error", "'each' names a list whose lines the prompt reads", "use 'each' with a fact of type lines"
)
def _each_misuse(subject: Subject) -> Iterator[Found]:
    known = subject.once(declared_facts)
    for said in subject.sayings:
        prompt_id, each = said.saying.say, said.saying.each
        text = subject.text(prompt_id)
        fields = [slot.line_field for slot in slots_of(text) if slot.line_field]
        at = (said.path, said.node, prompt_id)
        if each is None:
            if fields:
                what = f"prompt {prompt_id} reads {LINE}{fields[0]}, but is not said for each line of a list"
                yield _misuse(at, what, "add 'each' to the saying")
            continue
        if each not in known:
            guess = suggestion(each, list(known))
            what = f"prompt {prompt_id} is said for each {each}, a fact that nothing gives"
            yield _misuse(at, what, f"did you mean {guess}?" if guess else "")
            continue
        line = _line_types(subject, each)
        if not line:
            yield _misuse(at, f"prompt {prompt_id} is said for each {each}, which is not a list", "")
            continue
        for field in fields:
            if field not in line:
                what = f"prompt {prompt_id} reads {LINE}{field}, but the lines of {each} have {', '.join(line)}"
                yield _misuse(at, what, "name a field of the lines")
        guarded = {fact.removeprefix(LINE) for fact in tested_facts(subject, said.saying.when) if fact.startswith(LINE)}
        for field in sorted(field for field in guarded - line.keys() if f"{LINE}{field}" in known):
            what = f"{said.saying.when} tests {LINE}{field}, but the lines of {each} have {', '.join(line)}"
            yield _misuse(at, what, "name a field of the lines")
        if text and not fields and not guarded:
            yield _misuse(at, f"prompt {prompt_id} is said for each {each}, but reads nothing of a line", "")
        if not sure(subject, said, each):
            what = f"{prompt_id} is said for each {each}, but there is a way there on which the list is not known"
            yield _misuse(at, what, "ask for the list on every way")


@rule("line-guard-misuse", "error", "only a saying with 'each' asks guards about a line", "test a fact of the call")
def _line_guard_misuse(subject: Subject) -> Iterator[Found]:
    of_lines = {(*said.path, "when") for said in subject.sayings if said.saying.each is not None}
    for use in guard_uses(subject):
        tested = sorted(fact for fact in tested_facts(subject, use.reference) if fact.startswith(LINE))
        if tested and use.path not in of_lines and use.path[0] != "guards":
            yield Found(use.path, f"{use.name} tests {tested[0]}, but there is no line here", node=use.node)


def _misuse(at: tuple[tuple[str | int, ...], str, str], what: str, remedy: str) -> Found:
    path, node, prompt_id = at
    return Found(path, what, remedy, node, prompt_id)


@rule(
    "parameter-too-early", "error", "a lookup passes only facts that are surely known", "ask for the fact on every way"
)
def _parameter_too_early(subject: Subject) -> Iterator[Found]:
    known = subject.once(declared_facts)
    facts = subject.once(knowledge)
    for node_id, node in subject.nodes.items():
        if isinstance(node, Lookup):
            for parameter, fact in node.with_.items():
                if isinstance(fact, str) and fact in known and not facts.knows(node_id, fact):
                    what = f"{node_id} passes {fact} as {parameter}, but there is a way there on which it is not known"
                    yield Found(("nodes", node_id, "with", parameter), what, node=node_id)


@rule("fact-two-types", "error", "a fact has one type wherever it is given", "give it the same type, or another name")
def _fact_two_types(subject: Subject) -> Iterator[Found]:
    first: dict[str, Source] = {}
    for source in fact_sources(subject):
        known = first.setdefault(source.fact, source)
        if known.declaration.type != source.declaration.type:
            what = f"{source.fact} is {source.declaration.type} here, but {known.declaration.type} elsewhere"
            yield Found(source.path, what)
