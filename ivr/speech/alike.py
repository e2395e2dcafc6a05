"""Phrases that a model without tones cannot tell apart: 缴费 and 交费, 公积 and 共计.

Where two offers of one place sound the same, the recogniser picks one of them by chance, so the author of the document
should word one differently. Phrases of one offer may sound alike; they lead to the same place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ivr.callflow.hotline import DocumentPath, Hotline
from ivr.callflow.nodes import Command, Menu, Survey, Transfer
from ivr.errors import Problem
from ivr.speech.pronouncing import Phones, Pronouncing

_Offer = tuple[DocumentPath, tuple[str, ...]]


def sounding_alike(hotline: Hotline, pronouncing: Pronouncing) -> tuple[Problem, ...]:
    """A problem for each pair of phrases, once, at the place of the later one. All phrases must be pronounceable."""
    found: dict[tuple[str, str], Problem] = {}
    sounds_of = cache(pronouncing.of)
    for offers in _together(hotline):
        first_with: dict[Phones, tuple[str, DocumentPath]] = {}
        for path, phrases in offers:
            for phrase in phrases:
                for phones in sounds_of(phrase):
                    other, where = first_with.setdefault(phones, (phrase, path))
                    if where != path:
                        found.setdefault((other, phrase), _problem(hotline, path, phrase, other))
    return tuple(sorted(found.values()))


def _problem(hotline: Hotline, path: DocumentPath, phrase: str, other: str) -> Problem:
    place = hotline.place(*path)
    what = f"{phrase!r} sounds like {other!r}, which is on offer at the same time and leads elsewhere"
    return Problem(place.file, place.line, what, "word one of them differently, or leave it to the keys")


def _together(hotline: Hotline) -> Iterator[list[_Offer]]:
    """What is on offer at each node that listens: the commands, and its own choices."""
    commands = list(_offers(("commands",), hotline.flow.commands))
    for node_id, node in hotline.flow.nodes.items():
        at = ("nodes", node_id)
        own = list(_offers((*at, "commands"), node.commands))
        if isinstance(node, Menu | Transfer):
            own += [((*at, "choices", name), tuple(choice.phrases)) for name, choice in node.choices.items()]
        if isinstance(node, Survey):
            own += [((*at, "ratings", key), tuple(phrases)) for key, phrases in node.ratings.items()]
        if own:
            replaced = set(node.commands)
            yield [offer for offer in commands if offer[0][-1] not in replaced] + own


def _offers(path: DocumentPath, commands: dict[str, Command]) -> Iterator[_Offer]:
    for name, command in commands.items():
        yield (*path, name), tuple(command.phrases)
