"""A field: collects one value by keys or speech. The rules of the entry itself are in ``digit_entry``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.callflow.nodes import EntryField
from ivr.identity_number import check_number
from ivr.session.digit_entry import DigitEntry, Outcome
from ivr.session.listening_visits import ListeningVisit

if TYPE_CHECKING:
    from ivr.session.call_session import CallSession
    from ivr.session.exchange import NodePlan


class FieldVisit(ListeningVisit):
    __slots__ = ("entry", "field", "secret")
    hears_digits = True

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        super().__init__(call, plan)
        assert isinstance(plan.node, EntryField)  # noqa: S101 - the visit class is chosen by the node's kind
        self.field = plan.node
        self.secret = plan.node.entry.secret
        self.entry = self._new_entry()

    def _new_entry(self) -> DigitEntry:
        keys = "".join(option.offer.key for option in self.options())
        return DigitEntry(self.field.entry, keys)

    def enter(self) -> None:
        self.call.offer(self.listen(digits=True))

    def prompts_done(self) -> None:
        if self.entry.typed:
            self._await_next_digit()
        else:
            super().prompts_done()

    def key(self, key: str, fresh: bool) -> None:
        self.stop_hearing()
        if self.entry.spoken or not self.entry.typed:
            self.call.stop_listening()
        self._ended(self.entry.press(key))

    def utterance(self, text: str, confidence: float) -> bool:
        if self.entry.typed and not self.entry.spoken:
            return False  # keys beat speech
        self.stop_hearing()
        if self.field.entry.kind == "id-number" and not self.entry.typed:
            check = check_number(text, self.call.now().date())
            if check.kind is not None:
                self._ended(Outcome("submitted", check.normalised, "speech-final"))
                return True
        meaning = self.understood(text)
        if confidence >= self.call.bands.reject and (meaning.meaning == "digits" or meaning.edit == "clear"):
            self._ended(self.entry.say(meaning.value, meaning.edit))
            return True
        if confidence >= self.call.bands.reject and self.take_meaning(meaning):
            return True
        self._failed("no-match")
        return False

    def silence(self, heard: bool) -> None:
        if self.entry.typed:
            self._ended(self.entry.silence())
        else:
            super().silence(heard)

    def _await_next_digit(self) -> None:
        own = self.field.timing.inter_digit
        self.call.set_timer("input", self.call.timing.inter_digit if own is None else own)

    def _ended(self, outcome: Outcome) -> None:
        match outcome.ending:
            case "open":
                self._await_next_digit()
            case "cleared":
                self.call.note("cleared", node=self.plan.id)
                if self.field.cleared:
                    self.call.say(self.field.cleared)
                else:
                    self.call.reprompt()
            case "submitted":
                self._submitted(outcome)
            case "command":
                self._commanded(outcome.value)
            case "no-input":
                self._failed("no-input")
            case "incomplete" | "too-long":
                self.call.note("collected", node=self.plan.id, reason=outcome.ending, digits=len(outcome.value))
                self._failed("no-match")

    def _submitted(self, outcome: Outcome) -> None:
        value = outcome.value
        if self.field.entry.kind in ("id-number", "card-number"):
            check = check_number(value, self.call.now().date())
            if check.kind is None:
                self.call.note(
                    "collected", node=self.plan.id, reason="refused", refusal=check.refusal, digits=len(value)
                )
                self._failed("no-match", check.refusal)
                return
            value = check.normalised
        self.call.note("collected", node=self.plan.id, reason=outcome.reason, digits=len(value))
        self.call.know({self.field.stores: value, "entry.tail": value[-4:]}, secret=self.secret)
        if outcome.reason == "max-digits":
            self.call.expect_trailing(self.field.entry.terminator)
        self.call.choose("next")

    def _commanded(self, key: str) -> None:
        self.entry = self._new_entry()
        option = self.option_of_key(key)
        if option is None:
            self._failed("no-match")
        else:
            self.take(option)

    def _failed(self, failure: str, refusal: str = "") -> None:
        self.entry = self._new_entry()
        sayings = dict(self.field.refusals).get(refusal) if refusal else None  # type: ignore[call-overload]  # any str may be asked
        self.call.fail(failure, sayings)
