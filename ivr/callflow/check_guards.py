"""Guards: acyclic, about values that exist, and branches whose every case can be taken."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.callflow.check_facts import knowledge
from ivr.callflow.check_names import declared_facts
from ivr.callflow.check_paths import cycles
from ivr.callflow.check_repair import suggestion
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_situations import holds, situations
from ivr.callflow.check_subject import Subject
from ivr.callflow.document import Guard
from ivr.callflow.nodes import Branch

_NUMBERS = ("money", "count", "duration")


@rule("guard-cycle", "error", "no guard is defined by itself", "take one of them out of 'all' or 'any'")
def _guard_cycle(subject: Subject) -> Iterator[Found]:
    graph = {
        name: [part.removeprefix("not ") for part in guard.all or guard.any or ()]
        for name, guard in subject.flow.guards.items()
    }
    for part in cycles(graph):
        names = sorted(part)
        yield Found(("guards", names[0]), f"these guards are defined by each other: {', '.join(names)}")


@rule("guard-value", "error", "a guard tests for a value that its fact can have", "name a value of the fact")
def _guard_value(subject: Subject) -> Iterator[Found]:
    known = subject.once(declared_facts)
    for name, guard in subject.flow.guards.items():
        sources = known.get(guard.fact or "", [])
        allowed = [value for source in sources for value in source.declaration.one_of]
        if sources and all(source.declaration.type == "yes-no" for source in sources):
            allowed = ["yes", "no"]
        elif not allowed or not all(source.declaration.one_of for source in sources):
            continue
        form = "is" if guard.is_ is not None else "in"
        for value in [guard.is_] if guard.is_ is not None else guard.in_ or ():
            if value not in allowed:
                what = f"guard {name} tests whether {guard.fact} is {value}, but it can be {', '.join(allowed)}"
                guess = suggestion(value, allowed)
                yield Found(("guards", name, form), what, f"did you mean {guess}?" if guess else "")


@rule("guard-type", "error", "at-least and at-most test numbers, and lists are only tested for being known", "use 'is'")
def _guard_type(subject: Subject) -> Iterator[Found]:
    known = subject.once(declared_facts)
    for name, guard in subject.flow.guards.items():
        kinds = {source.declaration.type for source in known.get(guard.fact or "", [])}
        others = {source.declaration.type for source in known.get(guard.same_as or "", [])}
        if not kinds:
            continue
        kind = min(kinds)
        if _is_bound(guard) and kinds.isdisjoint(_NUMBERS):
            what = f"guard {name} compares {guard.fact} with a number, but it is declared as {kind}"
            yield Found(("guards", name), what)
        elif kinds == {"lines"} and guard.known is None:
            what = f"guard {name} tests the value of {guard.fact}, which is a list"
            yield Found(("guards", name), what, "use 'known', or a fact that counts the lines")
        elif others and kinds.isdisjoint(others):
            what = (
                f"guard {name} compares {guard.fact} with {guard.same_as}, but one is {kind}, the other {min(others)}"
            )
            yield Found(("guards", name), what, "compare facts of one type")


def _is_bound(guard: Guard) -> bool:
    return guard.at_least is not None or guard.at_most is not None


@rule("case-never", "error", "every case of a branch can be taken", "remove the case, or put it before the wider one")
def _case_never(subject: Subject) -> Iterator[Found]:
    facts = subject.once(knowledge)
    for node_id, node in subject.nodes.items():
        if not isinstance(node, Branch):
            continue

        def known(fact: str, node_id: str = node_id) -> bool:
            return facts.knows(node_id, fact)

        possible = situations(subject, [case.when for case in node.cases], known)
        if not possible:
            continue
        taken = {
            next((number for number, case in enumerate(node.cases) if holds(situation, case.when)), None)
            for situation in possible
        }
        for number, case in enumerate(node.cases):
            if number not in taken:
                what = f"{node_id} never takes the case {case.when}: it never holds when the cases before it do not"
                yield Found(("nodes", node_id, "cases", number), what, node=node_id)


@rule(
    "silent-question",
    "warning",
    "a node that waits for the caller says something first",
    "say a prompt in that situation too",
    source="ISO/IEC 13714 summaries: the caller knows when and what to enter",
)
def _silent_question(subject: Subject) -> Iterator[Found]:
    facts = subject.once(knowledge)
    for node_id, node in subject.nodes.items():
        if node.kind not in ("menu", "field", "confirm", "survey", "record"):
            continue
        for role in ("prompt", "again"):
            sayings = node.prompt if role == "prompt" else node.again
            if role == "again" and not sayings:
                continue

            def known(fact: str, node_id: str = node_id) -> bool:
                return facts.knows(node_id, fact)

            possible = situations(subject, [saying.when for saying in sayings], known)
            if any(not any(holds(situation, saying.when) for saying in sayings) for situation in possible):
                some = " in some situation" if sayings else ""
                yield Found(
                    ("nodes", node_id, role),
                    f"{node_id} waits for the caller without saying anything{some}",
                    node=node_id,
                )
