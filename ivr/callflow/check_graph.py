"""Where a call can get to: nodes nobody reaches, places nobody leaves, loops that nobody ends.

Theory of operation. Three graphs over the nodes:

* *all edges*, a call leading both into its dialog and to its results: what it does not reach is unreachable;
* the same backwards from every hang-up (and every return, inside a dialog): what it does not reach is a dead end;
* *silent edges*, those a call follows while the caller says nothing: a cycle of them has no end of its own. The
  ``to`` of a limit is left out, because it is followed a bounded number of times; a dialog gives only those results
  that it can reach in silence. An agent who talked (``talked``) is not silence.

A trap is reported by one rule only: without any node that waits it is a loop without input, if nothing leads out of it
it is a dead end, and else, if only a caller who acts gets out of it, a loop in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivr.callflow.check_paths import cycles, reach, reverse
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Subject
from ivr.callflow.check_targets import used_dialogs
from ivr.callflow.edges import Edge
from ivr.callflow.nodes import Call, Hangup, Limit, Return

Targets = dict[str, list[str]]
WAITS = ("menu", "field", "confirm", "survey", "record", "transfer")
_SILENT = {"next", "failed", "empty", "skipped", "busy", "no-answer", "exceeded", "exhausted", "otherwise"}


def all_targets(subject: Subject) -> Targets:
    """Every edge that moves the call."""
    return {source: [edge.target for edge in edges if not edge.stays] for source, edges in subject.edges.items()}


def reachable(subject: Subject) -> set[str]:
    """The nodes that some call can reach, guards aside."""
    return reach(all_targets(subject), [subject.flow.start] if subject.flow.start in subject.nodes else [])


def _others(names: Sequence[str]) -> str:
    return f" (with {len(names) - 1} more)" if len(names) > 1 else ""


@rule("unreachable", "error", "every node can be reached", "lead an edge to it, or remove it")
def _unreachable(subject: Subject) -> Iterator[Found]:
    if subject.lost:
        return
    called = used_dialogs(subject)
    idle = {dialog.start for name, dialog in subject.flow.dialogs.items() if name not in called}
    targets = all_targets(subject)
    left = set(subject.nodes) - reach(targets, [subject.flow.start, *idle])
    within = {
        source: [target for target in targets[source] if target in left] for source in subject.nodes if source in left
    }
    entered = {target for source, inner in within.items() for target in inner if target != source}
    for head in [*(node for node in within if node not in entered), *within]:
        if head in left:
            behind = reach(within, [head])
            left -= behind
            what = f"no call can reach {head}{_others(sorted(behind))}"
            yield Found(("nodes", head), what, node=head)


def _dead(subject: Subject) -> set[str]:
    targets = all_targets(subject)
    hangups = [node_id for node_id, node in subject.nodes.items() if isinstance(node, Hangup)]
    returns = [node_id for node_id, node in subject.nodes.items() if isinstance(node, Return)]
    without_dialogs = {
        source: [edge.target for edge in edges if not edge.stays and edge.kind != "dialog"]
        for source, edges in subject.edges.items()
    }
    alive = reach(reverse(targets), hangups)
    alive |= reach(reverse(without_dialogs), [*hangups, *returns, *subject.leads_astray])
    return set(subject.nodes) - alive


def silent_targets(subject: Subject) -> Targets:
    """Where a call goes on while the caller says nothing; without the bounded way on of limits."""
    results = _silent_results(subject)
    return {source: _silent(subject, source, results) for source in subject.nodes}


def _is_silent(edge: Edge) -> bool:
    return edge.trigger in _SILENT or edge.trigger.startswith(("no-input.", "case.")) or edge.kind == "dialog"


def _silent(subject: Subject, source: str, results: dict[str, set[str]], *, limits_too: bool = False) -> list[str]:
    node = subject.nodes[source]
    targets = []
    for edge in subject.edges[source]:
        if edge.stays:
            continue
        if isinstance(node, Call) and edge.kind == "result":
            if edge.trigger.removeprefix("result.") in results.get(node.dialog, ()):
                targets.append(edge.target)
        elif edge.trigger == "next" and (
            node.kind in ("field", "record") or (isinstance(node, Limit) and not limits_too)
        ):
            continue
        elif _is_silent(edge):
            targets.append(edge.target)
    return targets


def _silent_results(subject: Subject) -> dict[str, set[str]]:
    """The results with which each dialog can end although the caller says nothing."""
    results: dict[str, set[str]] = {name: set() for name in subject.flow.dialogs}
    changed = True
    while changed:
        changed = False
        graph = {node_id: _silent(subject, node_id, results, limits_too=True) for node_id in subject.nodes}
        for node_id, node in subject.nodes.items():
            if isinstance(node, Call):  # what a dialog reaches inside another is not its own return
                graph[node_id] = [edge.target for edge in subject.edges[node_id] if edge.kind == "result"
                                  and edge.trigger.removeprefix("result.") in results.get(node.dialog, ())]  # fmt: skip
        for name, dialog in subject.flow.dialogs.items():
            ends = (subject.nodes.get(node_id) for node_id in reach(graph, [dialog.start]))
            found = {end.result for end in ends if isinstance(end, Return)}
            changed |= found != results[name]
            results[name] = found
    return results


def _traps(subject: Subject) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(rule, nodes in document order) for every trap."""
    order = {node_id: number for number, node_id in enumerate(subject.nodes)}
    dead = _dead(subject)
    silent = silent_targets(subject)
    busy = [node_id for node_id in silent if subject.nodes[node_id].kind not in WAITS]
    hasty = {
        source: [target for target in silent[source] if subject.nodes[target].kind not in WAITS] for source in busy
    }
    traps: list[tuple[str, list[str]]] = [("loop-without-input", part) for part in cycles(hasty)]
    taken = {node_id for _, part in traps for node_id in part}
    every = all_targets(subject)
    stuck = {source: [target for target in every[source] if target in dead] for source in every if source in dead}
    for part in cycles(stuck):
        is_sink = all(target in part for source in part for target in stuck[source])
        if is_sink and taken.isdisjoint(part):
            traps.append(("dead-end", part))
    traps += [("loop-in-silence", part) for part in cycles(silent) if taken.isdisjoint(part) and dead.isdisjoint(part)]
    return tuple((rule_id, tuple(sorted(part, key=order.__getitem__))) for rule_id, part in traps)


def _report(subject: Subject, rule_id: str, what: str) -> Iterator[Found]:
    for name, part in subject.once(_traps):
        if name == rule_id:
            path = " → ".join(part[:6]) + (" → …" if len(part) > 6 else "")
            yield Found(("nodes", part[0]), f"{what}: {path}", node=part[0])


@rule("dead-end", "error", "every node leads to a hang-up in the end", "lead an edge out of it, such as 'exhausted'")
def _dead_end(subject: Subject) -> Iterator[Found]:
    yield from _report(subject, "dead-end", "the call can never leave")


@rule(
    "loop-without-input",
    "error",
    "no loop runs without the caller",
    "lead the loop through a 'limit' node, or through a node that waits for the caller",
)
def _loop_without_input(subject: Subject) -> Iterator[Found]:
    yield from _report(subject, "loop-without-input", "this loop may run forever without asking the caller")


@rule(
    "loop-in-silence",
    "error",
    "a call in which nobody speaks comes to its end",
    "lead 'exhausted', 'busy' or 'skipped' to a goodbye, or lead the loop through a 'limit' node",
)
def _loop_in_silence(subject: Subject) -> Iterator[Found]:
    yield from _report(subject, "loop-in-silence", "a silent caller goes round here until the call limit")
