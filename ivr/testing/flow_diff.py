"""What changed for callers between two versions of a hotline: meaning, not text.

Compared are the ways to every service (``costs``), what each key and phrase means at each node that both have, which
nodes callers can come to, what prompts say, how patient the hotline is, and, where scripts are given, which of them
break (``broken_scripts``). A difference that is the same at many nodes, such as a command everywhere, is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.callflow.edges import FAILURES, Edge, all_edges, commands_at, handlers_at, listens
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Listening, Menu, Saying, Survey, Transfer
from ivr.errors import Problem
from ivr.testing.costs import Cost, Progress, costs, counted_keys

_MEANS = ("choice", "command")


@dataclass(frozen=True, slots=True)
class Change:
    """``kind`` groups changes: services, keys, phrases, nodes, prompts, patience, scripts."""

    kind: str
    what: str
    old: str = ""
    new: str = ""
    nodes: tuple[str, ...] = ()  # where; empty for the whole hotline


@dataclass(slots=True)
class FlowDiff:
    changes: list[Change] = field(default_factory=list)
    problems: tuple[Problem, ...] = ()  # of scripts that could not be tried
    interrupted: bool = False  # the ways to services or the scripts were not all compared

    @property
    def same(self) -> bool:
        return not self.changes and self.complete

    @property
    def complete(self) -> bool:
        return not self.problems and not self.interrupted


KINDS: Mapping[str, str] = {
    "services": "ways to services that changed",
    "keys": "keys whose meaning changed",
    "phrases": "phrases whose meaning changed",
    "nodes": "nodes and routes lost or new",
    "prompts": "prompts that changed",
    "patience": "patience, hours, guards and limits",
    "scripts": "call scripts that break",
}


def flow_diff(old: Hotline, new: Hotline, progress: Progress = lambda _: None) -> FlowDiff:
    """All differences but those of scripts, in a fixed order. Both hotlines must be free of errors.

    ``progress`` is told each way to a service that was measured, which takes nearly all of the time. After Ctrl-C the
    differences that need no measuring are told.
    """
    found = FlowDiff()
    try:
        found.changes += _services(costs(old, progress=progress), costs(new, progress=progress))
    except KeyboardInterrupt:
        found.interrupted = True
    old_edges, new_edges = all_edges(old.flow), all_edges(new.flow)
    both = [node for node in old.flow.nodes if node in new.flow.nodes]
    found.changes += _meanings("keys", _keys(old, old_edges), _keys(new, new_edges), both)
    found.changes += _meanings("phrases", _phrases(old), _phrases(new), both)
    found.changes += _nodes(old, new, old_edges, new_edges)
    found.changes += _prompts(old, new)
    found.changes += _patience(old, new)
    return found


def _services(old: Sequence[Cost], new: Sequence[Cost]) -> Iterable[Change]:
    before, after = ({cost.node: cost for cost in found} for found in (old, new))
    for node in [*before, *(node for node in after if node not in before)]:
        first, second = before.get(node), after.get(node)
        first_text, second_text = _cost_text(first), _cost_text(second)
        if first_text != second_text:
            named = first or second
            name = node if named is None or named.name == node else f"{node} {named.name}"
            yield Change("services", name, first_text, second_text)


def _cost_text(cost: Cost | None) -> str:
    if cost is None:
        return "no service"
    if cost.minimum is None or cost.typical is None:
        return "not reached"
    way = " ".join(cost.way) or "by itself"
    return f"{counted_keys(cost.minimum.keys)}, typically {cost.typical.ms / 1000:.1f} s ({way})"


_Meanings = dict[str, dict[str, str]]  # node -> key or phrase -> what it means


def _keys(hotline: Hotline, edges: Sequence[Edge]) -> _Meanings:
    found: _Meanings = {node: {} for node in hotline.flow.nodes}
    for edge in edges:
        if edge.kind in _MEANS and edge.key:
            # A node's own choice comes first, as in a call; a guarded one shares its key with others.
            meaning = edge.trigger.removeprefix("command.") if edge.stays else f"> {edge.target}"
            guarded = f" when {edge.guard}" if edge.guard else ""
            known = found[edge.source].get(edge.key)
            if known is None:
                found[edge.source][edge.key] = meaning + guarded
            elif edge.kind != "command":
                found[edge.source][edge.key] = f"{known}, {meaning}{guarded}"
    return found


def _phrases(hotline: Hotline) -> _Meanings:
    found: _Meanings = {}
    for node_id, node in hotline.flow.nodes.items():
        meanings = found[node_id] = {}
        if listens(node):
            for name, command in commands_at(hotline.flow, node_id).items():
                for phrase in command.phrases:
                    meanings[phrase] = f"> {command.to}" if command.to else str(command.do or name)
        if isinstance(node, Menu | Transfer):
            for choice in node.choices.values():
                for phrase in choice.phrases:
                    meanings[phrase] = f"> {choice.to}"
        elif isinstance(node, Survey):
            for key, phrases in node.ratings.items():
                for phrase in phrases:
                    meanings[phrase] = f"rating {key}"
    return found


def _meanings(kind: str, old: _Meanings, new: _Meanings, nodes: Iterable[str]) -> list[Change]:
    places: dict[tuple[str, str, str], list[str]] = {}
    for node in nodes:
        before, after = old[node], new[node]
        for said in [*before, *(said for said in after if said not in before)]:
            first, second = before.get(said, "nothing"), after.get(said, "nothing")
            if first != second:
                places.setdefault((said, first, second), []).append(node)
    return [Change(kind, said, first, second, tuple(where)) for (said, first, second), where in places.items()]


def _nodes(old: Hotline, new: Hotline, old_edges: Sequence[Edge], new_edges: Sequence[Edge]) -> Iterable[Change]:
    for node in old.flow.nodes:
        if node not in new.flow.nodes:
            yield Change("nodes", node, old.flow.nodes[node].kind, "")
        elif old.flow.nodes[node].kind != new.flow.nodes[node].kind:
            yield Change("nodes", node, old.flow.nodes[node].kind, new.flow.nodes[node].kind)
    for node in new.flow.nodes:
        if node not in old.flow.nodes:
            yield Change("nodes", node, "", new.flow.nodes[node].kind)
    before, after = _routes(old_edges), _routes(new_edges)
    for route in [*before, *(route for route in after if route not in before)]:
        first, second = before.get(route, ""), after.get(route, "")
        if first != second and route[0] in old.flow.nodes and route[0] in new.flow.nodes:
            yield Change("nodes", f"{route[0]}, {route[1]}", first, second)


def _routes(edges: Iterable[Edge]) -> dict[tuple[str, str], str]:
    """What the call does by itself; keys and phrases are compared on their own."""
    routes: dict[tuple[str, str], str] = {}
    for edge in edges:
        if edge.kind not in _MEANS and not edge.stays:
            guarded = f" when {edge.guard}" if edge.guard else ""
            routes[edge.source, edge.trigger] = f"> {edge.target}{guarded}"
    return routes


def _prompts(old: Hotline, new: Hotline) -> Iterable[Change]:
    for prompt in [*old.prompts, *(prompt for prompt in new.prompts if prompt not in old.prompts)]:
        first, second = old.prompts.get(prompt), new.prompts.get(prompt)
        if first is None or second is None:
            yield Change("prompts", prompt, first.text if first else "", second.text if second else "")
        elif first.text != second.text:
            yield Change("prompts", prompt, first.text, second.text)
        elif first != second:
            yield Change(
                "prompts",
                f"{prompt}, who hears it and whether it may be interrupted",
                f"{first.heard_by}, {first.barge_in.mode}, {first.barge_in.protected_ms} ms protected",
                f"{second.heard_by}, {second.barge_in.mode}, {second.barge_in.protected_ms} ms protected",
            )
    for node in old.flow.nodes:
        if node in new.flow.nodes:
            said, says = (_said_at(hotline, node) for hotline in (old, new))
            for occasion in [*said, *(occasion for occasion in says if occasion not in said)]:
                first_said, now_said = said.get(occasion, ""), says.get(occasion, "")
                if first_said != now_said:
                    yield Change("prompts", f"{node}, {occasion}", first_said, now_said)


def _said_at(hotline: Hotline, node_id: str) -> dict[str, str]:
    """What a node says on which occasion."""
    node = hotline.flow.nodes[node_id]
    occasions = {"prompt": node.prompt, "again": node.again}
    if isinstance(node, Listening):
        occasions["help"] = node.help or hotline.flow.help
        for failure in FAILURES:
            for count, handler in handlers_at(hotline.flow, node, failure).items():
                occasions[f"{failure}.{count}"] = handler.say
    return {occasion: _said(sayings) for occasion, sayings in occasions.items() if sayings}


def _said(sayings: Iterable[Saying]) -> str:
    parts = []
    for saying in sayings:
        each = f" each {saying.each}" if saying.each else ""
        parts.append(saying.say + each + (f" when {saying.when}" if saying.when else ""))
    return ", ".join(parts)


def _patience(old: Hotline, new: Hotline) -> Iterable[Change]:
    for name in ("profiles", "hours", "guards", "call_limit", "waiting", "speech", "verified"):
        first, second = getattr(old.flow, name), getattr(new.flow, name)
        if first == second:
            continue
        if isinstance(first, dict):
            for key in [*first, *(key for key in second if key not in first)]:
                if first.get(key) != second.get(key):
                    yield Change("patience", f"{name} {key}", _shown(first.get(key)), _shown(second.get(key)))
        else:
            yield Change("patience", name.replace("_", "-"), _shown(first), _shown(second))


def _shown(part: object) -> str:
    if part is None:
        return ""
    dump = getattr(part, "model_dump_json", None)
    return str(dump(by_alias=True, exclude_defaults=True)) if dump is not None else str(part)
