"""One virtual caller: what they want, and what they do when the hotline waits for them.

Theory of operation. Everything that chance decides is drawn from one generator made of the seed and the number of the
caller, so a caller lives the same life in any process and in any company. A caller knows the way to their goal
(``crowd_routes``), but has to hear the key first unless they know the menu; fingers slip, some say nothing, some speak
and are misunderstood.

The recogniser's confusion: an utterance is understood, rejected, or taken for another phrase on offer, the likelier
the more characters the two share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from ivr.accounts.people_sketch import SyntheticPerson
from ivr.callflow.nodes import Confirm, EntryField, Menu, Record, Survey, Transfer
from ivr.session.actions import PlayPrompt
from ivr.session.call_session import CallSession
from ivr.session.events import CallerHungUp, Event, KeyPressed, SpeechStarted, UtteranceHeard
from ivr.testing.crowd_routes import Route
from ivr.testing.personas import Persona

MS_PER_CHARACTER = 250
_NEIGHBOURS = {
    "1": "24", "2": "135", "3": "26", "4": "157", "5": "2468", "6": "359", "7": "48", "8": "5790", "9": "68",
    "0": "8*#", "*": "70", "#": "90",
}  # fmt: skip
_KEYS = {key: KeyPressed(key) for key in "0123456789*#"}
_SPOKEN = dict(zip("0123456789*#", "零一二三四五六七八九星井", strict=True))
_NEW_PASSWORD = "135790"  # noqa: S105 - what a virtual caller changes a synthetic password to
_NEW_WORDS = ("new", "confirm", "again", "repeat")  # in the name of a fact that stores a password to change to
_HANGS_UP = CallerHungUp()
_SPREAD = 0.4  # of the logarithm of a time

Acts = list[tuple[int, Event]]
"""What a caller is about to do: (milliseconds since the call was answered, event), in order of time."""


@dataclass(slots=True)
class Caller:
    persona: Persona
    goal: str
    route: Route
    person: SyntheticPerson
    rng: Random
    served: bool = False
    knows_menu: bool = field(init=False)
    speaks: bool = field(init=False)

    def __post_init__(self) -> None:
        self.knows_menu = self.rng.random() < self.persona.knows_menu
        self.speaks = self.rng.random() < self.persona.speaks

    def about(self, median_ms: int) -> int:
        """A time around the median, never negative."""
        return int(median_ms * math.exp(self.rng.gauss(0.0, _SPREAD)))

    def turn(self, call: CallSession, playing: PlayPrompt | None) -> Acts | None:
        """What to do, now that the hotline takes input; None to go on listening, an empty list to stay silent."""
        node = call.visit.plan.node
        if self.served and not isinstance(node, Record):
            return None if playing is not None else [(call.at + self.about(self.persona.thinking_ms), _HANGS_UP)]
        wanted = self._wanted(call)
        since_ms = 0
        if playing is not None and not self.knows_menu:
            heard_ms = self._said_after(call, playing, wanted) if isinstance(node, Menu) else None
            if heard_ms is None:
                return None
            since_ms = heard_ms
        rng, persona = self.rng, self.persona
        if persona.stays_silent and rng.random() < persona.stays_silent:
            return []
        at = call.at + since_ms + self.about(persona.thinking_ms)
        match node:
            case EntryField():
                return self._type(at, self._value(node), node.entry)
            case Survey():
                return self._press(at, rng.choice(list(node.ratings))) if rng.random() < 0.6 else []
            case Record():
                return self._leave_message(at)
            case Transfer():
                return []
        if not wanted[0]:
            return [(at, _HANGS_UP)]  # nothing here leads where they want to go
        if wanted[1] and (self.speaks or not wanted[0].strip()):
            return self._say(at, rng.choice(wanted[1]), call)
        return self._press(at, wanted[0]) if wanted[0].strip() else [(at, _HANGS_UP)]

    # -- what ------------------------------------------------------------------------------------------------------

    def _wanted(self, call: CallSession) -> tuple[str, Sequence[str]]:
        """The key (" " where it has none) and the phrases that lead to the goal; ("", ()) where nothing does."""
        node = call.visit.plan.node
        trigger = self.route.trigger(call.position)
        if isinstance(node, Confirm) and trigger in ("yes", "no"):
            return (node.yes_key, ("是的", "对的")) if trigger == "yes" else (node.no_key, ("不是", "不对"))
        for option in call.visit.options():
            if option.trigger == trigger:
                return option.offer.key or " ", option.offer.phrases
        return "", ()

    def _said_after(self, call: CallSession, playing: PlayPrompt, wanted: tuple[str, Sequence[str]]) -> int | None:
        """Milliseconds from now until the wanted key has been said; None when this prompt does not say it."""
        key = wanted[0]
        if not key.strip():
            return None
        found = max(playing.text.find(f"按{key}"), playing.text.find(f"按{_SPOKEN[key]}"))
        if found < 0:
            return None
        share = min((found + 2) / len(playing.text), 1.0)
        said_at = call.playback.started_at + playing.delay_ms + int(playing.speaking_ms * share)
        return max(said_at - call.at, 0)

    def _value(self, node: EntryField) -> str:
        person = self.person.person
        match node.entry.kind:
            case "id-number":
                return (person.certno or person.ss_card_no or "").replace("X", "*")
            case "card-number":
                return person.ss_card_no or person.certno
            case "password":
                changes = any(word in node.stores for word in _NEW_WORDS)
                return _NEW_PASSWORD if changes else self.person.password
        return "".join(self.rng.choice("123456789") for _ in range(node.entry.longest))

    # -- how -------------------------------------------------------------------------------------------------------

    def _finger(self, key: str) -> Event:
        if self.rng.random() < self.persona.wrong_key:
            key = self.rng.choice(_NEIGHBOURS[key])
        return _KEYS[key]

    def _press(self, at: int, key: str) -> Acts:
        return [(at, self._finger(key))]

    def _type(self, at: int, value: str, entry: object) -> Acts:
        terminator, longest = getattr(entry, "terminator", None), getattr(entry, "longest", 0)
        pace_ms, finger, gauss = self.persona.pace_ms, self._finger, self.rng.gauss
        acts: Acts = []
        for key in value:
            if key in _KEYS:
                acts.append((at, finger(key)))
                at += int(pace_ms * math.exp(gauss(0.0, _SPREAD)))
        if terminator and len(value) < longest:
            acts.append((at, _KEYS[terminator]))
        return acts

    def _say(self, at: int, phrase: str, call: CallSession) -> Acts:
        rng, persona = self.rng, self.persona
        chance = rng.random()
        text, confidence = phrase, rng.uniform(0.75, 1.0)
        if chance > persona.heard_right:
            text, confidence = "", 0.0
            if chance > persona.heard_right + persona.heard_nothing:
                text, confidence = self._confused(phrase, call), rng.uniform(0.4, 0.9)
        ends_at = at + len(phrase) * MS_PER_CHARACTER + call.timing.end_of_speech
        return [(at, SpeechStarted()), (ends_at, UtteranceHeard(text, confidence))]

    def _confused(self, phrase: str, call: CallSession) -> str:
        others = [one for option in call.visit.options() for one in option.offer.phrases if one != phrase]
        if not others:
            return ""
        meant = set(phrase)
        return self.rng.choices(others, [1 + 4 * len(meant & set(one)) for one in others])[0]

    def _leave_message(self, at: int) -> Acts:
        spoken_ms = self.about(8_000)
        said = at + spoken_ms
        return [(at, SpeechStarted()), (said, UtteranceHeard("请给我回电话", 0.9)), (said + 1_000, _KEYS["#"])]
