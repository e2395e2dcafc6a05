"""Nodes at which somebody else works: lookups in the backend, transfers to an agent, recordings of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.callflow.nodes import Literally, Lookup, Record, Transfer
from ivr.session.actions import CancelTransfer, LookUp, StartRecording, StopRecording, TransferCall
from ivr.session.call_log import Json, masked
from ivr.session.events import Fact, Facts
from ivr.session.visit import Visit

if TYPE_CHECKING:
    from ivr.mandarin.heard_number import Ways
    from ivr.session.call_session import CallSession
    from ivr.session.exchange import NodePlan


class LookupVisit(Visit):
    """Asks the backend. Keys typed meanwhile are kept; a filler is said while it is slow; it gives up in the end."""

    __slots__ = ("_done", "_request_id")

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        super().__init__(call, plan)
        self._request_id = 0
        self._done = ""

    def enter(self) -> None:
        action = look_up(self.call, self.plan.node)
        if action is None:
            self._done = "failed"
            return
        self._request_id = action.request_id
        self.call.stop_listening()
        self.call.do(action)
        waiting = self.call.exchange.flow.waiting
        self.call.set_timer("filler", waiting.filler_after)
        self.call.set_timer("give-up", waiting.gives_up_after)

    def prompts_done(self) -> None:
        if self._done:
            self.call.go(self._done)

    def timer(self, name: str) -> None:
        waiting = self.call.exchange.flow.waiting
        if name == "filler":
            if self.call.playback.idle:
                self.call.say(waiting.filler)
            self.call.set_timer("filler", waiting.filler_every)
        else:  # give-up
            self._finish("failed")
            self.call.note("lookup-failed", request=self._request_id, reason="timeout")

    def lookup_answered(self, request_id: int, facts: Facts) -> bool:
        node = self.plan.node
        if request_id != self._request_id or self._done or not isinstance(node, Lookup):
            return False
        exchange = self.call.exchange
        self.call.know(facts, declared=exchange.flow.queries[node.query].gives)
        self.call.forget(exchange.secrecy.spent_after(self.plan.id))
        self._finish("next")
        return True

    def lookup_failed(self, request_id: int, reason: str) -> bool:
        if request_id != self._request_id or self._done:
            return False
        self._finish("failed")
        return True

    def _finish(self, trigger: str) -> None:
        self.leave()
        self._done = trigger
        if self.call.playback.idle:
            self.call.go(trigger)

    def leave(self) -> None:
        self.call.cancel_timer("filler")
        self.call.cancel_timer("give-up")


def look_up(call: CallSession, node: object) -> LookUp | None:
    """The lookup of a node, noted; None when a parameter is not known or an unverified caller may not ask."""
    if not isinstance(node, Lookup):
        return None
    params: dict[str, Fact] = {}
    shown: dict[str, Json] = {}
    for name, source in node.with_.items():
        value = source.value if isinstance(source, Literally) else call.facts.get(source)
        if value is None:
            call.note("lookup-refused", query=node.query, reason=f"missing-{name}")
            return None
        params[name] = value
        shown[name] = "•" if isinstance(source, str) and source in call.secrets else masked(value)
    query = call.exchange.flow.queries[node.query]
    if query.private and not call.verified():
        call.note("lookup-refused", query=node.query, reason="not-verified")
        return None
    request_id = call.next_request()
    call.note("look-up", request=request_id, query=node.query, params=shown)
    return LookUp(request_id, node.query, params)


class TransferVisit(Visit):
    """Waits for an agent, says where the caller stands, and lets them choose otherwise meanwhile.

    What is typed or said to an agent is between the two: it is not logged, and does not count as time of the hotline.
    """

    __slots__ = ("_node", "_request_id", "_talking", "secret")
    takes_keys = True
    takes_speech = True

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        super().__init__(call, plan)
        assert isinstance(plan.node, Transfer)  # noqa: S101 - the visit class is chosen by the node's kind
        self._node = plan.node
        self._request_id = 0
        self._talking = self.secret = False

    def enter(self) -> None:
        self._request_id = self.call.next_request()
        self.call.offer(self.listen())
        self.call.do(TransferCall(self._request_id, self._node.queue))
        self.call.note("transfer-call", request=self._request_id, queue=self._node.queue)
        self.call.set_timer("give-up", self._node.longest)

    def prompts_done(self) -> None:
        if not self._talking:
            self.call.set_timer("comfort", self._node.every)

    def key(self, key: str, fresh: bool) -> None:
        option = None if self._talking else self.option_of_key(key)
        if option is not None:
            self.take(option)
        elif not self._talking and self.call.playback.idle:
            self.call.say(self._node.comfort)

    def utterance(self, text: str, confidence: float, ways: Ways) -> bool:
        if self._talking or confidence < self.call.bands.reject:
            return False
        return self.take_meaning(self.understood(text))

    def timer(self, name: str) -> None:
        if name == "comfort":
            self.call.say(self._node.comfort)
        else:  # give-up
            self.call.go("no-answer")

    def agent_answered(self, request_id: int) -> bool:
        if request_id != self._request_id or self._talking:
            return False
        self._talking = self.secret = True
        self.call.suspend_limits()
        self.call.cancel_timer("give-up")
        self.call.cancel_timer("comfort")
        self.call.hush()
        self.call.stop_listening()
        self.call.talked_to_agent = True
        return True

    def transfer_ended(self, request_id: int, reason: str) -> bool:
        if request_id != self._request_id:
            return False
        self._request_id = 0
        self.call.hush()
        self.call.choose(reason if reason in ("talked", "busy", "no-answer") else "no-answer")
        return True

    def leave(self) -> None:
        self.call.cancel_timer("give-up")
        self.call.cancel_timer("comfort")
        self.call.resume_limits()
        if self._request_id:
            self.call.do(CancelTransfer(self._request_id))
            self._request_id = 0


class RecordVisit(Visit):
    """Takes a message: until ``#``, silence, or the longest time. Commands work by key only; words are the message.

    Whoever speaks has left a message, even one that no recogniser has put into words when it ends: the line has it.
    """

    __slots__ = ("_last_at", "_node", "_request_id", "_speaking", "_started_at", "_words")
    secret = True  # a message may hold anything
    takes_keys = True
    takes_speech = True

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        super().__init__(call, plan)
        assert isinstance(plan.node, Record)  # noqa: S101 - the visit class is chosen by the node's kind
        self._node = plan.node
        self._request_id = 0
        self._started_at = self._last_at = 0
        self._words: list[str] = []
        self._speaking = False

    @property
    def hearing(self) -> bool:  # type: ignore[override]  # computed here, a flag elsewhere
        """A recording is not put off by a prompt: its timers go on."""
        return self._request_id != 0

    def enter(self) -> None:
        self.call.offer(self.listen(extra_keys="#"))

    def prompts_done(self) -> None:
        if not self._request_id:
            self._start()

    def _start(self) -> None:
        self._request_id = self.call.next_request()
        self._started_at = self._last_at = self.call.at
        self.call.do(StartRecording(self._request_id, self._node.longest))
        self.call.note("start-recording", request=self._request_id)
        self.call.set_timer("longest", self._node.longest)
        self.call.set_timer("input", self.call.timing.no_input)

    def key(self, key: str, fresh: bool) -> None:
        option = self.option_of_key(key)
        if key == "#":
            self._finish()
        elif option is not None:
            self.take(option)

    def speech_started(self) -> None:
        if not self._request_id:
            self._start()
        self._speaking = True
        self.call.cancel_timer("input")

    def utterance(self, text: str, confidence: float, ways: Ways) -> bool:
        if not self._request_id:
            self._start()
        self._speaking = False
        self._words.append(text)
        self._last_at = self.call.at
        self.call.set_timer("input", self._node.final_silence)
        return True

    def timer(self, name: str) -> None:
        self._finish()

    def _finish(self) -> None:
        self._keep()
        self.call.choose("next" if self._words else "empty")

    def _keep(self) -> None:
        if self._speaking:
            self._words.append("")
            self._last_at = self.call.at
        text = " ".join(word for word in self._words if word)
        if self._words:
            duration_ms = self._last_at - self._started_at
            stores = self._node.stores
            self.call.know({f"{stores}.text": text, f"{stores}.duration": duration_ms}, secret=True)
            self.call.note("message-recorded", characters=len(text), duration_ms=duration_ms)
        self._stop()

    def _stop(self) -> None:
        self.call.cancel_timer("input")
        self.call.cancel_timer("longest")
        if self._request_id:
            self.call.do(StopRecording(self._request_id))
            self._request_id = 0

    def leave(self) -> None:
        self._stop()

    def caller_gone(self, reason: str) -> None:
        """What was said so far is saved, if the next node would have saved it."""
        self._keep()
        if self._words:
            action = look_up(self.call, self.call.exchange.flow.nodes[self._node.to])
            if action is not None:
                self.call.do(action)
