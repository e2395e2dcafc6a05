"""Offers: among the choices and commands of a node, one key and one phrase mean one thing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from ivr.callflow.check_keys import known_at
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_situations import holds, situations
from ivr.callflow.check_subject import Subject
from ivr.callflow.edges import commands_at
from ivr.callflow.hotline import DocumentPath
from ivr.callflow.nodes import Confirm, Menu, Survey, Transfer


@dataclass(frozen=True, slots=True)
class Offer:
    name: str
    keys: frozenset[str]
    phrases: frozenset[str]
    when: str | None
    path: DocumentPath
    command: bool


def _plain(phrase: str) -> str:
    """A phrase as it is compared: without punctuation, spaces, width and case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", phrase).lower()))


def _offers_at(subject: Subject, node_id: str) -> list[Offer]:
    node = subject.nodes[node_id]
    at: DocumentPath = ("nodes", node_id)
    offers: list[Offer] = []
    if isinstance(node, Menu | Transfer):
        for name, choice in node.choices.items():
            keys = frozenset([choice.key] if choice.key else [])
            offers.append(
                Offer(
                    name,
                    keys,
                    frozenset(map(_plain, choice.phrases)),
                    choice.when,
                    (*at, "choices", name),
                    command=False,
                )
            )
    elif isinstance(node, Confirm):
        offers += [
            Offer("yes", frozenset(node.yes_key), frozenset(), None, (*at, "yes-key"), command=False),
            Offer("no", frozenset(node.no_key), frozenset(), None, (*at, "no-key"), command=False),
        ]
    elif isinstance(node, Survey):
        for key, phrases in node.ratings.items():
            offers.append(
                Offer(key, frozenset(key), frozenset(map(_plain, phrases)), None, (*at, "ratings", key), command=False)
            )
    paths = subject.once(_command_paths)[node_id] if node_id in subject.commands else {}
    for name, command in subject.commands.get(node_id, {}).items():
        keys = frozenset([command.key] if command.key else [])
        offers.append(
            Offer(name, keys, frozenset(map(_plain, command.phrases)), command.when, paths[name], command=True)
        )
    return offers


def _command_paths(subject: Subject) -> dict[str, dict[str, DocumentPath]]:
    """Where each command at each node is written."""
    paths: dict[str, dict[str, DocumentPath]] = {}
    for node_id, edges in subject.edges.items():
        paths[node_id] = {edge.trigger.removeprefix("command."): edge.path for edge in edges if edge.kind == "command"}
    for node_id in subject.commands:  # a command whose target is unknown has no edge
        for name in commands_at(subject.flow, node_id):
            paths[node_id].setdefault(name, ("commands", name))
    return paths


@dataclass(frozen=True, slots=True)
class Clash:
    node: str
    first: Offer
    second: Offer
    keys: frozenset[str]
    phrases: frozenset[str]


def _clashes(subject: Subject) -> list[Clash]:
    """Pairs of offers that share a key or phrase in some situation; pairs of inherited commands once."""
    found: list[Clash] = []
    seen: set[tuple[DocumentPath, DocumentPath]] = set()
    for node_id in subject.nodes:
        offers = _offers_at(subject, node_id)
        if not _has_double(offers):
            continue
        for first, second in combinations(offers, 2):
            keys, phrases = first.keys & second.keys, first.phrases & second.phrases
            if not (keys or phrases) or (first.path, second.path) in seen:
                continue
            possible = situations(subject, [first.when, second.when], known_at(subject, node_id))
            if any(holds(situation, first.when) and holds(situation, second.when) for situation in possible):
                seen.add((first.path, second.path))
                found.append(Clash(node_id, first, second, keys, phrases))
    return found


def _has_double(offers: list[Offer]) -> bool:
    keys = [key for offer in offers for key in offer.keys]
    phrases = [phrase for offer in offers for phrase in offer.phrases]
    return len(set(keys)) < len(keys) or len(set(phrases)) < len(phrases)


@rule(
    "key-twice",
    "error",
    "no two choices, and no two commands, of a node have the same key",
    "give one of them another key",
)
def _key_twice(subject: Subject) -> Iterator[Found]:
    for clash in subject.once(_clashes):
        if clash.keys and clash.first.command == clash.second.command:
            key = min(clash.keys)
            what = f"key {key} means both {clash.first.name} and {clash.second.name} at {clash.node}"
            yield Found(clash.second.path, what, node=clash.node)


@rule(
    "key-rebound",
    "advice",
    "a command's key keeps its meaning everywhere",
    "use another key, unless the choice means much the same",
    source="Avaya: one key, one meaning along a path",
)
def _key_rebound(subject: Subject) -> Iterator[Found]:
    for clash in subject.once(_clashes):
        if clash.keys and clash.first.command != clash.second.command:
            choice, command = clash.first, clash.second
            what = f"key {min(clash.keys)} is the choice {choice.name} at {clash.node}, but {command.name} elsewhere"
            yield Found(choice.path, what, node=clash.node)


@rule(
    "phrase-twice",
    "error",
    "no phrase means two offers of a node",
    "take the phrase away from one of them; said by a caller it would be ambiguous, and be taken for neither",
)
def _phrase_twice(subject: Subject) -> Iterator[Found]:
    for clash in subject.once(_clashes):
        if clash.phrases:
            phrase = min(clash.phrases)
            what = f"{phrase} means both {clash.first.name} and {clash.second.name} at {clash.node}"
            yield Found(clash.first.path if clash.second.command else clash.second.path, what, node=clash.node)
