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

Values may be spoken, in groups with pauses: the entry stays open for the next group. Where the document says so
(``spoken``), the first value said into a field is not taken and keys are advised; and after so many spoken values
that came to nothing (not understood, refused, or denied later, so that the call came back here) it takes keys only.
Whether a value is read back and confirmed is the document's business: the fact ``entry.spoken`` tells how it came.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.callflow.nodes import EntryField
from ivr.identity_number import check_number
from ivr.mandarin.heard_number import Ways, identity_number_of, said_in_digits
from ivr.session.digit_entry import OPEN, DigitEntry, Outcome
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
        self._offer()
        if self._keys_only:
            self.call.say(self.field.spoken.keys_only)

    def _offer(self) -> None:
        listen = self.listen(digits=True)
        self.call.offer(replace(listen, digits=False) if self._keys_only else listen)

    @property
    def _keys_only(self) -> bool:
        spoken = self.field.spoken
        return bool(spoken.keys_only) and self.call.spoken_tries.get(self.plan.id, 0) >= spoken.failures

    def prompts_done(self) -> None:
        if self.entry.typed and not self.hearing:
            self._await_next_digit()
        else:
            super().prompts_done()

    def key(self, key: str, fresh: bool) -> None:
        self.stop_hearing()
        if self.entry.spoken or not self.entry.typed:
            self.call.stop_listening()
        outcome = self.entry.press(key)
        if outcome is OPEN:  # most keys of a number
            self._await_next_digit()
        else:
            self._ended(outcome)

    def lengthen(self, key: str) -> bool:
        if not self.entry.lengthen(key):
            return False
        self._await_next_digit()
        return True

    def speech_started(self) -> None:
        if not self.entry.typed or self.entry.spoken:  # keys beat speech: what is said now moves no timer
            super().speech_started()

    def utterance(self, text: str, confidence: float, ways: Ways) -> bool:
        if self.entry.typed and not self.entry.spoken:
            return False  # keys beat speech
        self.stop_hearing()
        meaning = self.understood(text)
        ways = said_in_digits(ways, meaning.edit) if meaning.meaning == "digits" else ()  # a command stays a command
        number = self._whole_number(text, confidence, ways, mends=meaning.edit != "append")
        if number or confidence >= self.call.bands.reject:
            if number or meaning.meaning == "digits" or meaning.edit == "clear":
                if self._takes_spoken(number or meaning.value):
                    say = self.entry.say
                    self._ended(self._said_at_once(number) if number else say(meaning.value, meaning.edit, ways))
                return True
            if self.take_meaning(meaning):
                return True
        self._failed("no-match", "speech-final")
        return False

    def _whole_number(self, text: str, confidence: float, ways: Ways, *, mends: bool) -> str:
        """The number, if with these words all its characters were said, as its rules write it.

        One with a check digit vouches for itself, whichever way it was heard; any other must have been heard well.
        """
        if self.field.entry.kind != "id-number":
            return ""
        today = self.call.now().date()
        number = identity_number_of((ways,), today)
        if not number and not mends:
            number = identity_number_of((*self.entry.groups, ways), today)
        if number or self.entry.typed or confidence < self.call.bands.reject:
            return number
        check = check_number(text, today)
        return check.normalised if check.kind is not None else ""

    def _said_at_once(self, number: str) -> Outcome:
        self.entry.spoken = True
        return Outcome("submitted", number, "speech-final")

    def _takes_spoken(self, digits: str) -> bool:
        """Whether digits may be said now; if not, the caller is told to use the keys."""
        advice = self.field.spoken.advise_keys
        if not digits:
            return True
        if self._keys_only:
            self._failed("no-match", "speech-final")
            return False
        if advice and self.plan.id not in self.call.keys_advised:
            self.call.keys_advised.add(self.plan.id)
            self.call.note("keys-advised", node=self.plan.id)
            self.call.say(advice)
            return False
        return True

    def _count_spoken(self) -> None:
        tries = self.call.spoken_tries
        tries[self.plan.id] = min(tries.get(self.plan.id, 0) + 1, self.field.spoken.failures)

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
        own = self.plan.inter_digit
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
        self._offer()
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
        spoken = self.entry.spoken
        if spoken:
            self._count_spoken()  # unless the call comes back here, nobody will ask
        facts = {self.field.stores: value, "entry.tail": value[-4:], "entry.spoken": "yes" if spoken else "no"}
        self.call.know(facts, secret=self.secret)
        self.call.choose("next")

    def _commanded(self, outcome: Outcome) -> None:
        option = self.option_of_key(outcome.value)
        if option is None:  # its guard has changed since the entry began
            self._failed("no-match", outcome.reason)
            return
        self.entry = self._new_entry()
        self.take(option)
        if self.call.pending is None:
            self._offer()

    def _collected(self, reason: str, result: str, digits: int, **more: str) -> None:
        self._open = False
        self.call.note("collected", node=self.plan.id, reason=reason, result=result, digits=digits, **more)

    def _failed(self, failure: str, reason: str, result: str = "nothing", digits: int = 0, refusal: str = "") -> None:
        """Ends the collection, and begins another unless the failure leads elsewhere."""
        if refusal:
            self._collected(reason, result, digits, refusal=refusal)
        else:
            self._collected(reason, result, digits)
        spoken = self.entry.spoken or reason == "speech-final"
        self.entry = self._new_entry()
        sayings = dict(self.field.refusals).get(refusal) if refusal else None  # type: ignore[call-overload]  # any str may be asked
        if spoken:
            self._count_spoken()
            if self._keys_only:
                sayings = (*(sayings or ()), *self.field.spoken.keys_only)
        self.call.fail(failure, sayings)
        if self.call.after is None and self.call.closing is None:
            self._open = True
            self._offer()
