"""What an exploration proves or refutes, step by step. What needs the whole graph is in ``endings``.

Theory of operation. A monitor looks at the log entry while it is written, so that "before verification" is judged at
that very moment by the call itself, and not by what the document says about its own prompts: a prompt is account data
when it speaks of a fact that a private query gives, whether or not its author thought of ``heard-by: verified``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import all_edges
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Branch, Limit, Lookup, Say, Transfer
from ivr.session.call_log import LogEntry
from ivr.session.wording import SLOT
from ivr.testing.explored_call import ExploredCall
from ivr.testing.user_properties import NeverBefore, own_id, user_properties

TITLES: Mapping[str, str] = {
    "reachable": "every node is reached by some call",
    "no-dead-end": "from everywhere a call can still come to an end without the caller hanging up",
    "silence-ends": "a caller who says nothing any more is not kept for ever",
    "mistakes-end": "a caller who only makes mistakes is not kept for ever",
    "failures-bounded": "every node is left after as many failures of one kind as its profile has tries",
    "agent-in-one-key": "wherever the hotline waits for the caller, one key leads towards an agent",
    "identity-first": "no account data is said or asked for before the caller is verified",
    "sayable": "every prompt can be worded: no slot is ever empty",
    "askable": "every lookup knows its parameters",
    "never-stuck": "a living call always plays, waits for an answer, or has a deadline",
    "record-closed": "every call ends once, and its record is closed",
    "no-exception": "nothing a caller or the backend does is an exception",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One violation; ``subject`` tells it from others of the same property: a node, a prompt."""

    property: str
    subject: str
    what: str


class Checks:
    """The checks of one exploration; ``found`` collects, the explorer takes away."""

    def __init__(self, hotline: Hotline) -> None:
        flow = hotline.flow
        self._flow = flow
        self.found: list[Found] = []
        self.agent_entries = agent_entries(flow)
        private = {fact for query in flow.queries.values() if query.private for fact in query.gives}
        self._private = {
            prompt_id
            for prompt_id, prompt in hotline.prompts.items()
            if any(name in private for name, _ in SLOT.findall(prompt.text))
        }
        self._never = [prop for prop in user_properties(flow) if isinstance(prop, NeverBefore)]

    def monitor(self, call: ExploredCall, entry: LogEntry) -> None:
        """Judges one log entry while it is written."""
        match entry.event:
            case "play-prompt":
                prompt = str(entry.data["prompt"])
                if prompt in self._private and not call.session.verified():
                    self._add(
                        "identity-first", prompt, f"{prompt} speaks of account data to a caller who is not verified"
                    )
                self._judge_never(call, prompt)
            case "node-entered":
                self._judge_never(call, str(entry.data["node"]))
            case "look-up":
                query = self._flow.queries[str(entry.data["query"])]
                if query.private and not call.session.verified():
                    self._add(
                        "identity-first", str(entry.data["query"]), "a private lookup was made before verification"
                    )
            case "lookup-refused":
                self._judge_refused(call, str(entry.data["query"]), str(entry.data["reason"]))
            case "error":
                self._judge_error(call, entry)

    def _judge_never(self, call: ExploredCall, name: str) -> None:
        for prop in self._never:
            if prop.matches(name) and not call.session.exchange.menu.guards.holds(prop.guard, call.session):
                self._add(own_id(prop), name, f"{name} comes before {prop.guard}")

    def _judge_refused(self, call: ExploredCall, query: str, reason: str) -> None:
        node = call.session.node
        if reason == "not-verified":
            self._add("identity-first", node, f"{node} asks the private query {query} for a caller who is not verified")
        else:
            self._add("askable", node, f"{node} cannot ask {query}: {reason.removeprefix('missing-')} is not known")

    def _judge_error(self, call: ExploredCall, entry: LogEntry) -> None:
        reason, prompt = str(entry.data.get("reason", "")), str(entry.data.get("prompt", ""))
        if not reason:
            return  # the failure that follows from it, met by the node's handlers
        if reason == "endless-loop":
            self._add("never-stuck", call.session.node, f"the call runs in circles at {call.session.node}")
        elif "not verified" in reason:
            self._add("identity-first", prompt, f"{prompt} was about to be said to a caller who is not verified")
        else:
            self._add("sayable", prompt, f"{prompt} at {call.session.node} cannot be said: {reason}")

    def after(self, call: ExploredCall) -> None:
        """Judges what one step came to."""
        if call.over is not None:
            ended = sum(entry.event == "call-ended" for entry in call.notes)
            if ended != 1 or call.notes[-1].event != "call-ended" or call.session.record.disposition == "open":
                self._add(
                    "record-closed", call.session.node, f"the call that ends at {call.session.node} is not closed"
                )
            return
        if call.stuck:
            self._add("never-stuck", call.session.node, f"nothing will ever happen any more at {call.session.node}")
        failed: LogEntry | None = None
        for entry in call.notes:
            if entry.event in ("no-input", "no-match", "error") and "count" in entry.data:
                failed = entry
            elif entry.event == "node-entered":
                failed = None
        if failed is not None and int(str(failed.data["count"])) >= call.session.timing.tries:
            node = call.session.node
            self._add("failures-bounded", node, f"{node} goes on after {failed.data['count']} times {failed.event}")

    def no_agent(self, node: str) -> None:
        self._add("agent-in-one-key", node, f"no single key leads from {node} towards an agent")

    def raised(self, node: str, error: Exception) -> None:
        self._add("no-exception", node, f"{type(error).__name__} at {node}: {error}")

    def endless(self, node: str) -> None:
        self._add("silence-ends", node, f"prompts follow each other without an end at {node}")

    def _add(self, prop: str, subject: str, what: str) -> None:
        self.found.append(Found(prop, subject, what))


def agent_entries(flow: FlowDocument) -> frozenset[str]:
    """The transfers, and the nodes from which one is reached without a further answer of the caller."""
    found = {node_id for node_id, node in flow.nodes.items() if isinstance(node, Transfer)}
    passing = {node_id for node_id, node in flow.nodes.items() if isinstance(node, Say | Branch | Lookup | Limit)}
    edges = [edge for edge in all_edges(flow) if edge.source in passing and edge.kind in ("next", "case")]
    size = 0
    while len(found) > size:
        size = len(found)
        found |= {edge.source for edge in edges if edge.target in found}
    return frozenset(found)
