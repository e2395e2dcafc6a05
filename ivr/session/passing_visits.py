"""Nodes that a call passes through: announcements, branches, dialogs, limits, and the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.callflow.nodes import Branch, Call, EntryField, Hangup, Limit, Return, Say
from ivr.session.actions import Disposition
from ivr.session.visit import Visit

if TYPE_CHECKING:
    from ivr.mandarin.heard_number import Ways
    from ivr.session.call_session import CallSession
    from ivr.session.exchange import NodePlan


class SayVisit(Visit):
    """Says its prompt and goes on. A key interrupts it and counts: as a command here, else at the node it leads to."""

    __slots__ = ("secret",)
    takes_keys = True
    takes_speech = True
    hotword = True

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        super().__init__(call, plan)
        self.secret = call.exchange.secrecy.leads_to_secret(plan.id)

    def enter(self) -> None:
        self.call.offer(self.listen())

    def prompts_done(self) -> None:
        self.call.go("next")

    def key(self, key: str, fresh: bool) -> None:
        option = self.option_of_key(key) if fresh else None
        if option is not None and not (key.isdecimal() and self._leads_to_field()):
            self.take(option)
        else:
            self.call.carry(key)
            self.call.go("next")

    def _leads_to_field(self) -> bool:
        """Whether the announcement runs into a digit entry, as things stand: then digits are meant for the entry."""
        nodes, returns = self.call.exchange.flow.nodes, list(self.call.position.returns)
        holds, place, seen = self.call.exchange.menu.guards.holds, self.plan.id, set[str]()
        while place not in seen:
            seen.add(place)
            node = nodes[place]
            if isinstance(node, Say):
                place = node.to
            elif isinstance(node, Branch):
                place = next((case.to for case in node.cases if holds(case.when, self.call)), node.otherwise)
            elif isinstance(node, Return) and returns:
                caller = nodes[returns.pop()]
                place = caller.results.get(node.result, place) if isinstance(caller, Call) else place
            else:
                return isinstance(node, EntryField)
        return False

    def utterance(self, text: str, confidence: float, ways: Ways) -> bool:
        return confidence >= self.call.bands.reject and self.take_meaning(self.understood(text))


class BranchVisit(Visit):
    __slots__ = ()

    def prompts_done(self) -> None:
        self.call.go(self.call.exchange.menu.choose_case(self.call.position, self.call))


class CallVisit(Visit):
    """Enters a dialog."""

    __slots__ = ()

    def prompts_done(self) -> None:
        self.call.go("dialog")


class ReturnVisit(Visit):
    __slots__ = ()

    def prompts_done(self) -> None:
        node = self.plan.node
        assert isinstance(node, Return)  # noqa: S101 - the visit class is chosen by the node's kind
        self.call.leave_dialog(node.result)


class LimitVisit(Visit):
    __slots__ = ()

    def prompts_done(self) -> None:
        node = self.plan.node
        assert isinstance(node, Limit)  # noqa: S101 - the visit class is chosen by the node's kind
        count = self.call.count_limit(self.plan.id)
        self.call.note("attempt", node=self.plan.id, count=count)
        self.call.go("next" if count <= node.most else "exceeded")


class HangupVisit(Visit):
    """The goodbye is heard to its end; keys no longer count. Hanging up meanwhile changes nothing about the call."""

    __slots__ = ("parting",)

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        super().__init__(call, plan)
        assert isinstance(plan.node, Hangup)  # noqa: S101 - the visit class is chosen by the node's kind
        self.parting: Disposition = plan.node.disposition

    def prompts_done(self) -> None:
        self.call.hang_up(self.parting)
