"""What a hotline is likely to say after a prompt: what its node says next, and the nodes that it leads to say first.

Nodes that say nothing (branches, lookups) are passed through. Only what is the same in every call counts: of a prompt
with slots, the words around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import FAILURES, dialog_members, edges_from, handlers_at
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import AnyNode, Listening, Transfer
from ivr.speech.recording_files import wanted

_MOST_PASSED: Final = 6  # silent nodes in a row


class LikelyNext:
    """Answers are worked out when first asked for, and kept."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline
        self._known: dict[str, list[tuple[str, str]]] = {}

    def at_start(self) -> list[tuple[str, str]]:
        """What a call begins with."""
        return self._texts(self._said_from(self._hotline.flow.start))

    def after(self, prompt_id: str) -> list[tuple[str, str]]:
        """(prompt id, text), the likeliest first; nothing for a prompt that no node says."""
        if prompt_id not in self._known:
            prompts = [said for node in self._nodes_of.get(prompt_id, ()) for said in self._around(node)]
            self._known[prompt_id] = self._texts(prompts)
        return self._known[prompt_id]

    @cached_property
    def _nodes_of(self) -> dict[str, list[str]]:
        nodes: dict[str, list[str]] = {}
        for node_id, node in self._hotline.flow.nodes.items():
            for prompt_id in _all_said(self._hotline.flow, node):
                nodes.setdefault(prompt_id, []).append(node_id)
        return nodes

    @cached_property
    def _members(self) -> dict[str, str]:
        return dialog_members(self._hotline.flow)

    def _around(self, node_id: str) -> Iterator[str]:
        flow = self._hotline.flow
        yield from _said_first(flow.nodes[node_id])
        for edge in edges_from(flow, node_id, self._members):
            if not edge.stays and edge.kind in ("choice", "next", "case", "dialog", "result"):
                yield from self._said_from(edge.target)
        yield from _all_said(flow, flow.nodes[node_id])

    def _said_from(self, node_id: str) -> Iterator[str]:
        """What the first nodes that speak say, from this one on."""
        waiting, seen = [(node_id, 0)], {node_id}
        while waiting:
            here, passed = waiting.pop(0)
            node = self._hotline.flow.nodes[here]
            said = list(_said_first(node))
            yield from said
            if said or passed == _MOST_PASSED:
                continue
            for edge in edges_from(self._hotline.flow, here, self._members):
                if edge.target not in seen and edge.kind in ("next", "case", "dialog", "result"):
                    seen.add(edge.target)
                    waiting.append((edge.target, passed + 1))

    def _texts(self, prompt_ids: Iterator[str] | list[str]) -> list[tuple[str, str]]:
        prompts = self._hotline.prompts
        return [
            (prompt_id, text)
            for prompt_id in dict.fromkeys(prompt_ids)
            if prompt_id in prompts
            for _, text in wanted(prompt_id, prompts[prompt_id])
        ]


def _said_first(node: AnyNode) -> Iterator[str]:
    yield from (saying.say for saying in node.prompt)


def _all_said(flow: FlowDocument, node: AnyNode) -> Iterator[str]:
    yield from _said_first(node)
    yield from (saying.say for saying in node.again)
    if isinstance(node, Transfer):
        yield from (saying.say for saying in node.comfort)
    if isinstance(node, Listening):
        yield from (saying.say for saying in node.help)
        for failure in FAILURES:
            for handler in handlers_at(flow, node, failure).values():
                yield from (saying.say for saying in handler.say)
