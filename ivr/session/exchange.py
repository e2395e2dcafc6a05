"""The exchange: everything that calls of one hotline share, built once; calls are cheap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.callflow.document import FlowDocument, Profile
from ivr.callflow.edges import commands_at, handlers_at, listens
from ivr.callflow.guards import Guards
from ivr.callflow.hotline import Hotline
from ivr.callflow.menu_machine import MenuMachine
from ivr.callflow.nodes import AnyNode, Choice, Command, Handlers, Listening, Menu, Transfer
from ivr.mandarin.understanding import Offer
from ivr.session.actions import Listen
from ivr.session.announcement import Announcement
from ivr.session.call_log import LogEntry
from ivr.session.call_session import CallSession
from ivr.session.secrecy import Secrecy
from ivr.session.visits import VISITS
from ivr.session.wording import Wordings

FAILURES = ("no-input", "no-match", "error")


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a caller may choose at a node."""

    trigger: str
    offer: Offer
    guard: str | None
    command: Command | None  # None for a choice of the node itself


class NodePlan:
    """What a node offers, worked out once: choices before inherited commands, since a node may rebind a key."""

    __slots__ = (
        "again",
        "flushes",
        "handlers",
        "id",
        "inter_digit",
        "is_service",
        "listens",
        "no_input",
        "node",
        "offers",
        "options",
        "prompt",
        "unguarded",
        "visit",
    )

    def __init__(self, flow: FlowDocument, node_id: str, guards: Guards) -> None:
        self.id = node_id
        self.node: AnyNode = flow.nodes[node_id]
        self.visit = VISITS[self.node.kind]
        self.is_service = node_id in flow.services
        self.flushes = self.node.kind == "confirm" if self.node.flush is None else self.node.flush
        self.prompt, self.again = (
            Announcement(sayings, guards) if sayings else None for sayings in (self.node.prompt, self.node.again)
        )
        options: list[Option] = []
        if isinstance(self.node, Menu | Transfer):
            for name, choice in self.node.choices.items():
                options.append(self._option(f"{node_id}.{name}", choice, None))
        if listens(self.node):
            for name, command in commands_at(flow, node_id).items():
                options.append(self._option(f"command.{name}", command, command))
        self.options = tuple(options)
        self.offers = tuple(option.offer for option in options)
        self.listens: dict[tuple[int, bool, str, tuple[str, ...]], Listen] = {}  # made at first use
        self.unguarded = all(option.guard is None for option in options)
        self.handlers: dict[str, Handlers] = {}
        self.no_input = self.inter_digit = None  # ms of its own, instead of the profile's
        if isinstance(self.node, Listening):
            self.no_input, self.inter_digit = self.node.timing.no_input, self.node.timing.inter_digit
            self.handlers = {failure: handlers_at(flow, self.node, failure) for failure in FAILURES}

    @staticmethod
    def _option(trigger: str, said: Choice | Command, command: Command | None) -> Option:
        return Option(trigger, Offer(trigger, tuple(said.phrases), said.key or ""), said.when, command)


class Exchange:
    """One hotline, ready to take calls. The hotline must have been checked for errors."""

    def __init__(self, hotline: Hotline) -> None:
        self.hotline = hotline
        self.flow = hotline.flow
        self.menu = MenuMachine(hotline.flow)
        self.wordings = Wordings(hotline.prompts, hotline.durations)
        self.secrecy = Secrecy(hotline, self.menu.edges.values())
        self.profiles: dict[str, Profile] = dict(hotline.flow.profiles)
        self._plans: dict[str, NodePlan] = {}

    def new_call(self, log: Callable[[LogEntry], None] | None = None) -> CallSession:
        """A call that has not been answered yet; ``log`` gets every entry of its event log as it happens."""
        return CallSession(self, log)

    def plan(self, node_id: str) -> NodePlan:
        plan = self._plans.get(node_id)
        if plan is None:
            plan = self._plans[node_id] = NodePlan(self.flow, node_id, self.menu.guards)
        return plan
