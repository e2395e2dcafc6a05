"""What each event does to a call. When it is allowed to, and what follows from it, is decided in ``call_session``.

A key is used at once, or kept while what plays is protected or nobody takes keys. Speech counts only where it is
expected; what a caller says during a prompt that may not be interrupted is lost.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.callflow.values import KEYS
from ivr.session import events
from ivr.session.call_log import tail
from ivr.session.call_steps import CallSteps

TYPED_AHEAD_LIMIT = 128  # more keys than any path through a menu and two numbers needs; the rest is dropped
NO_KEY = "?"  # anything that is none of the twelve keys: nothing is bound to it


class CallEvents(CallSteps):
    __slots__ = ()

    def takes_key_now(self) -> bool:
        """Whether a kept key may be used now, or a protected prompt must be heard first."""
        playback = self.playback
        if not self.visit.takes_keys or self.closing is not None:
            return False
        if playback.playing is not None:
            return playback.interruptible(self.at)
        if playback.queue:
            barge_in = self.exchange.wordings.template(playback.queue[0][0]).barge_in
            return barge_in.mode != "off" and not barge_in.protected_ms
        return True

    def take_key(self, key: str, fresh: bool) -> None:
        trailing, self.trailing = self.trailing, ""
        if key == trailing:
            if not fresh:
                self.note("key-taken", key=key, ignored=True)
            return
        if not fresh:
            self.note("key-taken", key=self.shown(key))
        if not self.playback.idle:
            self.hush()
        self.key_gap = True
        if self.after is not None:
            self.ahead.appendleft(key)
            self.pending, self.after = self.after, None
        else:
            self.visit.key(key, fresh)

    def on_answered(self, event: events.CallAnswered) -> None:
        if self.answered:
            return
        self.answered = True
        self.local_time = event.local_time
        self.facts["caller.number"] = event.caller_number
        self.facts["caller.number-tail"] = _last_four(event.caller_number)
        self.secrets.add("caller.number")
        self.facts["call.now"] = event.local_time.strftime("%H:%M")  # and again whenever it is said
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
        self.enter(self.position.state)

    def on_key(self, event: events.KeyPressed) -> None:
        if self.told and self.visit.lengthen(event.key):  # the short way for most keys: nothing plays, nothing is kept
            self.key_gap = True
            self.note("key-pressed", key=self.shown(event.key))
            return
        key = event.key if len(event.key) == 1 and event.key in KEYS else NO_KEY
        if self.closing is not None:
            return
        if not self.ahead and self.at > self.trailing_until:
            self.trailing = ""
        if key == self.trailing and not self.ahead:
            self.trailing = ""
            self.note("key-pressed", key=key, ignored=True)
        elif self.ahead or not self.takes_key_now():
            if len(self.ahead) < TYPED_AHEAD_LIMIT:
                self.ahead.append(key)
                self.note("key-pressed", key=self.HIDDEN_KEY, ahead=True)
                if self.playback.protected_until > self.at:
                    self.timers["head"] = self.playback.protected_until
        else:
            goes_on = self.after is not None  # to a node that is not known yet to be secret
            self.note("key-pressed", key=self.HIDDEN_KEY if goes_on else self.shown(key))
            self.take_key(key, fresh=True)

    def on_speech_started(self, _event: events.SpeechStarted) -> None:
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

    def on_utterance(self, event: events.UtteranceHeard) -> None:
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
            hotword_only = visit.hotword or playing.barge_in.mode == "hotword"
            if hotword_only and (confidence < self.bands.reject or not visit.recognises(text)):
                return
            self.hush()
        visit.utterance(text, confidence, ((event.text, event.confidence), *event.alternatives))

    def _best(self, event: events.UtteranceHeard) -> tuple[str, float]:
        """The first alternative that means something here; the utterance itself if none does."""
        if not event.alternatives:
            return event.text, event.confidence
        for text, confidence in ((event.text, event.confidence), *event.alternatives):
            if text and self.visit.recognises(text):
                return text, confidence
        return event.text, event.confidence

    def on_prompt_finished(self, event: events.PromptFinished) -> None:
        playing = self.playback.playing
        if self.playback.finish(event.play_id) and playing is not None:
            self.note("prompt-finished", prompt=playing.prompt_id)
            self.timers.pop("head", None)

    def on_lookup_answered(self, event: events.LookupAnswered) -> None:
        if self.closing is not None or not self.visit.lookup_answered(event.request_id, event.facts):
            self.note("late", what="lookup-answered", request=event.request_id)

    def on_lookup_failed(self, event: events.LookupFailed) -> None:
        if self.closing is None and self.visit.lookup_failed(event.request_id, event.reason):
            self.note("lookup-failed", request=event.request_id, reason=event.reason)
        else:
            self.note("late", what="lookup-failed", request=event.request_id)

    def on_agent_answered(self, event: events.AgentAnswered) -> None:
        if self.closing is None and self.visit.agent_answered(event.request_id):
            self.note("agent-answered", request=event.request_id)
        else:
            self.note("late", what="agent-answered", request=event.request_id)

    def on_transfer_ended(self, event: events.TransferEnded) -> None:
        if self.closing is None and self.visit.transfer_ended(event.request_id, event.reason):
            self.note("transfer-ended", request=event.request_id, reason=event.reason)
        else:
            self.note("late", what="transfer-ended", request=event.request_id)

    def on_hang_up(self, _event: events.CallerHungUp) -> None:
        self.note("caller-hung-up")
        self.visit.caller_gone("hang-up")
        disposition = self.closing or self.visit.parting or ("completed" if self.served else "abandoned")
        self.hang_up(disposition, by_caller=True)

    def on_line_failed(self, event: events.LineFailed) -> None:
        self.note("line-failed", reason=event.reason)
        self.visit.caller_gone("cancelled")
        self.hang_up("failed")


def _last_four(caller_number: str) -> str:
    """What may be read out to the caller; "" for a withheld number, or none that could be called back."""
    digits = "".join(filter(str.isdecimal, caller_number))
    return digits[-4:] if digits.isascii() and len(digits) > 4 else ""


REACTIONS: dict[type, Callable[..., None]] = {
    events.CallAnswered: CallEvents.on_answered,
    events.KeyPressed: CallEvents.on_key,
    events.SpeechStarted: CallEvents.on_speech_started,
    events.UtteranceHeard: CallEvents.on_utterance,
    events.PromptFinished: CallEvents.on_prompt_finished,
    events.LookupAnswered: CallEvents.on_lookup_answered,
    events.LookupFailed: CallEvents.on_lookup_failed,
    events.AgentAnswered: CallEvents.on_agent_answered,
    events.TransferEnded: CallEvents.on_transfer_ended,
    events.CallerHungUp: CallEvents.on_hang_up,
    events.LineFailed: CallEvents.on_line_failed,
}
