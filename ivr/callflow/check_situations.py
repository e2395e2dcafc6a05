"""Every situation that some guards can tell apart: which of them hold together.

Guards are not independent: of ``free``, ``waiting`` and ``full`` on one fact at most one holds. So a situation assigns
values to the *facts* (those the guards mention, the neighbours of bounds, the declared domain, and "not known") and an
answer to each opening hours, and the guards follow. Each rule about guarded keys, sayings and cases asks for the
situations of just the guards at one node; more than ``MOST`` are not looked at, and then nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from math import prod

from ivr.callflow.check_names import declared_facts
from ivr.callflow.check_subject import Subject
from ivr.callflow.document import Guard

MOST = 1_024
_OTHER = "\x00other"  # some value that no guard mentions

Situation = Mapping[str, bool]  # reference ("name" or "not name") -> whether it holds
Value = str | bool | None
Known = Callable[[str], bool]


def situations(
    subject: Subject, references: Iterable[str | None], known: Known = lambda _fact: False
) -> list[Situation]:
    """All situations of these guards; [] when there are too many, or a guard is unknown or cyclic.

    ``known``: whether a fact is surely known, so that not knowing it need not be thought of.
    """
    wanted = {reference.removeprefix("not ") for reference in references if reference is not None}
    if not wanted:
        return [{}]
    leaves = _leaves(subject, wanted)
    if leaves is None:
        return []
    domains = _domains(subject, leaves, known)
    if prod(map(len, domains.values())) > MOST:
        return []
    seen: dict[tuple[bool, ...], Situation] = {}
    names = sorted(wanted)
    for values in product(*domains.values()):
        world = dict(zip(domains, values, strict=True))
        answers = tuple(_holds(subject, name, world) for name in names)
        if answers not in seen:
            held = dict(zip(names, answers, strict=True))
            seen[answers] = held | {f"not {name}": not answer for name, answer in held.items()}
    return list(seen.values())


def holds(situation: Situation, reference: str | None) -> bool:
    """Whether a guard holds in a situation; no guard always does."""
    return reference is None or situation[reference]


def describe(situation: Situation, references: Iterable[str | None]) -> str:
    """The situation in words, as far as these guards tell it: `` when senior and not on-duty``, "" for always."""
    names = sorted({reference.removeprefix("not ") for reference in references if reference is not None})
    told = [name if situation[name] else f"not {name}" for name in names]
    return f" when {' and '.join(told)}" if told else ""


def _leaves(subject: Subject, names: Iterable[str]) -> dict[str, Guard] | None:
    """The guards on hours and facts below these; None when one is missing or the guards are cyclic."""
    leaves: dict[str, Guard] = {}

    def visit(name: str, above: tuple[str, ...]) -> bool:
        guard = subject.flow.guards.get(name)
        if guard is None or name in above or len(above) > 20:
            return False
        parts = guard.all if guard.all is not None else guard.any
        if parts is None:
            leaves[name] = guard
            return True
        return all(visit(part.removeprefix("not "), (*above, name)) for part in parts)

    return leaves if all(visit(name, ()) for name in names) else None


def _domains(subject: Subject, leaves: Mapping[str, Guard], known: Known) -> dict[str, list[Value]]:
    domains: dict[str, list[Value]] = {}
    for guard in leaves.values():
        if guard.hours is not None:
            domains[f"hours {guard.hours}"] = [True, False]
        elif guard.same_as is not None:
            domains[_pair(guard)] = [True, False]
    valued = [guard for guard in leaves.values() if guard.same_as is None]
    for fact in dict.fromkeys(guard.fact for guard in valued if guard.fact is not None):
        values = _values(subject, fact, [guard for guard in valued if guard.fact == fact])
        domains[fact] = [*values] if known(fact) else [None, *values]
    return domains


def _pair(guard: Guard) -> str:
    """Whether two facts are the same is a question of its own: values are not compared here."""
    return f"same {' '.join(sorted([guard.fact or '', guard.same_as or '']))}"


def _values(subject: Subject, fact: str, guards: list[Guard]) -> list[str]:
    sources = subject.once(declared_facts).get(fact, [])
    mentioned = [value for guard in guards for value in ([guard.is_] if guard.is_ is not None else guard.in_ or ())]
    if sources and all(source.declaration.one_of for source in sources):
        # A mentioned value outside the domain is a finding of its own; here it counts as if it were declared.
        return list(dict.fromkeys([*(value for source in sources for value in source.declaration.one_of), *mentioned]))
    if sources and all(source.declaration.type == "yes-no" for source in sources):
        return list(dict.fromkeys(["yes", "no", *mentioned]))
    bounds = [bound for guard in guards for bound in (guard.at_least, guard.at_most) if bound is not None]
    near = [str(bound + step) for bound in bounds for step in (-1, 0, 1)]
    return list(dict.fromkeys([*mentioned, *near, _OTHER]))


def _holds(subject: Subject, name: str, world: Mapping[str, Value]) -> bool:
    guard = subject.flow.guards[name]
    if guard.hours is not None:
        return bool(world[f"hours {guard.hours}"])
    if guard.same_as is not None:
        return bool(world[_pair(guard)]) and all(
            world.get(fact or "", "") is not None for fact in (guard.fact, guard.same_as)
        )
    if guard.fact is not None:
        value = world[guard.fact]
        return _passes(guard, value if isinstance(value, str) else None)
    parts = guard.all if guard.all is not None else guard.any or ()
    answers = (_holds(subject, part.removeprefix("not "), world) != part.startswith("not ") for part in parts)
    return all(answers) if guard.all is not None else any(answers)


def _passes(guard: Guard, value: str | None) -> bool:
    if guard.known is not None:
        return (value is not None) == guard.known
    if value is None:
        return False
    if guard.is_ is not None:
        return value == guard.is_
    if guard.in_ is not None:
        return value in guard.in_
    number = int(value) if value.removeprefix("-").isdecimal() else None
    if number is None:
        return False
    return (guard.at_least is None or number >= guard.at_least) and (guard.at_most is None or number <= guard.at_most)
