"""Human factors of menus: how many options, how deep, and in which words and order."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.callflow.check_keys import known_at
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_situations import describe, holds, situations
from ivr.callflow.check_subject import Said, Subject
from ivr.callflow.nodes import Menu
from ivr.callflow.said_keys import Mention, normalised, said_keys

_COMMAND_KEYS = "0*#"
_ISO = "ISO/IEC 13714 summaries"
_AFTER_KEY = ("或", "到", "至", "和", "确认", "结束", "确定")


def _options(subject: Subject, node_id: str, menu: Menu) -> tuple[int, str]:
    """The most options on offer by key at once, besides help, repeat, back and agent; and when that is."""
    keyed = [choice for choice in menu.choices.values() if choice.key is not None and choice.key not in _COMMAND_KEYS]
    guards = [choice.when for choice in keyed]
    best = (0, "")
    for situation in situations(subject, guards, known_at(subject, node_id)):
        number = sum(holds(situation, guard) for guard in guards)
        if number > best[0]:
            best = (number, describe(situation, guards))
    return best


@rule(
    "too-many-options",
    "error",
    "a menu has at most 5 options",
    "move the least wanted into a menu below",
    source=f"{_ISO}; Avaya",
)
def _too_many_options(subject: Subject) -> Iterator[Found]:
    yield from _count_options(subject, 6, 99)


@rule(
    "many-options",
    "warning",
    "a menu has better 4 options than 5",
    "see whether two of them can be one",
    source=f"{_ISO}; Avaya",
)
def _many_options(subject: Subject) -> Iterator[Found]:
    yield from _count_options(subject, 5, 5)


def _count_options(subject: Subject, least: int, most: int) -> Iterator[Found]:
    for node_id, node in subject.nodes.items():
        if isinstance(node, Menu):
            number, when = _options(subject, node_id, node)
            if least <= number <= most:
                yield Found(("nodes", node_id, "choices"), f"menu {node_id} has {number} options{when}", node=node_id)


def _levels(subject: Subject) -> dict[str, int]:
    """Every menu that choices lead to -> how many menus the shortest way passes, itself included."""
    levels: dict[str, int] = {}
    waiting, seen = ([subject.flow.start] if subject.flow.start in subject.nodes else []), {subject.flow.start}
    level = 1
    while waiting:
        later: list[str] = []
        while waiting:
            node_id = waiting.pop()
            is_menu = isinstance(subject.nodes[node_id], Menu)
            if is_menu:
                levels[node_id] = level
            for edge in subject.edges[node_id]:
                if edge.target not in seen and not edge.stays and edge.kind not in ("command", "failure", "exhausted"):
                    seen.add(edge.target)
                    (later if is_menu else waiting).append(edge.target)
        waiting, level = later, level + 1
    return levels


@rule("too-deep", "warning", "no menu lies deeper than the third level", "offer it higher up", source="vendor guidance")
def _too_deep(subject: Subject) -> Iterator[Found]:
    for node_id, level in _levels(subject).items():
        if level > 3:
            yield Found(("nodes", node_id), f"menu {node_id} lies on level {level}", node=node_id)


def _menu_sayings(subject: Subject) -> Iterator[tuple[str, Menu, Said, str, list[Mention]]]:
    """Each saying that offers choices of a menu: (node, menu, saying, wording, its mentions of choice keys)."""
    for node_id, node in subject.nodes.items():
        if isinstance(node, Menu):
            keys = {choice.key for choice in node.choices.values()}
            for said in subject.sayings_at[node_id]:
                if said.role in ("prompt", "again"):
                    text = subject.text(said.saying.say)
                    yield node_id, node, said, normalised(text), [m for m in said_keys(text) if m.key in keys]


@rule(
    "key-first", "warning", "the function is said before its key", "write 查询余额请按1, not 按1查询余额", source=_ISO
)
def _key_first(subject: Subject) -> Iterator[Found]:
    reported = set()
    for node_id, _menu, said, text, mentions in _menu_sayings(subject):
        for mention in mentions:
            rest = text[mention.end :]
            before_function = rest[:1].isalnum() and not rest.startswith(_AFTER_KEY)
            if before_function and said.saying.say not in reported:
                reported.add(said.saying.say)
                quote = text[mention.start : mention.end + 6]
                what = f"prompt {said.saying.say} says key {mention.key} before what it does: {quote}"
                yield Found(("prompts", said.saying.say), what, "", node_id, said.saying.say)


@rule("keys-not-ascending", "warning", "options are said in the order of their keys", "say 1 before 2", source=_ISO)
def _keys_not_ascending(subject: Subject) -> Iterator[Found]:
    reported = set()
    for node_id, _menu, said, _text, mentions in _menu_sayings(subject):
        order = [mention.key for mention in mentions if mention.key.isdecimal() and mention.key != "0"]
        if order != sorted(order) and said.saying.say not in reported:
            reported.add(said.saying.say)
            what = f"prompt {said.saying.say} says the keys in the order {', '.join(order)}"
            yield Found(("prompts", said.saying.say), what, "", node_id, said.saying.say)


@rule("keys-gap", "warning", "the keys of a menu's options are 1, 2, 3 … without gaps", "close the gap", source=_ISO)
def _keys_gap(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.nodes.items():
        if isinstance(node, Menu):
            keys = {choice.key for choice in node.choices.values() if choice.key and choice.key not in _COMMAND_KEYS}
            missing = [str(key) for key in range(1, max(map(int, keys), default=0)) if str(key) not in keys]
            if missing:
                what = f"menu {node_id} has the keys {', '.join(sorted(keys))}, but not {', '.join(missing)}"
                yield Found(("nodes", node_id, "choices"), what, node=node_id)


@rule(
    "offer-without-phrases",
    "warning",
    "everything on offer can be said as well as pressed",
    "add 'phrases'",
    source="VoiceXML 2.0 menus: a choice by key and by voice",
)
def _offer_without_phrases(subject: Subject) -> Iterator[Found]:
    for name, command in subject.flow.commands.items():
        if not command.phrases and command.do != "off":
            yield Found(("commands", name), f"command {name} cannot be said")
    for node_id, node in subject.nodes.items():
        for name, choice in node.choices.items() if isinstance(node, Menu) else ():
            if not choice.phrases:
                yield Found(
                    ("nodes", node_id, "choices", name), f"choice {name} of {node_id} cannot be said", node=node_id
                )
