"""Where every node leads: the one place that turns a document into a graph.

The menu machine, the checks, the diagram, coverage and the explorer all ask here, so that they cannot disagree.
An edge is named by its *trigger*, unique among the edges of its source (guards aside):

    main.account          a choice: ``<menu id>.<choice name>`` (never the key: see ``menu_machine``)
    command.agent         a command, expanded over every node where it is on offer
    next, yes, no, failed, empty, skipped, talked, busy, no-answer, exceeded      what a node's kind does
    case.1 … otherwise    a branch, tried in order
    result.verified       how a dialog was left
    dialog                from a ``call`` node into its dialog
    no-input.2 …          a handler that leads elsewhere, by count
    exhausted             after the last try

Handlers that only reprompt and commands that only do something here are edges to the node itself with ``stays`` set
(also ``back`` inside a dialog that declares ``back``: it leaves like a ``return``); ``return`` nodes have no edges of
their own (where they lead depends on who called: the ``result.…`` edges start at the ``call`` node).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.callflow.document import FlowDocument
from ivr.callflow.nodes import (
    AnyNode,
    Branch,
    Call,
    Command,
    Confirm,
    EntryField,
    Handlers,
    Limit,
    Listening,
    Lookup,
    Menu,
    Record,
    Say,
    Survey,
    Transfer,
)

FAILURES = ("no-input", "no-match", "error")


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    trigger: str
    target: str
    kind: str  # choice, command, next, case, dialog, result, failure, exhausted
    guard: str | None = None
    stays: bool = False  # a reprompt or an effect such as "repeat": the position does not change
    key: str = ""
    path: tuple[str | int, ...] = ()  # where in the document it is written


def ancestors(node_id: str) -> Iterator[str]:
    """``a.b.c`` -> ``a.b``, ``a``: nearest first, whether or not such nodes exist."""
    while "." in node_id:
        node_id = node_id.rpartition(".")[0]
        yield node_id


def commands_at(flow: FlowDocument, node_id: str) -> dict[str, Command]:
    """The commands on offer at a node: the document's, then each ancestor's, then its own; ``off`` removed."""
    commands = dict(flow.commands)
    for place in [*reversed(list(ancestors(node_id))), node_id]:
        node = flow.nodes.get(place)
        if node is not None:
            commands.update(node.commands)
    return {name: command for name, command in commands.items() if command.do != "off"}


def back_target(flow: FlowDocument, node_id: str) -> str:
    """Where ``back`` leads: the nearest menu above, else the node itself (its prompt is said again)."""
    for place in ancestors(node_id):
        if isinstance(flow.nodes.get(place), Menu):
            return place
    return node_id


def handlers_at(flow: FlowDocument, node: Listening, failure: str) -> Handlers:
    """The handlers of ``no-input``, ``no-match`` or ``error``, the node's own laid over the document's."""
    name = failure.replace("-", "_")
    return {**getattr(flow.recovery, name), **getattr(node, name)}


def listens(node: AnyNode) -> bool:
    """Whether commands are on offer here."""
    return isinstance(node, Listening | Transfer | Say | Record)


def dialog_members(flow: FlowDocument) -> dict[str, str]:
    """Which dialog each node belongs to: what its start reaches without a command or a return.

    Failures (handlers, the last try) are followed only to nodes beside the start (``identity.…``): they may also lead
    out of the dialog, to an agent. A node that two dialogs reach belongs to the first; ``ivr check`` refuses that.
    """
    members: dict[str, str] = {}
    for name, dialog in flow.dialogs.items():
        family = dialog.start.rpartition(".")[0] + "."
        waiting = [dialog.start]
        while waiting:
            node_id = waiting.pop()
            if node_id in members or node_id not in flow.nodes:
                continue
            members[node_id] = name
            node, at = flow.nodes[node_id], ("nodes", node_id)
            waiting += [edge.target for edge in _own_edges(node, node_id, at, flow) if edge.kind != "dialog"]
            if isinstance(node, Listening):
                failures = _failure_edges(flow, node, node_id, at)
                waiting += [edge.target for edge in failures if edge.target.startswith(family)]
    return members


def edges_from(flow: FlowDocument, node_id: str, members: Mapping[str, str] | None = None) -> Iterator[Edge]:
    """All edges of one node, its own first, then commands, then failures. ``members``: dialog_members, if at hand."""
    node = flow.nodes[node_id]
    at = ("nodes", node_id)
    yield from _own_edges(node, node_id, at, flow)
    if listens(node):
        members = dialog_members(flow) if members is None else members
        dialog = flow.dialogs.get(members.get(node_id, ""))
        leaves_dialog = dialog is not None and dialog.back is not None
        for name, command in commands_at(flow, node_id).items():
            goes_back = command.do == "back" and not leaves_dialog
            yield Edge(
                node_id,
                f"command.{name}",
                command.to or (back_target(flow, node_id) if goes_back else node_id),
                "command",
                command.when,
                stays=command.to is None and not goes_back,
                key=command.key or "",
                path=_command_path(flow, node_id, name),
            )
    if isinstance(node, Listening):
        yield from _failure_edges(flow, node, node_id, at)


def _own_edges(node: AnyNode, node_id: str, at: tuple[str, str], flow: FlowDocument) -> Iterator[Edge]:
    def edge(trigger: str, target: str, kind: str = "next", **more: str | None) -> Edge:
        field = more.pop("field", trigger)
        return Edge(node_id, trigger, target, kind, path=(*at, field or trigger), **more)  # type: ignore[arg-type]  # str fields only

    match node:
        case Menu() | Transfer():
            for name, choice in node.choices.items():
                yield Edge(
                    node_id, f"{node_id}.{name}", choice.to, "choice", choice.when,
                    key=choice.key or "", path=(*at, "choices", name),
                )  # fmt: skip
            if isinstance(node, Transfer):
                yield edge("talked", node.talked)
                yield edge("busy", node.busy)
                yield edge("no-answer", node.no_answer)
        case Say():
            yield edge("next", node.to, field="to")
        case EntryField():
            yield edge("next", node.to, field="to")
        case Confirm():
            yield Edge(node_id, "yes", node.yes, "choice", key=node.yes_key, path=(*at, "yes"))
            yield Edge(node_id, "no", node.no, "choice", key=node.no_key, path=(*at, "no"))
        case Survey():
            for key in node.ratings:
                yield Edge(node_id, f"rating.{key}", node.to, "choice", key=key, path=(*at, "ratings", key))
            yield edge("skipped", node.skipped)
        case Record():
            yield edge("next", node.to, field="to")
            yield edge("empty", node.empty)
        case Lookup():
            yield edge("next", node.to, field="to")
            yield edge("failed", node.failed)
        case Branch():
            for number, case in enumerate(node.cases, 1):
                yield Edge(node_id, f"case.{number}", case.to, "case", case.when, path=(*at, "cases", number - 1))
            yield edge("otherwise", node.otherwise, "case")
        case Call():
            dialog = flow.dialogs.get(node.dialog)
            if dialog is not None:
                yield edge("dialog", dialog.start, "dialog")
            for result, target in node.results.items():
                yield Edge(node_id, f"result.{result}", target, "result", path=(*at, "results", result))
        case Limit():
            yield edge("next", node.to, field="to")
            yield edge("exceeded", node.exceeded)
        case _:
            return  # a return leads where its dialog was called, a hangup nowhere


def _failure_edges(flow: FlowDocument, node: Listening, node_id: str, at: tuple[str, str]) -> Iterator[Edge]:
    if isinstance(node, Survey):
        return  # an unanswered survey is skipped, whatever the reason
    for failure in FAILURES:
        own: Mapping[str, object] = getattr(node, failure.replace("-", "_"))
        for count, handler in sorted(handlers_at(flow, node, failure).items()):
            path: tuple[str | int, ...] = (*at, failure, count) if count in own else ("recovery", failure, count)
            yield Edge(
                node_id, f"{failure}.{count}", handler.to or node_id, "failure", stays=handler.to is None, path=path
            )
    exhausted = node.exhausted or flow.recovery.exhausted
    if exhausted is not None:
        where: tuple[str | int, ...] = (*at, "exhausted") if node.exhausted else ("recovery", "exhausted")
        yield Edge(node_id, "exhausted", exhausted, "exhausted", path=where)


def _command_path(flow: FlowDocument, node_id: str, name: str) -> tuple[str | int, ...]:
    for place in [node_id, *ancestors(node_id)]:
        node = flow.nodes.get(place)
        if node is not None and name in node.commands:
            return ("nodes", place, "commands", name)
    return ("commands", name)


def all_edges(flow: FlowDocument) -> tuple[Edge, ...]:
    """Every edge of the flow, in document order."""
    members = dialog_members(flow)
    return tuple(edge for node_id in flow.nodes for edge in edges_from(flow, node_id, members))
