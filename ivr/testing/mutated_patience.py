"""Wrong changes to what a hotline says when asked for help or told nonsense, and to how long it waits.

What is said is taken away; a time is doubled, or (one of a node's own) left to the profile. Help that says nothing else
than the document's help is left alone, and so is a time that is the same in every profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import Edge, commands_at
from ivr.callflow.hotline import DocumentPath
from ivr.callflow.nodes import EntryField, Listening, Record, Transfer
from ivr.testing.coverage import TIMED_OUT, edge_name
from ivr.testing.mutation import Change

_DOUBLED = {Record: ("final_silence", "longest"), Transfer: ("longest",)}


def mutated_patience(flow: FlowDocument, edges: Iterable[Edge]) -> Iterator[Change]:
    """Of the document first, then of its nodes."""
    edges = list(edges)
    yield from _of_document(flow, edges)
    for node_id, node in flow.nodes.items():
        at: DocumentPath = ("nodes", node_id)
        wrong = _names(edges, ("no-match", "exhausted"), node_id)
        if isinstance(node, Listening):
            if node.help and node.help != flow.help:
                yield Change("help", f"{node_id}: help removed", (((*at, "help"), ()),), _asking_help(flow, node_id))
            for field, touches in (("no_input", _names(edges, ("no-input", "exhausted"), node_id)),
                                   ("inter_digit", frozenset({edge_name(node_id, TIMED_OUT)}))):  # fmt: skip
                own = getattr(node.timing, field)
                if own is not None and any(getattr(profile, field) != own for profile in flow.profiles.values()):
                    what = f"{node_id}: {_written(field)} as everywhere instead of {own} ms"
                    yield Change("timing", what, (((*at, "timing", field), None),), touches)
        if isinstance(node, EntryField):
            for rule in node.refusals:
                what = f"{node_id}: refusal {rule} removed"
                yield Change("help", what, (((*at, "refusals", rule), ()),), wrong)
            if node.cleared:
                yield Change("help", f"{node_id}: cleared removed", (((*at, "cleared"), ()),), frozenset({node_id}))
        for field in next((fields for kind, fields in _DOUBLED.items() if isinstance(node, kind)), ()):
            yield _doubled((*at, field), f"{node_id}: ", getattr(node, field), frozenset({node_id}))


def _of_document(flow: FlowDocument, edges: list[Edge]) -> Iterator[Change]:
    if flow.help:
        without_own = (name for name, node in flow.nodes.items() if not getattr(node, "help", ()))
        touches = frozenset[str]().union(*(_asking_help(flow, name) for name in without_own))
        yield Change("help", "help removed", ((("help",), ()),), touches)
    timed_out = frozenset(edge_name(name, TIMED_OUT) for name in flow.nodes)
    for name, profile in flow.profiles.items():
        silent = _names(edges, ("no-input", "exhausted"))
        yield _doubled(("profiles", name, "no_input"), f"profile {name}: ", profile.no_input, silent)
        yield _doubled(("profiles", name, "inter_digit"), f"profile {name}: ", profile.inter_digit, timed_out)
    gives_up = flow.waiting.gives_up_after
    yield _doubled(("waiting", "gives_up_after"), "waiting for lookups: ", gives_up, timed_out)


def _doubled(path: DocumentPath, where: str, ms: int, touches: frozenset[str]) -> Change:
    what = f"{where}{_written(str(path[-1]))} {2 * ms} ms instead of {ms}"
    return Change("timing", what, ((path, 2 * ms),), touches)


def _written(field: str) -> str:
    return field.replace("_", "-")


def _names(edges: Iterable[Edge], triggers: tuple[str, ...], node_id: str = "") -> frozenset[str]:
    """The goals of edges by these failures, of one node or of all."""
    found = (edge for edge in edges if not node_id or edge.source == node_id)
    return frozenset(edge_name(one.source, one.trigger) for one in found if one.trigger.startswith(triggers))


def _asking_help(flow: FlowDocument, node_id: str) -> frozenset[str]:
    commands = commands_at(flow, node_id)
    return frozenset(edge_name(node_id, f"command.{name}") for name, one in commands.items() if one.do == "help")
