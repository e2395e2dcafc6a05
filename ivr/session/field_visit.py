"""A field: collects one value by keys or speech. The rules of the entry itself are in ``digit_entry``.

Theory of operation. A *collection* is one filling of the field: it begins when the field is entered, and again after
each failure that asks anew. It ends once, and then the log notes ``collected`` with one *reason*: those of the entry
(max-digits, terminator, inter-timeout, speech-final, command) and those that no entry knows:

    first-timeout   nothing was typed or said
    command         the caller took a command or a choice that leads elsewhere
    hang-up         the caller hung up
    cancelled       the call went elsewhere or ended by itself

``result`` says what became of it: accepted, refused (with the ``refusal``), incomplete, too-long, or nothing. Clearing
the entry, and commands that only say something (help, repeat), do not end a collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.callflow.nodes import EntryField
from ivr.identity_number import check_number
from ivr.session.digit_entry import DigitEntry, Outcome
from ivr.session.listening_visits import ListeningVisit

if TYPE_CHECKING:
    from ivr.session.call_session import CallSession
    from ivr.session.exchange import NodePlan, Option


class FieldVisit(ListeningVisit):
    __slots__ = ("_leaving_by", "_open", "entry", "field", "secret")
    hears_digits = True

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        super().__init__(call, plan)
        assert isinstance(plan.node, EntryField)  # noqa: S101 - the visit class is chosen by the node's kind
        self.field = plan.node
        self.secret = plan.node.entry.secret
        self.entry = self._new_entry()
        self._open = True
        self._leaving_by = "cancelled"

    def _new_entry(self) -> DigitEntry:
        keys = "".join(option.offer.key for option in self.options())
        return DigitEntry(self.field.entry, keys)

    def enter(self) -> None:
        self.call.offer(self.listen(digits=True))

    def prompts_done(self) -> None:
        if self.entry.typed and not self.hearing:
            self._await_next_digit()
        else:
            super().prompts_done()

    def key(self, key: str, fresh: bool) -> None:
        self.stop_hearing()
        if self.entry.spoken or not self.entry.typed:
            self.call.stop_listening()
        self._ended(self.entry.press(key))

    def speech_started(self) -> None:
        if not self.entry.typed or self.entry.spoken:  # keys beat speech: what is said now moves no timer
            super().speech_started()

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
        self._failed("no-match", "speech-final")
        return False

    def silence(self, heard: bool) -> None:
        if self.entry.typed:
            self._ended(self.entry.silence())
        elif heard:
            self._failed("no-match", "speech-final")
        else:
            self._failed("no-input", "first-timeout")

    def take(self, option: Option) -> None:
        self._leaving_by = "command"
        super().take(option)
        if self.call.pending is None:  # a command that stays
            self._leaving_by = "cancelled"

    def caller_gone(self, reason: str) -> None:
        self._leaving_by = reason

    def leave(self) -> None:
        super().leave()
        if self._open:
            self._collected(self._leaving_by, "nothing", len(self.entry.typed))

    def _await_next_digit(self) -> None:
        own = self.field.timing.inter_digit
        self.call.set_timer("input", self.call.timing.inter_digit if own is None else own)

    def _ended(self, outcome: Outcome) -> None:
        match outcome.ending:
            case "open":
                self._await_next_digit()
            case "cleared":
                self._cleared()
            case "submitted":
                self._submitted(outcome)
            case "command":
                self._commanded(outcome)
            case "no-input":
                self._failed("no-input", outcome.reason)
            case _:  # incomplete, too-long
                self._failed("no-match", outcome.reason, outcome.ending, len(outcome.value))

    def _cleared(self) -> None:
        self.call.note("cleared", node=self.plan.id)
        self.call.offer(self.listen(digits=True))
        if self.field.cleared:
            self.call.say(self.field.cleared)
        else:
            self.call.reprompt()

    def _submitted(self, outcome: Outcome) -> None:
        value = outcome.value
        if outcome.reason == "max-digits":
            self.call.expect_trailing(self.field.entry.terminator)
        if self.field.entry.kind in ("id-number", "card-number"):
            check = check_number(value, self.call.now().date())
            if check.kind is None:
                self._failed("no-match", outcome.reason, "refused", len(value), check.refusal)
                return
            value = check.normalised
        self._collected(outcome.reason, "accepted", len(value))
        self.call.know({self.field.stores: value, "entry.tail": value[-4:]}, secret=self.secret)
        self.call.choose("next")

    def _commanded(self, outcome: Outcome) -> None:
        option = self.option_of_key(outcome.value)
        if option is None:  # its guard has changed since the entry began
            self._failed("no-match", outcome.reason)
            return
        self.entry = self._new_entry()
        self.take(option)
        if self.call.pending is None:
            self.call.offer(self.listen(digits=True))

    def _collected(self, reason: str, result: str, digits: int, **more: str) -> None:
        self._open = False
        self.call.note("collected", node=self.plan.id, reason=reason, result=result, digits=digits, **more)

    def _failed(self, failure: str, reason: str, result: str = "nothing", digits: int = 0, refusal: str = "") -> None:
        """Ends the collection, and begins another unless the failure leads elsewhere."""
        if refusal:
            self._collected(reason, result, digits, refusal=refusal)
        else:
            self._collected(reason, result, digits)
        self.entry = self._new_entry()
        sayings = dict(self.field.refusals).get(refusal) if refusal else None  # type: ignore[call-overload]  # any str may be asked
        self.call.fail(failure, sayings)
        if self.call.after is None and self.call.closing is None:
            self._open = True
            self.call.offer(self.listen(digits=True))
