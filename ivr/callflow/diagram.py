"""What a drawing of a hotline shows: which nodes, which arrows, and what is said once in a legend instead.

The arrows are the edges of ``edges.py`` and nothing else. Three rules keep a drawing readable:

* what stays at its node (reprompts, repeat, help) is no arrow;
* what every node inherits (commands, the document's recovery) is told once in the legend; drawing it is an option;
* arrows between the same two nodes become one, with all their labels.

The formats (``diagram_mermaid``, ``diagram_dot``) only write a ``Drawing`` down.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import Edge, all_edges
from ivr.callflow.nodes import Choice, Command
from ivr.errors import UsageError


@dataclass(frozen=True, slots=True)
class View:
    """Which part is drawn: what can be reached from ``source``, what leads to ``target``, or what lies between both.

    ``depth`` bounds the number of arrows from ``source``, or to ``target`` when it is given alone.
    """

    source: str | None = None
    target: str | None = None
    depth: int | None = None
    failures: bool = True
    commands: bool = False  # draw what is inherited as arrows too


@dataclass(frozen=True, slots=True)
class DrawnNode:
    id: str
    kind: str
    name: str  # the service's name, or ""
    is_start: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    source: str
    target: str
    labels: tuple[str, ...]  # one for each edge that it stands for; () when the only way on needs no word
    dashed: bool  # what happens when the caller or the backend fails


@dataclass(frozen=True, slots=True)
class Drawing:
    title: str
    nodes: tuple[DrawnNode, ...]  # in document order
    arrows: tuple[Arrow, ...]  # in document order of their first edge
    legend: tuple[str, ...]


def drawing(flow: FlowDocument, view: View | None = None) -> Drawing:
    """Raises UsageError when the view names a node that does not exist."""
    view = view or View()
    shown = shown_edges(flow, view)
    chosen = _chosen_nodes(flow, view, shown)
    nodes = tuple(
        DrawnNode(node_id, node.kind, flow.services.get(node_id, ""), node_id == flow.start)
        for node_id, node in flow.nodes.items()
        if node_id in chosen
    )
    edges = [edge for edge in shown if edge.source in chosen and edge.target in chosen]
    return Drawing(flow.title, nodes, _arrows(flow, edges), () if view.commands else tuple(_legend(flow, view)))


def shown_edges(flow: FlowDocument, view: View) -> list[Edge]:
    """The edges that a view draws, before it is narrowed to a part."""
    return [edge for edge in all_edges(flow) if not edge.stays and _is_shown(edge, view)]


def _is_shown(edge: Edge, view: View) -> bool:
    if _is_failure(edge) and not view.failures:
        return False
    inherited = edge.kind == "command" or edge.path[:1] == ("recovery",)
    return view.commands or not inherited


def _is_failure(edge: Edge) -> bool:
    return edge.kind in ("failure", "exhausted") or edge.trigger in ("failed", "exceeded", "no-answer", "busy")


def _chosen_nodes(flow: FlowDocument, view: View, edges: Iterable[Edge]) -> set[str]:
    for name in (view.source, view.target):
        if name is not None and name not in flow.nodes:
            raise UsageError(f"there is no node {name!r}; {_suggestion(flow, name)}")
    onward: dict[str, list[str]] = {}
    backward: dict[str, list[str]] = {}
    for edge in edges:
        onward.setdefault(edge.source, []).append(edge.target)
        backward.setdefault(edge.target, []).append(edge.source)
    chosen = set(flow.nodes)
    if view.source is not None:
        chosen &= _reached(view.source, onward, view.depth)
    if view.target is not None:
        chosen &= _reached(view.target, backward, view.depth if view.source is None else None)
    return chosen | {name for name in (view.source, view.target) if name is not None}


def _suggestion(flow: FlowDocument, name: str) -> str:
    near = difflib.get_close_matches(name, list(flow.nodes), n=1)
    return f"did you mean {near[0]!r}?" if near else "name one of the ids below 'nodes'"


def _reached(start: str, neighbours: Mapping[str, list[str]], depth: int | None) -> set[str]:
    reached = {start}
    frontier = [start]
    steps = 0
    while frontier and (depth is None or steps < depth):
        frontier = list({new for node in frontier for new in neighbours.get(node, ()) if new not in reached})
        reached.update(frontier)
        steps += 1
    return reached


def _arrows(flow: FlowDocument, edges: Iterable[Edge]) -> tuple[Arrow, ...]:
    grouped: dict[tuple[str, str, bool], list[str]] = {}
    for edge in edges:
        labels = grouped.setdefault((edge.source, edge.target, _is_failure(edge)), [])
        if label := _label(flow, edge):
            labels.append(label)
    return tuple(Arrow(source, target, tuple(labels), dashed) for (source, target, dashed), labels in grouped.items())


def _label(flow: FlowDocument, edge: Edge) -> str:
    if edge.trigger == "next":
        return ""
    if edge.kind == "case":
        return edge.guard or "otherwise"
    if edge.kind == "dialog":
        return f"dialog {getattr(flow.nodes[edge.source], 'dialog', '')}"
    if edge.kind in ("choice", "command"):
        name = edge.trigger.rpartition(".")[2]
        if edge.key and name == edge.key:
            name = ""  # a rating is named by its key
        offer = _offer(flow, edge)
        return _with_guard(_with_key(edge.key, offer.phrases[0] if offer and offer.phrases else name), edge.guard)
    return edge.trigger.removeprefix("result.").replace(".", " ")


def _offer(flow: FlowDocument, edge: Edge) -> Choice | Command | None:
    """The choice or command that an edge comes from."""
    match edge.path:
        case ("nodes", str(node_id), "choices" | "commands" as section, str(name)):
            offers: Mapping[str, Choice | Command] = getattr(flow.nodes[node_id], section)
            return offers[name]
        case ("commands", str(name)):
            return flow.commands[name]
    return None


def _with_key(key: str | None, words: str) -> str:
    return f"[{key}] {words}".rstrip() if key else words


def _with_guard(label: str, guard: str | None) -> str:
    return f"{label} (when {guard})" if guard else label


def _legend(flow: FlowDocument, view: View) -> Iterable[str]:
    yield from (_legend_line("everywhere", name, command) for name, command in flow.commands.items())
    for node_id, node in flow.nodes.items():
        for name, command in node.commands.items():
            yield _legend_line(f"{node_id} and below", name, command)
    if view.failures:
        for failure in ("no-input", "no-match", "error"):
            for count, handler in sorted(getattr(flow.recovery, failure.replace("-", "_")).items()):
                if handler.to is not None:
                    yield f"everywhere: {failure} {count} → {handler.to}"
        if flow.recovery.exhausted is not None:
            yield f"everywhere: exhausted → {flow.recovery.exhausted}"


def _legend_line(where: str, name: str, command: Command) -> str:
    words = command.phrases[0] if command.phrases else name
    return _with_guard(f"{where}: {_with_key(command.key, words)} → {command.to or command.do}", command.when)
