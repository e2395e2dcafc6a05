"""Keys: what a prompt says is bound, what is bound is said, and one key or phrase means one thing.

Prompts, choices and commands may be guarded, so the keys said and the keys on offer are compared in every situation
that their guards can tell apart. What listens where follows the session: a node that only speaks passes a key on to the
node it leads to; in a field a lone key is a command, unless it is already a whole value; ``*`` clears a field and ``#``
ends a recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ivr.callflow.check_facts import knowledge
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_situations import describe, holds, situations
from ivr.callflow.check_subject import Said, Subject
from ivr.callflow.hotline import DocumentPath
from ivr.callflow.nodes import AnyNode, Confirm, EntryField, Listening, Menu, Record, Survey, Transfer
from ivr.callflow.said_keys import said_keys

Offered = list[tuple[str, str | None]]  # key, guard

_SOURCE = "ISO/IEC 13714 summaries: a key said is bound, a key bound is said"


def known_at(subject: Subject, node: str) -> Callable[[str], bool]:
    """Whether a fact is surely known at a node."""
    facts = subject.once(knowledge)
    return lambda fact: facts.knows(node, fact)


def own_keys(node: AnyNode) -> Offered:
    """The keys that the node itself offers, to be said by its prompt."""
    match node:
        case Menu() | Transfer():
            return [(choice.key, choice.when) for choice in node.choices.values() if choice.key is not None]
        case Confirm():
            return [(node.yes_key, None), (node.no_key, None)]
        case Survey():
            return [(key, None) for key in node.ratings]
        case EntryField() if node.entry.terminator and node.entry.shortest < node.entry.longest:
            return [(node.entry.terminator, None)]
    return []


def keys_at(subject: Subject, node_id: str) -> Offered:
    """Every key that does something at a node."""
    node = subject.nodes[node_id]
    offered = own_keys(node)
    commands = [(command.key, command.when) for command in subject.commands.get(node_id, {}).values() if command.key]
    if isinstance(node, EntryField):
        lone = node.entry.shortest > 1
        commands = [
            (key, when) for key, when in commands if lone or not key.isdecimal() or key in node.entry.never_starts_with
        ]
        offered += [("*", None)]
        offered += [(node.entry.terminator, None)] if node.entry.terminator else []
    elif isinstance(node, Record):
        offered += [("#", None)]
    elif not isinstance(node, Listening | Transfer):
        for next_id in _next_listening(subject, node_id):
            if next_id != node_id:
                offered += [(key, None) for key, _when in keys_at(subject, next_id)]
    return [*offered, *commands]


def _next_listening(subject: Subject, node_id: str) -> set[str]:
    """The first nodes that take keys behind a node that only speaks or works; keys typed ahead count there."""
    found: set[str] = set()
    seen, waiting = {node_id}, [node_id]
    while waiting and len(seen) < 50:
        for edge in subject.edges[waiting.pop()]:
            if edge.target in seen or edge.kind == "command":
                continue
            seen.add(edge.target)
            kind = subject.nodes[edge.target]
            if isinstance(kind, Listening | Transfer | Record):
                found.add(edge.target)
            else:
                waiting.append(edge.target)
    return found


def _keys_in(subject: Subject, said: Said) -> set[str]:
    return {mention.key for mention in said_keys(subject.text(said.saying.say))}


@rule(
    "key-not-bound",
    "error",
    "every key that a prompt names does something there",
    "bind the key, or do not say it",
    source=_SOURCE,
    waivable=False,
)
def _key_not_bound(subject: Subject) -> Iterator[Found]:
    shared = [said for said in subject.sayings if not said.node and _keys_in(subject, said)]
    reported: set[tuple[DocumentPath, str]] = set()
    for node_id, node in subject.nodes.items():
        own = [said for said in subject.sayings_at[node_id] if _keys_in(subject, said)]
        if isinstance(node, Listening):
            own += [said for said in shared if _heard_at(node, said)]
        if not own or node.kind == "return":
            continue
        offered = keys_at(subject, node_id)
        for said in own:
            for key in sorted(_keys_in(subject, said)):
                guards = [said.saying.when, *(when for other, when in offered if other == key)]
                for situation in situations(subject, guards, known_at(subject, node_id)):
                    spoken = holds(situation, said.saying.when)
                    if spoken and not any(other == key and holds(situation, when) for other, when in offered):
                        if (said.path, key) not in reported:
                            reported.add((said.path, key))
                            when = describe(situation, guards)
                            what = f"{said.saying.say} says key {key}, but at {node_id} it does nothing{when}"
                            yield Found(said.path, what, "", node_id, said.saying.say)
                        break


def _heard_at(node: Listening, said: Said) -> bool:
    """Whether a saying of the whole document is said at a node: its help and handlers replace the shared ones."""
    if said.role == "help":
        return not node.help
    failure, _, count = said.role.partition(".")
    if failure not in ("no-input", "no-match", "error") or isinstance(node, Survey):
        return False
    return count not in getattr(node, failure.replace("-", "_"))


@rule(
    "key-not-said",
    "error",
    "every key that a node binds is said by its prompt",
    "say the key, or bind only phrases",
    source=_SOURCE,
    waivable=True,
)
def _key_not_said(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.nodes.items():
        bound = own_keys(node)
        if not bound:
            continue
        for role in ("prompt", "again"):
            sayings = [said for said in subject.sayings_at[node_id] if said.role in (role, "comfort")]
            if not any(said.role == role for said in sayings) or any(subject.prompt(said) is None for said in sayings):
                continue  # nothing is said at all, or not by a known prompt: other rules say so
            yield from _unsaid(subject, node_id, role, sayings, bound)


def _unsaid(subject: Subject, node_id: str, role: str, sayings: Sequence[Said], bound: Offered) -> Iterator[Found]:
    spoken = [(key, said.saying.when) for said in sayings for key in _keys_in(subject, said)]
    for key, when in dict.fromkeys(bound):
        guards = [when, *(guard for other, guard in spoken if other == key)]
        for situation in situations(subject, guards, known_at(subject, node_id)):
            said = any(other == key and holds(situation, guard) for other, guard in spoken)
            if holds(situation, when) and not said:
                of_role = " when the caller comes back" if role == "again" else ""
                what = (
                    f"{node_id} binds key {key}, but its prompt does not say it{of_role}{describe(situation, guards)}"
                )
                yield Found(("nodes", node_id, role), what, node=node_id)
                break
