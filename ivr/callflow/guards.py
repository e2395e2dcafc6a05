"""Guards: named conditions on the facts of a call and on the clock, from a closed mapping.

A document refers to a guard by name (``when: frozen``) or to its opposite (``when: not frozen``). Each guard is
compiled once to a function of the call's circumstances; nothing in a document is ever resolved by import.
A fact that is not known yet makes every test on it false.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from ivr.callflow.document import FlowDocument, Guard
from ivr.callflow.opening_hours import OpeningHours


class Circumstances(Protocol):
    """What a guard may look at."""

    @property
    def facts(self) -> Mapping[str, object]: ...

    def now(self) -> datetime: ...


Test = Callable[[Circumstances], bool]


class Guards:
    """The guards of one document by name."""

    def __init__(self, flow: FlowDocument) -> None:
        self._hours = {name: OpeningHours(hours) for name, hours in flow.hours.items()}
        self._definitions = flow.guards
        self._tests: dict[str, Test] = {}
        for name in flow.guards:
            self.test(name)
            self.test(f"not {name}")

    def test(self, reference: str) -> Test:
        """The compiled guard of ``name`` or ``not name``. Raises KeyError for an unknown name."""
        known = self._tests.get(reference)
        if known is None:
            known = self._tests[reference] = self._compile(reference)
        return known

    def holds(self, reference: str | None, circumstances: Circumstances) -> bool:
        """Whether the guard holds; no guard always does."""
        return reference is None or self._tests[reference](circumstances)

    def _compile(self, reference: str) -> Test:
        name = reference.removeprefix("not ")
        if name != reference:
            opposite = self.test(name)
            return lambda circumstances: not opposite(circumstances)
        guard = self._definitions[name]
        if guard.hours is not None:
            is_open = self._hours[guard.hours]
            return lambda circumstances: is_open(circumstances.now())
        if guard.fact is not None:
            return _fact_test(guard)
        # Looked up at call time, so that guards may be defined in any order and a cycle cannot recurse while compiling.
        parts = guard.all if guard.all is not None else guard.any or ()
        return self._every(parts) if guard.all is not None else self._some(parts)

    def _every(self, parts: tuple[str, ...]) -> Test:
        def every(circumstances: Circumstances) -> bool:
            for part in parts:  # noqa: SIM110 - a generator for ``all`` would take twice as long, at every step of a call
                if not self._tests[part](circumstances):
                    return False
            return True

        return every

    def _some(self, parts: tuple[str, ...]) -> Test:
        def some(circumstances: Circumstances) -> bool:
            for part in parts:  # noqa: SIM110 - as above
                if self._tests[part](circumstances):
                    return True
            return False

        return some


def _fact_test(guard: Guard) -> Test:
    fact = guard.fact or ""
    if guard.known is not None:
        wanted = guard.known
        return lambda circumstances: (fact in circumstances.facts) == wanted
    if guard.is_ is not None:
        value = guard.is_
        return lambda circumstances: as_text(circumstances.facts.get(fact)) == value
    if guard.in_ is not None:
        values = frozenset(guard.in_)
        return lambda circumstances: as_text(circumstances.facts.get(fact)) in values
    if guard.same_as is not None:
        other = guard.same_as
        return lambda circumstances: (
            fact in circumstances.facts and (circumstances.facts[fact] == circumstances.facts.get(other))
        )
    low = guard.at_least if guard.at_least is not None else -(10**18)
    high = guard.at_most if guard.at_most is not None else 10**18

    def between(circumstances: Circumstances) -> bool:
        number = circumstances.facts.get(fact)
        return isinstance(number, int) and low <= number <= high

    return between


def as_text(value: object) -> str | None:
    """A fact as a document writes it: yes/no, digits, or the text itself."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
