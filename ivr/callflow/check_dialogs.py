"""Dialogs: entered by calls, left by returns with a declared result, and by nothing else but commands and failures.

The nodes of a dialog are those that its start reaches (``edges.dialog_members``). A command, a failure handler and the
last try may leave a dialog for good, as to an agent; a hang-up may be shared, because it ends everything. Any other
edge across the boundary would leave a call half inside: it could reach a return with nowhere to return to.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.callflow.check_graph import Targets, reachable
from ivr.callflow.check_paths import reach
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Subject
from ivr.callflow.edges import Edge
from ivr.callflow.nodes import Call, Hangup, Return

_LEAVING = ("command", "failure", "exhausted", "dialog")


def _inner(edge: Edge) -> bool:
    return not edge.stays and edge.kind not in _LEAVING


def _bodies(subject: Subject) -> dict[str, set[str]]:
    """What each dialog's start reaches by edges that stay inside."""
    inner = {source: [edge.target for edge in edges if _inner(edge)] for source, edges in subject.edges.items()}
    return {
        name: reach(inner, [dialog.start])
        for name, dialog in subject.flow.dialogs.items()
        if dialog.start in subject.nodes
    }


def _outside(subject: Subject) -> set[str]:
    """What a call reaches without ever entering a dialog."""
    targets: Targets = {
        source: [edge.target for edge in edges if not edge.stays and edge.kind != "dialog"]
        for source, edges in subject.edges.items()
    }
    return reach(targets, [subject.flow.start] if subject.flow.start in subject.nodes else [])


def _returned(subject: Subject) -> dict[str, set[str]]:
    """The results that the nodes of each dialog return, ``back`` included."""
    results: dict[str, set[str]] = {name: set() for name in subject.flow.dialogs}
    for name, dialog in subject.flow.dialogs.items():
        if dialog.back is not None:
            results[name].add(dialog.back)
    for node_id, node in subject.nodes.items():
        if isinstance(node, Return) and node_id in subject.members:
            results[subject.members[node_id]].add(node.result)
    return results


@rule("dialog-result-unhandled", "error", "a call handles every result of its dialog", "add the result under 'results'")
def _dialog_result_unhandled(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.nodes.items():
        dialog = subject.flow.dialogs.get(node.dialog) if isinstance(node, Call) else None
        if dialog is not None and isinstance(node, Call):
            for result in dialog.results:
                if result not in node.results:
                    what = f"{node_id} does not say where the result {result} of dialog {node.dialog} leads"
                    yield Found(("nodes", node_id, "results"), what, node=node_id)


@rule(
    "dialog-result-impossible", "error", "a call handles only results of its dialog", "remove it, or declare the result"
)
def _dialog_result_impossible(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.nodes.items():
        dialog = subject.flow.dialogs.get(node.dialog) if isinstance(node, Call) else None
        if dialog is not None and isinstance(node, Call):
            for result in node.results:
                if result not in dialog.results:
                    what = f"{node_id} handles the result {result}, which dialog {node.dialog} does not have"
                    yield Found(("nodes", node_id, "results", result), what, node=node_id)


@rule(
    "dialog-result-never", "warning", "every declared result of a dialog is returned", "return it, or do not declare it"
)
def _dialog_result_never(subject: Subject) -> Iterator[Found]:
    returned = _returned(subject)
    for name, dialog in subject.flow.dialogs.items():
        # A return with an undeclared result was meant to be a declared one; it is reported there.
        if returned[name] - set(dialog.results):
            continue
        for result in dialog.results:
            if result not in returned[name]:
                yield Found(("dialogs", name, "results"), f"no node of dialog {name} returns {result}")


@rule("return-unknown-result", "error", "a return gives a result that its dialog declares", "declare the result")
def _return_unknown_result(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.nodes.items():
        dialog = subject.flow.dialogs.get(subject.members.get(node_id, ""))
        if isinstance(node, Return) and dialog is not None and node.result not in dialog.results:
            what = f"{node_id} returns {node.result}, but its dialog has the results {', '.join(dialog.results)}"
            yield Found(("nodes", node_id, "result"), what, node=node_id)


@rule("return-outside", "error", "a return belongs to a dialog", "lead the call on, or make this a dialog")
def _return_outside(subject: Subject) -> Iterator[Found]:
    reached = reachable(subject)
    for node_id, node in subject.nodes.items():
        if isinstance(node, Return) and node_id in reached and node_id not in subject.members:
            yield Found(("nodes", node_id), f"{node_id} returns {node.result}, but belongs to no dialog", node=node_id)


@rule(
    "dialog-boundary",
    "error",
    "dialogs are entered by calls and left by returns, commands and failures only",
    "call the dialog, or return a result and lead on from the call",
)
def _dialog_boundary(subject: Subject) -> Iterator[Found]:
    outside = _outside(subject)
    order = {node_id: number for number, node_id in enumerate(subject.nodes)}
    for name, body in _bodies(subject).items():
        common = {node_id for node_id in body & outside if not isinstance(subject.nodes[node_id], Hangup)}
        if not common:
            continue
        entered = any(isinstance(subject.nodes[node_id], Return) for node_id in common)
        sources = outside - body if entered else body - outside
        for node_id in sorted(sources, key=order.__getitem__):
            for edge in subject.edges[node_id]:
                if edge.target in common and (entered or _inner(edge)):
                    verb = "into" if entered else "out of"
                    what = f"{node_id} leads {verb} dialog {name}, to {edge.target}, by {edge.trigger}"
                    yield Found(edge.path, what, node=node_id)


@rule("dialog-shared-node", "error", "a node belongs to one dialog", "give each dialog its own node")
def _dialog_shared_node(subject: Subject) -> Iterator[Found]:
    outside = _outside(subject)
    owner: dict[str, str] = {}
    reported = set()
    for name, body in _bodies(subject).items():
        for node_id in sorted(body - outside):
            if isinstance(subject.nodes[node_id], Hangup):
                continue
            first = owner.setdefault(node_id, name)
            if first != name and (first, name) not in reported:
                reported.add((first, name))
                yield Found(("nodes", node_id), f"{node_id} belongs to the dialogs {first} and {name}", node=node_id)


@rule(
    "dialog-back", "error", "the result with which back leaves a dialog is declared", "add it to the dialog's 'results'"
)
def _dialog_back(subject: Subject) -> Iterator[Found]:
    for name, dialog in subject.flow.dialogs.items():
        if dialog.back is not None and dialog.back not in dialog.results:
            what = f"back leaves dialog {name} with the result {dialog.back}, which is not among its results"
            yield Found(("dialogs", name, "back"), what)


@rule(
    "dialog-without-back",
    "warning",
    "a caller who says back inside a dialog gets out of it",
    "declare 'back' with a result of the dialog",
    source="GB/T 33358 spirit: the caller keeps control",
)
def _dialog_without_back(subject: Subject) -> Iterator[Found]:
    for name, dialog in subject.flow.dialogs.items():
        if dialog.back is not None:
            continue
        for node_id, commands in subject.commands.items():
            if subject.members.get(node_id) == name and any(command.do == "back" for command in commands.values()):
                what = f"back has nowhere to go inside dialog {name}, as at {node_id}"
                yield Found(("dialogs", name), what, node=node_id)
                break
