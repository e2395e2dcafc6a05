"""One call: events in, actions out, plus the next moment at which silence means something.

Theory of operation. ``handle`` takes one event at an integer millisecond since the call was answered, ``advance`` lets
time pass; both first fire every timer that was due *before* that moment, each at its own time, so that a late runner
gets the same call. An event at the very millisecond of a deadline wins over the deadline: the caller is given the
benefit. Both then *settle*: follow the edges that are due, feed keys typed ahead to whoever takes them, start the next
prompt, or tell the visit that nothing plays any more, until nothing is left to do.

Keys typed ahead. A key that cannot be used yet (a protected prompt, a lookup) is kept and used in order, across
nodes, until something flushes: a failure, a confirmation, a protected prompt that starts, or a node that says so.
A prompt that a kept key would interrupt is not started at all.

Late events (a prompt that no longer plays, an answer nobody waits for, anything after the end) are ignored by rule.
Do not add here: what a kind of node does (``*_visit.py``), wording, rules of an entry, failures (``recovery.py``).
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.callflow.values import KEYS
from ivr.errors import SessionError
from ivr.session import events
from ivr.session.actions import Action
from ivr.session.call_log import tail
from ivr.session.call_steps import CallSteps
from ivr.session.events import Event
from ivr.session.visits import visit_for

TYPED_AHEAD_LIMIT = 128  # more keys than any path through a menu and two numbers needs; the rest is dropped
NO_KEY = "?"  # anything that is none of the twelve keys: nothing is bound to it
SETTLE_LIMIT = 2_000  # steps after one event; only a document with an endless loop that was not checked reaches it


class CallSession(CallSteps):
    """One call of an exchange; ``CallSteps``, ``CallVoice`` and ``CallState`` hold what visits may ask of it."""

    __slots__ = ()

    # -- the runner's side -----------------------------------------------------------------------------------------

    @property
    def deadline(self) -> int | None:
        """When ``advance`` must be called if nothing happens before; None when only an event can move the call."""
        return min(self.timers.values()) if self.timers else None

    def handle(self, event: Event, at: int) -> list[Action]:
        """Something happened ``at`` milliseconds after the call was answered. Raises SessionError if time ran back."""
        self._come_to(at, inclusive=False)
        if not self.over:
            react = _REACTIONS.get(type(event))
            if react is None:
                raise SessionError(f"{event!r} is not an event of a call")
            if self.answered or type(event) is events.CallAnswered:
                react(self, event)
                self._settle()
        return self._taken()

    def advance(self, at: int) -> list[Action]:
        """The clock reached ``at``. Raises SessionError if time ran back."""
        self._come_to(at, inclusive=True)
        return self._taken()

    def _taken(self) -> list[Action]:
        actions, self.actions = self.actions, []
        return actions

    def _come_to(self, at: int, inclusive: bool) -> None:
        if at < self.at:
            raise SessionError(f"time ran backwards: {at} ms after {self.at} ms")
        while self.timers and min(self.timers.values()) <= at:
            name = min(self.timers, key=self._timer_order)
            due = self.timers[name]
            if due > at or (due == at and not inclusive):
                break
            del self.timers[name]
            self.at = due
            self._timer(name)
            self._settle()
        self.at = at

    # -- settling --------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        playback = self.playback
        for _ in range(SETTLE_LIMIT):
            if self.over:
                return
            if self.pending is not None:
                self._move()
            elif self.ahead and self._takes_key_now():
                self._take_key(self.ahead.popleft(), fresh=False)
            elif playback.playing is not None:
                return
            elif playback.queue:
                self._start_next()
            elif not self.told:
                self.told = True
                self._prompts_done()
            else:
                return
        self.note("error", reason="endless-loop", node=self.visit.plan.id)
        self.hang_up("failed")

    def _prompts_done(self) -> None:
        if self.closing is not None:
            self.hang_up(self.closing)
        elif self.after is not None:
            self.pending, self.after = self.after, None
        else:
            self.visit.prompts_done()

    def _takes_key_now(self) -> bool:
        """Whether a kept key may be used now, or a protected prompt must be heard first."""
        if not self.visit.takes_keys or self.closing is not None or not self.playback.interruptible(self.at):
            return False
        if self.playback.playing is None and self.playback.queue:
            barge_in = self.exchange.wordings.template(self.playback.queue[0][0]).prompt.barge_in
            return barge_in.mode != "off" and not barge_in.protected_ms
        return True

    def _take_key(self, key: str, fresh: bool) -> None:
        trailing, self.trailing = self.trailing, ""
        if key == trailing:
            return
        if not fresh:
            self.note("key-taken", key=self.shown(key))
        self.hush()
        self.key_gap = True
        if self.after is not None:
            self.ahead.appendleft(key)
            self.pending, self.after = self.after, None
        else:
            self.visit.key(key, fresh)

    def _move(self) -> None:
        trigger, self.pending = self.pending, None
        self.visit.leave()
        if trigger is None or not trigger.startswith("return "):
            node_id = self.exchange.menu.move(self.position, str(trigger), self)
        else:
            node_id = self.exchange.menu.leave_dialog(self.position, trigger.removeprefix("return "), self)
        self._enter(node_id)

    def _enter(self, node_id: str) -> None:
        plan = self.exchange.plan(node_id)
        node = plan.node
        again = node_id in self.visited
        self.visited.add(node_id)
        self.failures.clear()
        self.told = False
        self.after = None
        self.visit = visit_for(self, plan)
        self.note("node-entered", node=node_id)
        if node_id in self.exchange.flow.services:
            self.served = True
            self.note("service-delivered", node=node_id)
        if self.ahead and (node.flush or (node.flush is None and node.kind == "confirm")):
            self.flush()
        self.say(node.again if again and node.again else node.prompt, remember=True)
        self.visit.enter()

    # -- events ----------------------------------------------------------------------------------------------------

    def _on_answered(self, event: events.CallAnswered) -> None:
        if self.answered:
            return
        self.answered = True
        self.local_time = event.local_time
        self.facts["caller.number"] = event.caller_number
        self.facts["caller.number-tail"] = _last_four(event.caller_number)
        self.secrets.add("caller.number")
        self.facts["call.weekday"] = "一二三四五六日"[event.local_time.weekday()]
        flow, limit = self.exchange.flow, self.exchange.flow.call_limit
        self.note(
            "call-answered",
            flow=flow.hotline,
            flow_version=self.exchange.hotline.version,
            local_time=event.local_time.isoformat(timespec="seconds"),
            caller=tail(event.caller_number),
            profile=self.profile,
        )
        self.set_timer("call-end", limit.longest)
        if limit.warning and limit.warn_before < limit.longest:
            self.set_timer("call-warning", limit.longest - limit.warn_before)
        self.adapt()
        self._enter(self.position.state)

    def _on_key(self, event: events.KeyPressed) -> None:
        key = event.key if len(event.key) == 1 and event.key in KEYS else NO_KEY
        if self.closing is not None:
            return
        if not self.ahead and self.at > self.trailing_until:
            self.trailing = ""
        if key == self.trailing and not self.ahead:
            self.trailing = ""
            self.note("key-pressed", key=key, ignored=True)
        elif self.ahead or not self._takes_key_now():
            if len(self.ahead) < TYPED_AHEAD_LIMIT:
                self.ahead.append(key)
                self.note("key-pressed", key=self.HIDDEN_KEY, ahead=True)
                if self.playback.protected_until > self.at:
                    self.timers["head"] = self.playback.protected_until
        else:
            goes_on = self.after is not None  # to a node that is not known yet to be secret
            self.note("key-pressed", key=self.HIDDEN_KEY if goes_on else self.shown(key))
            self._take_key(key, fresh=True)

    def _on_speech_started(self, _event: events.SpeechStarted) -> None:
        self.note("speech-started")
        if not self.visit.takes_speech or self.closing is not None or self.after is not None:
            return
        playing = self.playback.playing
        if playing is not None and (
            self.visit.hotword or playing.barge_in.mode != "on" or not self.playback.interruptible(self.at)
        ):
            return
        self.hush()
        self.visit.speech_started()

    def _on_utterance(self, event: events.UtteranceHeard) -> None:
        self.note(
            "utterance-heard",
            text=self.shown(event.text),
            confidence=round(event.confidence, 3),
            alternatives=len(event.alternatives),
        )
        visit, playing = self.visit, self.playback.playing
        if not visit.takes_speech or self.closing is not None or self.after is not None:
            return
        text, confidence = self._best(event)
        if playing is not None:
            if not self.playback.interruptible(self.at):
                return
            if (visit.hotword or playing.barge_in.mode == "hotword") and not visit.recognises(text):
                return
            self.hush()
        visit.utterance(text, confidence)

    def _best(self, event: events.UtteranceHeard) -> tuple[str, float]:
        """The first alternative that means something here; the utterance itself if none does."""
        for text, confidence in ((event.text, event.confidence), *event.alternatives):
            if text and self.visit.recognises(text):
                return text, confidence
        return event.text, event.confidence

    def _on_prompt_finished(self, event: events.PromptFinished) -> None:
        playing = self.playback.playing
        if self.playback.finish(event.play_id) and playing is not None:
            self.note("prompt-finished", prompt=playing.prompt_id)
            self.timers.pop("head", None)

    def _on_lookup_answered(self, event: events.LookupAnswered) -> None:
        if self.closing is not None or not self.visit.lookup_answered(event.request_id, event.facts):
            self.note("late", what="lookup-answered", request=event.request_id)

    def _on_lookup_failed(self, event: events.LookupFailed) -> None:
        if self.closing is None and self.visit.lookup_failed(event.request_id, event.reason):
            self.note("lookup-failed", request=event.request_id, reason=event.reason)
        else:
            self.note("late", what="lookup-failed", request=event.request_id)

    def _on_agent_answered(self, event: events.AgentAnswered) -> None:
        if self.closing is None and self.visit.agent_answered(event.request_id):
            self.note("agent-answered", request=event.request_id)
        else:
            self.note("late", what="agent-answered", request=event.request_id)

    def _on_transfer_ended(self, event: events.TransferEnded) -> None:
        if self.closing is None and self.visit.transfer_ended(event.request_id, event.reason):
            self.note("transfer-ended", request=event.request_id, reason=event.reason)
        else:
            self.note("late", what="transfer-ended", request=event.request_id)

    def _on_hang_up(self, _event: events.CallerHungUp) -> None:
        self.note("caller-hung-up")
        self.visit.caller_gone("hang-up")
        self.hang_up(self.closing or self.visit.parting or ("completed" if self.served else "abandoned"))

    def _on_line_failed(self, event: events.LineFailed) -> None:
        self.note("line-failed", reason=event.reason)
        self.visit.caller_gone("cancelled")
        self.hang_up("failed")

    # -- time ------------------------------------------------------------------------------------------------------

    def _timer(self, name: str) -> None:
        limit = self.exchange.flow.call_limit
        if name == "call-end":
            self.note("call-limit")
            self.flush()
            self.hush()
            self.visit.leave()
            self.say(limit.goodbye)
            self.give_up()
        elif name == "call-warning":
            if self.closing is None and self.visit.parting is None:
                if not self.visit.hearing:
                    self.timers.pop("input", None)  # starts again when the warning has been heard
                self.say(limit.warning)
        elif name != "head":  # at the end of a protected head, settling feeds the kept keys
            self.visit.timer(name)


def _last_four(caller_number: str) -> str:
    """What may be read out to the caller; "" for a withheld number, or none that could be called back."""
    digits = "".join(filter(str.isdecimal, caller_number))
    return digits[-4:] if digits.isascii() and len(digits) > 4 else ""


_REACTIONS: dict[type, Callable[..., None]] = {
    events.CallAnswered: CallSession._on_answered,
    events.KeyPressed: CallSession._on_key,
    events.SpeechStarted: CallSession._on_speech_started,
    events.UtteranceHeard: CallSession._on_utterance,
    events.PromptFinished: CallSession._on_prompt_finished,
    events.LookupAnswered: CallSession._on_lookup_answered,
    events.LookupFailed: CallSession._on_lookup_failed,
    events.AgentAnswered: CallSession._on_agent_answered,
    events.TransferEnded: CallSession._on_transfer_ended,
    events.CallerHungUp: CallSession._on_hang_up,
    events.LineFailed: CallSession._on_line_failed,
}
