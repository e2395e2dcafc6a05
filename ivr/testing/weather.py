"""What a script may change while its call runs: the accounts' faults and the agents."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from ivr.accounts import faults
from ivr.accounts.repository import Accounts
from ivr.agent_desk import AgentDesk
from ivr.session.events import Event, Facts

if TYPE_CHECKING:
    from ivr.testing.script_weather import Agents, Faults


class ChangingAccounts(faults.Faulty):
    """Accounts whose faults can be replaced."""

    def __init__(self, accounts: Accounts, setting: Faults) -> None:
        self._behind = accounts
        self.change(setting)

    def change(self, setting: Faults) -> None:
        chosen = faults.Faults(setting.slow, setting.down, setting.flaky, setting.locked_db)
        super().__init__(self._behind, chosen, random.Random(setting.seed))


class ChangingDesk:
    """An agent desk that can be replaced."""

    def __init__(self, setting: Agents) -> None:
        self._desk = _desk(setting)

    def change(self, setting: Agents) -> None:
        self._desk = _desk(setting)

    def queue_status(self) -> Facts:
        return self._desk.queue_status()

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
