"""The properties that a document's author wants proved, under ``properties:``.

``never: <prompt, node or prefix.*> before <guard>``
    The prompt is not said, and the node not entered, in any call while the guard does not hold.
``always: <node> within <n> keys``
    From the first word of the call, whatever the hour and the caller, n keys are enough to come to the node.
``always: <node> within <n> keys from anywhere``
    The same from every moment at which the hotline waits for the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.callflow.check_properties import ALWAYS, FORMS, NEVER
from ivr.callflow.document import FlowDocument
from ivr.errors import UsageError


@dataclass(frozen=True, slots=True)
class NeverBefore:
    name: str
    text: str
    what: str
    guard: str

    def matches(self, name: str) -> bool:
        """Whether this prompt or node is meant."""
        prefix = self.what.removesuffix("*")
        return name.startswith(prefix) if prefix != self.what else name == self.what


@dataclass(frozen=True, slots=True)
class WithinKeys:
    name: str
    text: str
    node: str
    keys: int
    from_anywhere: bool


UserProperty = NeverBefore | WithinKeys


def own_id(prop: UserProperty) -> str:
    """The id in reports, which no property that every hotline has can bear."""
    return f"properties.{prop.name}"


def user_properties(flow: FlowDocument) -> list[UserProperty]:
    """All of them, in order. Raises UsageError for one that cannot be read or names what does not exist."""
    found: list[UserProperty] = []
    for name, text in flow.properties.items():
        plain = text.strip()
        if match := NEVER.fullmatch(plain):
            if match[2].removeprefix("not ") not in flow.guards:
                raise UsageError(f"property {name}: there is no guard {match[2]!r}; declare it under 'guards'")
            found.append(NeverBefore(name, plain, match[1], match[2]))
        elif match := ALWAYS.fullmatch(plain):
            if match[1] not in flow.nodes:
                raise UsageError(f"property {name}: there is no node {match[1]!r}; name one that exists")
            found.append(WithinKeys(name, plain, match[1], int(match[2]), match[3] is not None))
        else:
            raise UsageError(f"property {name}: {plain!r} cannot be read; {FORMS}")
    return found
