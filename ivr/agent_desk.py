"""The simulated agents: what the queue looks like, and what becomes of a call that is put through to them.

There is no clock and no chance inside: a desk in one state answers every call alike, so the same call gives the same
log. States: ``free`` an agent answers at once; ``waiting`` all agents talk and one becomes free after a while;
``full`` the queue takes nobody more; ``no-answer`` the queue takes the call but no agent ever answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from ivr.session.events import AgentAnswered, Event, Facts, TransferEnded

AgentState = Literal["free", "waiting", "full", "no-answer"]
AGENT_STATES: tuple[AgentState, ...] = ("free", "waiting", "full", "no-answer")
DESK_QUERIES = frozenset({"queue-status"})
_BUSY_TONE_MS = 1_000


class Desk(Protocol):
    """Whoever answers for the agents."""

    def queue_status(self) -> Facts: ...

    def transfer(self, request_id: int) -> tuple[tuple[int, Event], ...]: ...


@dataclass(frozen=True, slots=True)
class AgentDesk:
    state: AgentState = "free"
    ring_ms: int = 2_000  # from the transfer to the answer of a free agent
    wait_ms: int = 45_000  # time in the queue in state waiting
    position: int = 3  # place in the queue in states waiting and full
    talk_ms: int = 60_000  # length of the talk with an agent
    no_answer_ms: int = 120_000  # when an unanswered queue gives up

    def queue_status(self) -> Facts:
        """The facts of the question ``queue-status``: state, position from 1 (0: none), expected wait in ms."""
        if self.state == "free":
            return {"queue.state": "free", "queue.position": 0, "queue.wait": 0}
        state = "full" if self.state == "full" else "waiting"
        return {"queue.state": state, "queue.position": self.position, "queue.wait": self.wait_ms}

    def transfer(self, request_id: int) -> tuple[tuple[int, Event], ...]:
        """What happens to a transferred call: (milliseconds after the transfer, event), in order of time."""
        match self.state:
            case "full":
                return ((_BUSY_TONE_MS, TransferEnded(request_id, "busy")),)
            case "no-answer":
                return ((self.no_answer_ms, TransferEnded(request_id, "no-answer")),)
        answered_ms = self.ring_ms if self.state == "free" else self.wait_ms
        return (
            (answered_ms, AgentAnswered(request_id)),
            (answered_ms + self.talk_ms, TransferEnded(request_id, "talked")),
        )
