"""The properties that an author wants proved: whether they can be read, and speak of what exists.

Two forms are known, ``never: <prompt, node or prefix.*> before <guard>`` and ``always: <node> within <n> keys``, which
may go on ``from anywhere``; whether they hold is for exploration to prove.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.callflow.check_repair import suggestion
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Subject

NEVER = re.compile(r"never:\s*(\S+)\s+before\s+((?:not )?\S+)")
ALWAYS = re.compile(r"always:\s*(\S+)\s+within\s+(\d+)\s+keys?(\s+from\s+anywhere)?")
FORMS = "write 'never: <prompt, node or prefix.*> before <guard>' or 'always: <node> within <n> keys'"


@rule("property-malformed", "error", "properties are written in one of the two forms that are known", FORMS)
def _property_malformed(subject: Subject) -> Iterator[Found]:
    for name, text in subject.flow.properties.items():
        if not NEVER.fullmatch(text.strip()) and not ALWAYS.fullmatch(text.strip()):
            yield Found(("properties", name), f"property {name}: '{text.strip()}' cannot be read")


@rule(
    "property-unknown-name", "error", "properties speak of prompts, nodes and guards that exist", "name one that exists"
)
def _property_unknown_name(subject: Subject) -> Iterator[Found]:
    spoken = [*subject.nodes, *subject.hotline.prompts]
    for name, text in subject.flow.properties.items():
        if match := NEVER.fullmatch(text.strip()):
            yield from _check(name, match[1], "a prompt or node", spoken)
            yield from _check(name, match[2].removeprefix("not "), "a guard", list(subject.flow.guards))
        elif match := ALWAYS.fullmatch(text.strip()):
            yield from _check(name, match[1], "a node", list(subject.nodes))


def _check(name: str, wanted: str, kind: str, known: list[str]) -> Iterator[Found]:
    prefix = wanted.removesuffix("*")
    exists = any(item.startswith(prefix) for item in known) if prefix != wanted else wanted in known
    if not exists:
        guess = suggestion(wanted, known)
        what = f"property {name} speaks of {wanted}, which is not {kind}"
        yield Found(("properties", name), what, f"did you mean {guess}?" if guess else "")
