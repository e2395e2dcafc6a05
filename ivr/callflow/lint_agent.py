"""Human factors of reaching a human: in one key from everywhere, offered early, and to seniors first of all.

An *agent option* is a choice or command whose target is a transfer, or leads to one through nodes that do not wait for
the caller. It may be guarded: off duty there is nobody to transfer to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.callflow.check_graph import WAITS
from ivr.callflow.check_paths import reach, reverse
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Said, Subject
from ivr.callflow.nodes import EntryField, Listening, Menu, Record, Transfer
from ivr.callflow.said_keys import normalised, said_keys

_SOURCE = "GB/T 33358 spirit; survey of hotlines"
_SENIORS = "MIIT and CBIRC notices of 2020-21"
_SENTENCE = re.compile(r"[。!?]")


def _agents(subject: Subject) -> set[str]:
    """The nodes at which a call is on its way to a human."""
    passing = {
        source: [edge.target for edge in edges if edge.kind not in ("command", "failure", "exhausted")]
        for source, edges in subject.edges.items()
        if subject.nodes[source].kind not in WAITS
    }
    return reach(reverse(passing), [node_id for node_id, node in subject.nodes.items() if isinstance(node, Transfer)])


def _agent_keys(subject: Subject) -> dict[str, set[str]]:
    """Each node -> the keys that are an agent option there, as far as a caller can press them alone."""
    agents = _agents(subject)
    keys: dict[str, set[str]] = {}
    for node_id, edges in subject.edges.items():
        found = {
            edge.key for edge in edges if edge.key and edge.target in agents and edge.kind in ("choice", "command")
        }
        node = subject.nodes[node_id]
        if isinstance(node, EntryField) and node.entry.shortest == 1:
            found = {key for key in found if not key.isdecimal() or key in node.entry.never_starts_with}
        keys[node_id] = found
    return keys


@rule(
    "agent-missing",
    "warning",
    "a hotline has a way to a human",
    "add a node of kind 'transfer' and a command that leads there",
    source=_SOURCE,
)
def _agent_missing(subject: Subject) -> Iterator[Found]:
    if not any(isinstance(node, Transfer) for node in subject.nodes.values()):
        yield Found(("nodes",), "no node of this hotline transfers a caller to a human")


@rule(
    "agent-out-of-reach",
    "error",
    "one key leads to an agent from every node that waits",
    "offer the agent as a command of the document",
    source=_SOURCE,
)
def _agent_out_of_reach(subject: Subject) -> Iterator[Found]:
    if not any(isinstance(node, Transfer) for node in subject.nodes.values()):
        return
    keys = subject.once(_agent_keys)
    without = [
        node_id for node_id, node in subject.nodes.items() if isinstance(node, Listening | Record) and not keys[node_id]
    ]
    if without:
        more = f" (nor from {len(without) - 1} more)" if len(without) > 1 else ""
        what = f"no single key leads from {without[0]} to an agent{more}"
        yield Found(("nodes", without[0]), what, node=without[0])


def _names_agent(subject: Subject, said: Said, *, first_sentence: bool = False) -> bool:
    """Whether a saying names a key that leads to an agent from somewhere."""
    text = normalised(subject.text(said.saying.say))
    if first_sentence:
        text = _SENTENCE.split(text, maxsplit=1)[0]
    wanted = set().union(*subject.once(_agent_keys).values())
    return any(mention.key in wanted for mention in said_keys(text))


def _unoffered(subject: Subject) -> tuple[list[str], list[str]]:
    """The menus that are the first, and the third, on the shortest way there if nobody has offered an agent by then."""
    by_level: dict[int, list[str]] = {}
    seen, waiting, level = {subject.flow.start}, [subject.flow.start], 1
    while waiting and level <= 3:
        later: list[str] = []
        while waiting:
            node_id = waiting.pop()
            if any(said.role == "prompt" and _names_agent(subject, said) for said in subject.sayings_at[node_id]):
                continue
            is_menu = isinstance(subject.nodes[node_id], Menu)
            if is_menu:
                by_level.setdefault(level, []).append(node_id)
            for edge in subject.edges[node_id]:
                if edge.kind not in ("command", "failure", "exhausted") and edge.target not in seen:
                    seen.add(edge.target)
                    (later if is_menu else waiting).append(edge.target)
        waiting, level = later, level + 1
    return by_level.get(1, []), by_level.get(3, [])


def _has_agent(subject: Subject) -> bool:
    return subject.flow.start in subject.nodes and any(subject.once(_agent_keys).values())


@rule(
    "agent-late",
    "warning",
    "the agent is offered by the third menu at the latest",
    "say the agent's key earlier",
    source=_SOURCE,
)
def _agent_late(subject: Subject) -> Iterator[Found]:
    if _has_agent(subject):
        for node_id in sorted(subject.once(_unoffered)[1]):
            what = f"{node_id} is the third menu, and nobody has been told yet how to reach an agent"
            yield Found(("nodes", node_id, "prompt"), what, node=node_id)


@rule(
    "agent-unsaid-at-first",
    "warning",
    "the first menu, or what is said before it, names the agent's key",
    "say 人工请按0 there",
    source=_SOURCE,
)
def _agent_unsaid_at_first(subject: Subject) -> Iterator[Found]:
    if _has_agent(subject):
        first, third = subject.once(_unoffered)
        for node_id in sorted(first) if not third else ():
            what = f"{node_id} is the first menu, but up to its end nobody is told how to reach an agent"
            yield Found(("nodes", node_id, "prompt"), what, node=node_id)


@rule(
    "senior-profile",
    "warning",
    "there is a more patient profile called senior",
    "add 'senior' under 'profiles', with 'when'",
    source=_SENIORS,
)
def _senior_profile(subject: Subject) -> Iterator[Found]:
    profile = subject.flow.profiles.get("senior")
    if profile is None:
        yield Found(("profiles",), "no profile is called senior, so callers of 65 and more are hurried like all others")
    elif profile.when is None:
        yield Found(("profiles", "senior"), "no guard says when a call takes the profile senior", "add 'when'")


@rule(
    "senior-agent",
    "warning",
    "callers known to be 65 or older are offered an agent in the first sentence",
    "say 人工请按0 in the first sentence under the guard of the profile senior, or to everybody",
    source=_SENIORS,
)
def _senior_agent(subject: Subject) -> Iterator[Found]:
    profile = subject.flow.profiles.get("senior")
    if profile is None or profile.when is None or not _has_agent(subject):
        return
    opening = [said for said in subject.sayings_at[subject.flow.start] if said.role == "prompt"][:1]
    to_seniors = [said for said in subject.sayings if said.saying.when == profile.when]
    if not any(_names_agent(subject, said, first_sentence=True) for said in [*opening, *to_seniors]):
        what = "callers known to be seniors are nowhere offered an agent in the first sentence"
        yield Found(("profiles", "senior"), what)
