"""The map of the menu: where each choice and command leads, and moving one call along it.

Theory of operation. One immutable flat ``transitions.Machine`` for each call flow, shared by all calls; a call owns
only a ``Position`` and is never registered as a model (registering costs 430 µs a call and leaks). Triggers are the
trigger names of ``edges.py``, never pressed keys: a key must first be resolved to a choice of *this* node, or a key
that a submenu does not offer would fire its parent's option. Guards are evaluated here, by name, from a closed
mapping; the machine itself has no conditions and no callbacks, because ``transitions`` resolves strings by import. So
its events are of a plain kind that looks for none: the same move for a tenth of the time or less (``make bench``).

Dialogs: entering one pushes the calling node on ``returns``; ``leave_dialog`` pops it, stands there again and follows
its ``result.…`` edge. A move that leaves the dialog in any other way (a command, a last try) forgets the caller.

Do not add here: prompts, timers, counters, logging. This module is the only importer of ``transitions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transitions import Event, Machine, MachineError

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import Edge, all_edges, dialog_members
from ivr.callflow.guards import Circumstances, Guards
from ivr.errors import SessionError


class Position:
    """Where one call is: the node, and the ``call`` nodes it has yet to return to (outermost first)."""

    __slots__ = ("returns", "state")

    def __init__(self, state: str) -> None:
        self.state = state
        self.returns: tuple[str, ...] = ()


class _PlainEvent(Event):
    """An event of a machine without callbacks, conditions, queue or final states: one transition for each source."""

    def trigger(self, model: Any, *_args: Any, **_kwargs: Any) -> bool:
        """Moves the model, a :class:`Position`. Raises MachineError where its node has no such way out."""
        transitions = self.transitions.get(model.state)
        if not transitions:
            raise MachineError(f"no way out of {model.state} by {self.name}")
        model.state = transitions[0].dest
        return True


class _Map(Machine):
    event_cls = _PlainEvent


class MenuMachine:
    """The map of one document. The document must have passed ``checking`` for errors."""

    def __init__(self, flow: FlowDocument) -> None:
        self.guards = Guards(flow)
        self.edges: Mapping[tuple[str, str], Edge] = {(e.source, e.trigger): e for e in all_edges(flow)}
        self._flow = flow
        self._members = dialog_members(flow)
        self._dialogs = {node_id: node.dialog for node_id, node in flow.nodes.items() if node.kind == "call"}
        self.machine = _Map(
            model=None,
            states=list(flow.nodes),
            initial=flow.start,
            auto_transitions=False,
            queued=False,
            transitions=[
                {"trigger": e.trigger, "source": e.source, "dest": e.target} for e in self.edges.values() if not e.stays
            ],
        )
        self._events: dict[str, Any] = self.machine.events

    def begin(self) -> Position:
        """A new call at the start node."""
        return Position(self._flow.start)

    def allows(self, position: Position, trigger: str, circumstances: Circumstances) -> bool:
        """Whether the edge exists here and its guard holds."""
        edge = self.edges.get((position.state, trigger))
        return edge is not None and self.guards.holds(edge.guard, circumstances)

    def move(self, position: Position, trigger: str, circumstances: Circumstances) -> str:
        """Follows one edge and returns the new node id. Raises SessionError where the edge does not exist."""
        source = position.state
        edge = self.edges.get((source, trigger))
        if edge is None or (edge.guard is not None and not self.guards.holds(edge.guard, circumstances)):
            raise SessionError(f"node {source} has no way out by {trigger!r}; was the document checked?")
        if edge.stays:
            return source
        if trigger == "dialog":
            position.returns = (*position.returns, source)
        self._events[trigger].trigger(position)
        while position.returns and self._members.get(position.state) != self._dialogs[position.returns[-1]]:
            position.returns = position.returns[:-1]
        return position.state

    def leave_dialog(self, position: Position, result: str, circumstances: Circumstances) -> str:
        """Returns from the innermost dialog with ``result``; the new node id. Raises SessionError outside of one."""
        if not position.returns:
            raise SessionError(f"node {position.state} returns {result!r}, but no dialog was called")
        position.state = position.returns[-1]
        position.returns = position.returns[:-1]
        return self.move(position, f"result.{result}", circumstances)

    def back_result(self, position: Position) -> str | None:
        """The result with which ``back`` leaves the dialog the call is in; None outside, or when it declares none."""
        dialog = self._flow.dialogs.get(self._members.get(position.state, "")) if position.returns else None
        return dialog.back if dialog is not None else None

    def choose_case(self, position: Position, circumstances: Circumstances) -> str:
        """The trigger of the first case of a branch whose guard holds, else ``otherwise``."""
        number = 1
        while (edge := self.edges.get((position.state, f"case.{number}"))) is not None:
            if self.guards.holds(edge.guard, circumstances):
                return edge.trigger
            number += 1
        return "otherwise"
