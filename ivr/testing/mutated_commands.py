"""Wrong changes to commands: one is forgotten, loses its key, or is on offer where it was switched off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import Edge, commands_at
from ivr.callflow.hotline import DocumentPath
from ivr.callflow.nodes import Command
from ivr.testing.coverage import edge_name
from ivr.testing.mutation import REMOVED, Change

EdgesByPath = Mapping[DocumentPath, Sequence[Edge]]


def mutated_commands(flow: FlowDocument, edges: EdgesByPath) -> Iterator[Change]:
    """Of the whole document first, then those of nodes."""
    for name, command in flow.commands.items():
        yield from _mutated(("commands", name), name, command, edges)
    for node_id, node in flow.nodes.items():
        for name, command in node.commands.items():
            path: DocumentPath = ("nodes", node_id, "commands", name)
            if command.do == "off":
                what = f"{node_id}: command {name} no longer switched off"
                yield Change("handler", what, ((path, REMOVED),), frozenset({node_id}))
            elif _without(flow, node_id, name) != command:
                yield from _mutated(path, f"{name} of {node_id}", command, edges)


def _mutated(path: DocumentPath, name: str, command: Command, edges: EdgesByPath) -> Iterator[Change]:
    touches = frozenset(edge_name(edge.source, edge.trigger) for edge in edges.get(path, ()))
    if command.key and command.phrases:
        gone: tuple[tuple[DocumentPath, Any], ...] = (((*path, "key"), None),)
        yield Change("key", f"key {command.key} of command {name} removed", gone, touches)
    yield Change("handler", f"command {name} removed", ((path, REMOVED),), touches)


def _without(flow: FlowDocument, node_id: str, name: str) -> Command | None:
    """The command of that name that the node would inherit if it had none itself."""
    node = flow.nodes[node_id]
    own = {one: command for one, command in node.commands.items() if one != name}
    nodes = {**flow.nodes, node_id: node.model_copy(update={"commands": own})}
    return commands_at(flow.model_copy(update={"nodes": nodes}), node_id).get(name)
