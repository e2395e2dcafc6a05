"""A hotline prepared for checking: its edges, sayings and names indexed once, for all rules.

Everything here is linear in the size of the document. There are two documents: as written, and with misspelt names
mended (see ``check_repair``), at which all rules look but those that report unknown names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, cast

from ivr.callflow.check_repair import mended, suggestion
from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import Edge, all_edges, commands_at, dialog_members, listens
from ivr.callflow.hotline import DocumentPath, Hotline
from ivr.callflow.nodes import AnyNode, Call, Command, EntryField, Handlers, Listening, Prompt, Saying, Transfer

Result = TypeVar("Result")
MOST_GUESSES = 50  # each compares a name with all others; more unknown names than this are a missing file, not slips


@dataclass(frozen=True, slots=True)
class Said:
    """One saying, where it is written and what it is said for."""

    node: str  # "" for sayings of the whole document
    role: str  # prompt, again, help, no-input.1 …, refusal, cleared, comfort, filler, warning, goodbye, repeat, confirm
    saying: Saying
    path: DocumentPath


class Subject:
    """What rules look at."""

    def __init__(self, hotline: Hotline) -> None:
        self.hotline = hotline
        self.document: FlowDocument = hotline.flow  # as written
        self.written: tuple[Edge, ...] = all_edges(hotline.flow)
        self.unknown_targets = self._unknown_targets()
        self.flow: FlowDocument = mended(hotline.flow, self.unknown_targets)  # as probably meant
        self.members = dialog_members(self.flow)
        self._computed: dict[object, object] = {}

    def once(self, compute: Callable[[Subject], Result]) -> Result:
        """``compute(self)``, remembered: what several rules need is worked out once."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        return cast(Result, self._computed[compute])

    @property
    def nodes(self) -> dict[str, AnyNode]:
        return self.flow.nodes

    def _unknown_targets(self) -> dict[str, str]:
        """Names that lead nowhere -> the node that was probably meant, or ""."""
        flow = self.document
        names = (
            {edge.target for edge in self.written} | {flow.start} | {dialog.start for dialog in flow.dialogs.values()}
        )
        unknown = sorted(names.difference(flow.nodes))
        guessed = {name: suggestion(name, flow.nodes) for name in unknown[:MOST_GUESSES]}
        return guessed | dict.fromkeys(unknown[MOST_GUESSES:], "")

    @cached_property
    def lost(self) -> bool:
        """Whether some name could not even be guessed; then no node is called unreachable."""
        calls = (node for node in self.nodes.values() if isinstance(node, Call))
        return "" in self.unknown_targets.values() or any(node.dialog not in self.flow.dialogs for node in calls)

    @cached_property
    def edges(self) -> dict[str, list[Edge]]:
        """Edges by source; those that lead nowhere left out."""
        by_source: dict[str, list[Edge]] = {node_id: [] for node_id in self.nodes}
        for edge in self.written if self.flow is self.document else all_edges(self.flow):
            if edge.target in self.nodes:
                by_source[edge.source].append(edge)
        return by_source

    @cached_property
    def leads_astray(self) -> frozenset[str]:
        """Nodes with an edge to an unknown name; nothing is claimed about where they cannot lead."""
        return frozenset(edge.source for edge in self.written if edge.target not in self.nodes)

    @cached_property
    def commands(self) -> dict[str, dict[str, Command]]:
        """The commands on offer at each node that listens."""
        return {node_id: commands_at(self.flow, node_id) for node_id, node in self.nodes.items() if listens(node)}

    @cached_property
    def sayings(self) -> tuple[Said, ...]:
        """Every saying of the document, as written: shared handlers appear once, with node ""."""
        return tuple(self._all_sayings())

    @cached_property
    def sayings_at(self) -> dict[str, list[Said]]:
        """The node's own sayings."""
        by_node: dict[str, list[Said]] = {node_id: [] for node_id in ("", *self.nodes)}
        for said in self.sayings:
            by_node[said.node].append(said)
        return by_node

    def prompt(self, said: Said) -> Prompt | None:
        return self.hotline.prompts.get(said.saying.say)

    def text(self, prompt_id: str) -> str:
        """The wording of a prompt; "" for an unknown one."""
        prompt = self.hotline.prompts.get(prompt_id)
        return prompt.text if prompt else ""

    def _all_sayings(self) -> Iterator[Said]:
        flow = self.flow
        for role in ("help", "repeat"):
            yield from _listed("", role, getattr(flow, role), (role,))
        yield from _listed("", "filler", flow.waiting.filler, ("waiting", "filler"))
        yield from _listed("", "warning", flow.call_limit.warning, ("call-limit", "warning"))
        yield from _listed("", "goodbye", flow.call_limit.goodbye, ("call-limit", "goodbye"))
        if flow.speech.confirm is not None:
            yield Said("", "confirm", Saying(say=flow.speech.confirm), ("speech", "confirm"))
        yield from _handled("", flow.recovery, ("recovery",))
        for node_id, node in self.nodes.items():
            at: DocumentPath = ("nodes", node_id)
            yield from _listed(node_id, "prompt", node.prompt, (*at, "prompt"))
            yield from _listed(node_id, "again", node.again, (*at, "again"))
            if isinstance(node, Listening):
                yield from _listed(node_id, "help", node.help, (*at, "help"))
                yield from _handled(node_id, node, at)
            if isinstance(node, EntryField):
                yield from _listed(node_id, "cleared", node.cleared, (*at, "cleared"))
                yield from _listed(node_id, "advise-keys", node.spoken.advise_keys, (*at, "spoken", "advise-keys"))
                yield from _listed(node_id, "keys-only", node.spoken.keys_only, (*at, "spoken", "keys-only"))
                for reason, sayings in node.refusals.items():
                    yield from _listed(node_id, "refusal", sayings, (*at, "refusals", reason))
            if isinstance(node, Transfer):
                yield from _listed(node_id, "comfort", node.comfort, (*at, "comfort"))


def _listed(node: str, role: str, sayings: Sequence[Saying], path: DocumentPath) -> Iterator[Said]:
    for number, saying in enumerate(sayings):
        yield Said(node, role, saying, (*path, number))


def _handled(node: str, owner: object, path: DocumentPath) -> Iterator[Said]:
    for failure in ("no-input", "no-match", "error"):
        handlers: Handlers = getattr(owner, failure.replace("-", "_"))
        for count, handler in handlers.items():
            yield from _listed(node, f"{failure}.{count}", handler.say, (*path, failure, count, "say"))
