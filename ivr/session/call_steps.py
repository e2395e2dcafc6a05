"""Where a call goes: following edges, commands, failures, the end. The steps a visit may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.callflow.nodes import Saying
from ivr.session.actions import Disposition, HangUp
from ivr.session.call_voice import CallVoice
from ivr.session.recovery import recover

if TYPE_CHECKING:
    from ivr.session.exchange import Option


class CallSteps(CallVoice):
    __slots__ = ()

    def go(self, trigger: str, after_prompts: bool = False) -> None:
        """Follow this edge, at once or when the queued prompts have been said."""
        if after_prompts:
            self.after = trigger
            self.told = False
        else:
            self.pending = trigger

    def move_on(self) -> None:
        trigger, self.pending = self.pending, None
        self.visit.leave()
        if trigger is None or not trigger.startswith("return "):
            node_id = self.exchange.menu.move(self.position, str(trigger), self)
            self.enter(node_id, by=str(trigger))
        else:
            result = trigger.removeprefix("return ")
            node_id = self.exchange.menu.leave_dialog(self.position, result, self)
            self.enter(node_id, by=f"result.{result}")

    def enter(self, node_id: str, by: str = "") -> None:
        """``by``: the trigger of the edge that led here, for the log; "" at the start."""
        plan = self.exchange.plan(node_id)
        again = node_id in self.visited
        self.visited.add(node_id)
        self.failures.clear()
        self.told = False
        self.after = None
        self.visit = plan.visit(self, plan)  # type: ignore[arg-type]  # the one subclass
        self.note("node-entered", node=node_id, by=by)
        if plan.is_service:
            self.served = True
            self.note("service-delivered", node=node_id)
        if self.ahead and plan.flushes:
            self.flush()
        self.announce((plan.again if again else None) or plan.prompt, remember=True)
        self.visit.enter()

    def choose(self, trigger: str) -> None:
        """Follow this edge as an answer of the caller: what was said before is no longer repeated."""
        self._spoken.clear()
        self.pending = trigger

    def command(self, option: Option) -> None:
        command = option.command
        if command is None or command.to is not None:
            self.choose(option.trigger)
        elif command.do == "back":
            self._go_back(option.trigger)
        elif command.do == "help":
            self.hush()
            self.say(getattr(self.visit.plan.node, "help", ()) or self.exchange.flow.help)
            self.reprompt()
        else:
            if command.do == "slower":
                self.slow_down()
            self.hush()
            self.replay()

    def _go_back(self, trigger: str) -> None:
        result = self.exchange.menu.back_result(self.position)
        if result is None:
            self.choose(trigger)
        else:
            self._spoken.clear()
            self.leave_dialog(result)

    def leave_dialog(self, result: str) -> None:
        self.pending = f"return {result}"

    def count_limit(self, node_id: str) -> int:
        self._limits[node_id] = self._limits.get(node_id, 0) + 1
        return self._limits[node_id]

    def fail(self, failure: str, sayings: tuple[Saying, ...] | None = None) -> None:
        """A no-input, no-match or error at this node; ``sayings`` replace the handler's."""
        self.flush()
        self.hush()
        count = self.failures[failure] = self.failures.get(failure, 0) + 1
        self.note(failure, node=self.position.state, count=count)
        self.told = False
        recover(self, failure, count, sayings)  # type: ignore[arg-type]  # the one subclass

    def give_up(self) -> None:
        self.closing = "gave-up"
        self.told = False

    def hang_up(self, disposition: Disposition, *, by_caller: bool = False) -> None:
        self.hush()
        self.visit.leave()
        if self.talked_to_agent and disposition in ("completed", "abandoned"):
            disposition = "transferred"
        self.over = True
        self.forget(self.secrets)
        self.timers.clear()
        self.ahead.clear()
        self.actions.append(HangUp(disposition, by_caller))
        self.note("call-ended", disposition=disposition)

    def unsayable(self) -> None:
        """A prompt could not be worded: an error of the node where it belongs to a question, else left out."""
        if self.visit.plan.handlers and self.after is None and self.closing is None:
            self.fail("error")
