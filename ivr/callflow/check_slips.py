"""Slips of the pen that load well and mean something else."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Subject
from ivr.callflow.hotline import DocumentPath
from ivr.callflow.nodes import Menu, Say, Transfer

_SEPARATORS = "，、；。,;"


@rule(
    "phrase-with-comma",
    "warning",
    "a phrase is one thing that callers say",
    "separate phrases by an ASCII comma: [余额, 查余额]",
    source="house rule",
)
def _phrase_with_comma(subject: Subject) -> Iterator[Found]:
    for path, phrase in _phrases(subject):
        if any(mark in phrase for mark in _SEPARATORS):
            yield Found(path, f"the phrase {phrase!r} holds a comma, so callers would have to say all of it")


def _phrases(subject: Subject) -> Iterator[tuple[DocumentPath, str]]:
    """Every phrase of the document, with where its offer is written."""
    for name, command in subject.flow.commands.items():
        yield from ((("commands", name), phrase) for phrase in command.phrases)
    for node_id, node in subject.nodes.items():
        choices = node.choices if isinstance(node, Menu | Transfer) else {}
        for name, choice in choices.items():
            yield from ((("nodes", node_id, "choices", name), phrase) for phrase in choice.phrases)
        for name, command in node.commands.items():
            yield from ((("nodes", node_id, "commands", name), phrase) for phrase in command.phrases)


@rule(
    "silent-announcement",
    "warning",
    "a node that announces says something",
    "name a 'prompt', or lead past the node",
    source="house rule",
)
def _silent_announcement(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.nodes.items():
        if isinstance(node, Say) and not node.prompt:
            yield Found(("nodes", node_id), f"{node_id} is there to say something, and says nothing", node=node_id)
