"""What a script may change while its call runs: the accounts' faults, single answers, and the agents."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from ivr.accounts import faults
from ivr.accounts.repository import Accounts, Question
from ivr.agent_desk import AgentDesk
from ivr.errors import LookupFailed
from ivr.session.events import Event, Facts
from ivr.testing.scripted_answers import ScriptedAnswer, ScriptedAnswers

if TYPE_CHECKING:
    from ivr.testing.script_weather import Agents, Faults


class ChangingAccounts(faults.Faulty):
    """Accounts whose faults can be replaced, and single answers dictated; a dictated answer knows no fault."""

    def __init__(self, accounts: Accounts, setting: Faults) -> None:
        self._dictated = ScriptedAnswers((), accounts)
        self._behind = accounts
        self.change(setting)

    def change(self, setting: Faults) -> None:
        chosen = faults.Faults(setting.slow, setting.down, setting.flaky, setting.locked_db)
        super().__init__(self._behind, chosen, random.Random(setting.seed))

    def dictate(self, answer: ScriptedAnswer) -> None:
        """The answer to the next lookup of this query, after those that were dictated before."""
        self._dictated.add(answer)

    def plan(self, question: Question) -> faults.Plan:
        """See :class:`ivr.accounts.faults.Faulty`."""
        return self._dictated.plan_of(question) or super().plan(question)

    def answer(self, question: Question) -> Facts:
        """See :class:`ivr.accounts.repository.Accounts`."""
        return self._dictated.answer(question)


class ChangingDesk:
    """An agent desk that can be replaced, and what it says of its queue dictated."""

    def __init__(self, setting: Agents) -> None:
        self._desk = _desk(setting)
        self._dictated: list[ScriptedAnswer] = []

    def change(self, setting: Agents) -> None:
        self._desk = _desk(setting)

    def dictate(self, answer: ScriptedAnswer) -> None:
        """What the queue looks like the next time somebody asks, or that nobody knows."""
        self._dictated.append(answer)

    def queue_status(self) -> Facts:
        """Raises LookupFailed where that was dictated."""
        if not self._dictated:
            return self._desk.queue_status()
        answer = self._dictated.pop(0)
        if answer.fails is not None:
            raise LookupFailed(answer.fails)
        return {**self._desk.queue_status(), **answer.changes} if answer.changes else answer.facts

    def transfer(self, request_id: int) -> tuple[tuple[int, Event], ...]:
        return self._desk.transfer(request_id)


def _desk(setting: Agents) -> AgentDesk:
    usual = AgentDesk(setting.are)
    return AgentDesk(
        setting.are,
        wait_ms=usual.wait_ms if setting.wait is None else setting.wait,
        talk_ms=usual.talk_ms if setting.talk is None else setting.talk,
        position=usual.position if setting.position is None else setting.position,
    )
