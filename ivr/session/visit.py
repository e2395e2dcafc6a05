"""A visit: one stay of a call at one node. What each kind of node does with keys, words and silence.

A visit decides; the session carries out. A visit may call, on its session: ``say``, ``go`` (follow an edge once the
current step is over), ``choose`` (the same, as an answer of the caller), ``fail`` (no-input, no-match, error),
``set_timer``/``cancel_timer``, ``do`` (an action), ``note`` (the log) and ``know`` (facts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.mandarin.understanding import Offer, Understanding, understand
from ivr.session.actions import Disposition, Listen
from ivr.session.events import Facts

if TYPE_CHECKING:
    from ivr.mandarin.heard_number import Ways
    from ivr.session.call_session import CallSession
    from ivr.session.exchange import NodePlan, Option


class Visit:
    """Base of all kinds: takes no input, and stays until something happens."""

    __slots__ = ("call", "plan")
    takes_keys = False
    takes_speech = False
    secret = False  # what is typed or said here must not be kept
    hearing = False  # the caller is speaking; a timer waits for what they say
    hotword = False  # only speech that means something here interrupts a prompt
    hears_yes_no = False
    hears_digits = False
    parting: Disposition | None = None  # what the call came to, where nothing but a goodbye is left

    def __init__(self, call: CallSession, plan: NodePlan) -> None:
        self.call = call
        self.plan = plan

    def enter(self) -> None:
        """The node was entered and its prompt queued."""

    def prompts_done(self) -> None:
        """Nothing plays any more and nothing is queued."""

    def key(self, key: str, fresh: bool) -> None:
        """A key that the session lets through; ``fresh`` is False for one typed ahead of this node."""

    def lengthen(self, key: str) -> bool:
        """Takes a key that only makes an entry longer, while nothing plays; False if there is more to it."""
        return False

    def speech_started(self) -> None:
        pass

    def utterance(self, text: str, confidence: float, ways: Ways) -> bool:
        """What the caller said, and all ways in which it may have been heard; True if it meant something here."""
        return False

    def timer(self, name: str) -> None:
        """One of the visit's own timers ran out."""

    def lookup_answered(self, request_id: int, facts: Facts) -> bool:
        """True if the answer was expected."""
        return False

    def lookup_failed(self, request_id: int, reason: str) -> bool:
        return False

    def agent_answered(self, request_id: int) -> bool:
        return False

    def transfer_ended(self, request_id: int, reason: str) -> bool:
        return False

    def leave(self) -> None:
        """The call goes elsewhere, or ends."""

    def caller_gone(self, reason: str) -> None:
        """The caller is gone (hang-up), or the line is (cancelled); the last chance to save what they left."""

    # -- what is on offer ------------------------------------------------------------------------------------------

    def options(self) -> tuple[Option, ...]:
        """The choices and commands whose guards hold now."""
        plan = self.plan
        if plan.unguarded:
            return plan.options
        holds = self.call.exchange.menu.guards.holds
        return tuple(option for option in plan.options if holds(option.guard, self.call))

    def offers(self) -> tuple[Offer, ...]:
        if self.plan.unguarded:
            return self.plan.offers
        return tuple(option.offer for option in self.options())

    def option_of_key(self, key: str) -> Option | None:
        holds = self.call.exchange.menu.guards.holds
        for option in self.plan.options:
            if option.offer.key == key and (option.guard is None or holds(option.guard, self.call)):
                return option
        return None

    def take(self, option: Option) -> None:
        """The caller chose this."""
        if option.command is None:
            self.call.note("choice", choice=option.trigger)
            self.call.choose(option.trigger)
        else:
            self.call.note("command", command=option.trigger)
            self.call.command(option)

    def understood(self, text: str) -> Understanding:
        return understand(text, self.offers(), yes_no=self.hears_yes_no, digits=self.hears_digits)

    def recognises(self, text: str) -> bool:
        """Whether the text means anything here."""
        meaning = self.understood(text)
        return meaning.meaning != "nothing" or meaning.edit == "clear"

    def take_meaning(self, meaning: Understanding) -> bool:
        """Takes a choice by its id; False if it is none."""
        if meaning.meaning == "choice":
            for option in self.options():
                if option.offer.id == meaning.value:
                    self.take(option)
                    return True
        return False

    def listen(self, *, digits: bool = False, extra_keys: str = "", phrases: tuple[str, ...] = ()) -> Listen:
        """What the line should listen for."""
        end_ms = self.call.timing.end_of_speech
        key = (end_ms, digits, extra_keys, phrases)
        known = self.plan.listens.get(key) if self.plan.unguarded else None
        if known is None:
            options = self.options()
            keys = "0123456789*#" if digits else extra_keys + "".join(option.offer.key for option in options)
            keys = "".join(dict.fromkeys(keys))  # a key that a node rebinds is offered twice
            said = tuple(phrase for option in options for phrase in option.offer.phrases)
            known = Listen(self.plan.id, keys, phrases + said, digits, self.secret, end_ms, self.call.bands.reject)
            if self.plan.unguarded:
                self.plan.listens[key] = known
        return known
