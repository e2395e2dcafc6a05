"""Recovery: every failure of a caller is met, and every handler can happen.

At the n-th failure of a kind the handler with the highest count not above n speaks; one with ``to`` leaves the node;
after as many failures as the timing profile has tries the call goes to ``exhausted``. A survey has no failures: whoever
does not answer is let go.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_subject import Subject
from ivr.callflow.edges import FAILURES, handlers_at
from ivr.callflow.nodes import Handlers, Hangup, Listening, Say, Survey


def _tries(subject: Subject) -> tuple[int, int]:
    """The fewest and the most tries of any profile."""
    tries = [profile.tries for profile in subject.flow.profiles.values()]
    return min(tries), max(tries)


def _leaves_at(handlers: Handlers) -> int:
    """The count of the first handler that leads elsewhere; 10 for none."""
    return min((int(count) for count, handler in handlers.items() if handler.to is not None), default=10)


@rule(
    "handler-missing",
    "error",
    "every node that waits meets silence and nonsense with words",
    "write a handler for count 1, here or under 'recovery'",
)
def _handler_missing(subject: Subject) -> Iterator[Found]:
    for failure in ("no-input", "no-match"):
        shared: Handlers = getattr(subject.flow.recovery, failure.replace("-", "_"))
        for node_id, node in subject.nodes.items():
            if (
                isinstance(node, Listening)
                and not isinstance(node, Survey)
                and "1" not in handlers_at(subject.flow, node, failure)
            ):
                what = f"{node_id} has no handler for the first {failure}"
                yield Found(("nodes", node_id, failure), what, node=node_id)
                if not shared:
                    break  # the same everywhere: one finding is enough


@rule(
    "exhausted-missing",
    "error",
    "every node that waits says where the last try leads",
    "add 'exhausted', here or under 'recovery'",
)
def _exhausted_missing(subject: Subject) -> Iterator[Found]:
    if subject.flow.recovery.exhausted is not None:
        return
    fewest, _ = _tries(subject)
    for node_id, node in subject.nodes.items():
        if isinstance(node, Listening) and not isinstance(node, Survey) and node.exhausted is None:
            left = [
                failure
                for failure in ("no-input", "no-match")
                if _leaves_at(handlers_at(subject.flow, node, failure)) > fewest
            ]
            if left:
                what = f"{node_id} does not say where the last {' and '.join(left)} leads"
                yield Found(("nodes", node_id), what, node=node_id)


@rule("handler-never", "error", "every handler can happen", "remove it, or allow more tries")
def _handler_never(subject: Subject) -> Iterator[Found]:
    _, most = _tries(subject)
    for failure in FAILURES:
        field = failure.replace("-", "_")
        for count in getattr(subject.flow.recovery, field):
            if int(count) > most:
                yield Found(("recovery", failure, count), f"{failure} {count} never happens: a caller has {most} tries")
        for node_id, node in subject.nodes.items():
            if not isinstance(node, Listening):
                continue
            own: Handlers = getattr(node, field)
            leaves_at = _leaves_at(own)
            for count in own:
                why = ""
                if isinstance(node, Survey):
                    why = "whoever does not answer a survey is let go"
                elif int(count) > most:
                    why = f"a caller has {most} tries"
                elif int(count) > leaves_at:
                    why = f"{failure} {leaves_at} already leads elsewhere"
                if why:
                    what = f"{failure} {count} never happens at {node_id}: {why}"
                    yield Found(("nodes", node_id, failure, count), what, node=node_id)


@rule(
    "error-handler-missing",
    "warning",
    "every node that waits has words for when something breaks",
    "write 'error' handlers under 'recovery'",
    source="VoiceXML 2.0 section 5.2, event handling",
)
def _error_handler_missing(subject: Subject) -> Iterator[Found]:
    for node_id, node in subject.nodes.items():
        if (
            isinstance(node, Listening)
            and not isinstance(node, Survey)
            and not handlers_at(subject.flow, node, "error")
        ):
            yield Found(("nodes", node_id), f"{node_id} has no handler for errors", node=node_id)
            return


@rule(
    "cut-off-early",
    "warning",
    "nobody is cut off at the first silence or slip",
    "ask again first",
    source="ISO/IEC 13714 summaries; GB/T 33358 spirit",
)
def _cut_off_early(subject: Subject) -> Iterator[Found]:
    for name, profile in subject.flow.profiles.items():
        if profile.tries < 2:
            yield Found(("profiles", name, "tries"), f"profile {name} gives up at the first failure")
    for node_id, edges in subject.edges.items():
        for edge in edges:
            if edge.trigger in ("no-input.1", "no-match.1") and not edge.stays and _hangs_up(subject, edge.target):
                yield Found(edge.path, f"{node_id} hangs up at the first {edge.trigger[:-2]}", node=node_id)


def _hangs_up(subject: Subject, node_id: str) -> bool:
    node = subject.nodes.get(node_id)
    if isinstance(node, Say):
        node = subject.nodes.get(node.to)
    return isinstance(node, Hangup)
