"""One virtual caller: what they want, and what they do when the hotline waits for them.

Theory of operation. Everything that chance decides is drawn from one generator made of the seed and the number of the
caller, so a caller lives the same life in any process and in any company. A caller knows the way to their goal
(``crowd_routes``), but has to hear the key first unless they know the menu; fingers slip, some say nothing, some speak
and are misunderstood (``crowd_hearing``). Who says a number, says it in groups, and keys it once it has been refused.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from ivr.accounts.people_sketch import SyntheticPerson
from ivr.callflow.nodes import Confirm, Entry, EntryField, Menu, Record, Survey, Transfer
from ivr.session.actions import PlayPrompt
from ivr.session.call_session import CallSession
from ivr.session.events import CallerHungUp, Event, KeyPressed, SpeechStarted, UtteranceHeard
from ivr.testing.crowd_hearing import heard_digits, heard_phrase
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
_ID_GROUPS = (0, 6, 10, 14, 18)  # how an identity number is said (GB 11643: place, year, day, the rest)
_GROUP = 4  # digits of any other number said in one breath; six or fewer are one group

_NO_KEY = " "
_NOTHING: tuple[str, Sequence[str]] = ("", ())

Acts = list[tuple[int, Event]]
"""What a caller is about to do: (milliseconds since the call was answered, event), in order of time."""


@dataclass(slots=True)
class Caller:
    persona: Persona
    goal: str
    keyed: Route  # to the goal, for one who presses keys
    spoken: Route  # the same for one who speaks
    person: SyntheticPerson
    rng: Random
    served: bool = False
    knows_menu: bool = field(init=False)
    speaks: bool = field(init=False)
    says_numbers: bool = field(init=False)

    def __post_init__(self) -> None:
        self.knows_menu = self.rng.random() < self.persona.knows_menu
        self.speaks = self.rng.random() < self.persona.speaks
        self.says_numbers = self.speaks and self.rng.random() < self.persona.says_numbers

    def about(self, median_ms: int) -> int:
        """A time around the median, never negative."""
        return int(median_ms * math.exp(self.rng.gauss(0.0, _SPREAD)))

    def turn(self, call: CallSession, playing: PlayPrompt | None) -> Acts | None:
        """What to do, now that the hotline takes input; None to go on listening, an empty list to stay silent."""
        node = call.visit.plan.node
        if self.served and not isinstance(node, Record):
            return None if playing is not None else [(call.at + self.about(self.persona.thinking_ms), _HANGS_UP)]
        wanted = _NOTHING if isinstance(node, EntryField) else self._wanted(call)
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
                return self._enter(at, node, call)
            case Survey():
                return self._press(at, rng.choice(list(node.ratings))) if rng.random() < 0.6 else []
            case Record():
                return self._leave_message(at)
            case Transfer():
                return []
        key, phrases = wanted
        if phrases and (self.speaks or key == _NO_KEY):
            offered = [phrase for option in call.visit.options() for phrase in option.offer.phrases]
            phrase = rng.choice(phrases)
            return self._say(at, phrase, heard_phrase(rng, persona, phrase, offered), call)
        if not key or key == _NO_KEY:
            return [(at, _HANGS_UP)]  # nothing here leads where they want to go
        return self._press(at, key)

    # -- what ------------------------------------------------------------------------------------------------------

    def _wanted(self, call: CallSession) -> tuple[str, Sequence[str]]:
        """The key (``_NO_KEY`` where it has none) and the phrases that lead to the goal; ``_NOTHING`` if none does."""
        node = call.visit.plan.node
        trigger = (self.spoken if self.speaks else self.keyed).trigger(call.position)
        if isinstance(node, Confirm) and trigger in ("yes", "no"):
            return (node.yes_key, ("是的", "对的")) if trigger == "yes" else (node.no_key, ("不是", "不对"))
        for option in call.visit.options():
            if option.trigger == trigger:
                return option.offer.key or _NO_KEY, option.offer.phrases
        return _NOTHING

    def _said_after(self, call: CallSession, playing: PlayPrompt, wanted: tuple[str, Sequence[str]]) -> int | None:
        """Milliseconds from now until the wanted key has been said; None when this prompt does not say it."""
        key = wanted[0]
        if not key or key == _NO_KEY:
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

    def _enter(self, at: int, node: EntryField, call: CallSession) -> Acts:
        value = self._value(node)
        may_say = self.says_numbers and not call.failures and value.rstrip("*").isdecimal()
        return self._say_number(at, value.replace("*", "X"), call) if may_say else self._type(at, value, node.entry)

    def _type(self, at: int, value: str, entry: Entry) -> Acts:
        pace_ms, finger, gauss = self.persona.pace_ms, self._finger, self.rng.gauss
        acts: Acts = []
        for key in value:
            if key in _KEYS:
                acts.append((at, finger(key)))
                at += int(pace_ms * math.exp(gauss(0.0, _SPREAD)))
        if entry.terminator and len(value) < entry.longest:
            acts.append((at, _KEYS[entry.terminator]))
        return acts

    def _say_number(self, at: int, value: str, call: CallSession) -> Acts:
        acts: Acts = []
        for start, stop in pairwise(_breaths(len(value))):
            group = value[start:stop]
            acts += self._say(at, group, heard_digits(self.rng, self.persona, group), call)
            at = acts[-1][0] + self.about(self.persona.pace_ms)
        return acts

    def _say(self, at: int, said: str, heard: UtteranceHeard, call: CallSession) -> Acts:
        ends_at = at + len(said) * MS_PER_CHARACTER + call.timing.end_of_speech
        return [(at, SpeechStarted()), (ends_at, heard)]

    def _leave_message(self, at: int) -> Acts:
        spoken_ms = self.about(8_000)
        said = at + spoken_ms
        return [(at, SpeechStarted()), (said, UtteranceHeard("请给我回电话", 0.9)), (said + 1_000, _KEYS["#"])]


def _breaths(size: int) -> tuple[int, ...]:
    """Where the groups of a spoken number of that many digits begin, and where the last one ends."""
    if size == _ID_GROUPS[-1]:
        return _ID_GROUPS
    return (0, size) if size <= _ID_GROUPS[1] else (*range(0, size, _GROUP), size)
