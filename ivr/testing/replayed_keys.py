"""Puts the keys back that an event log hides: which they were, as far as what became of them tells.

Keys are hidden for two reasons. Those typed ahead show when they are taken (``key-taken``), in the order in which they
were pressed. Those of a secret entry never show; ``collected`` tells how many they were and whether they broke a rule,
the lookup that follows tells whose they were, and the branch that follows whether two entries were the same.

A node that only passes a key on (an announcement, a node that is about to be left) takes it in the log, too: then
nothing but the next node stands between ``key-taken`` and the same key's next ``key-taken``.

Words said into a secret entry are hidden likewise, and told likewise: the last words of an entry are taken for all that
it collected, those before for a part of it. Words that the hotline did not take are taken for ones that it could not
understand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from ivr.callflow.document import FlowDocument
from ivr.callflow.edges import commands_at
from ivr.callflow.nodes import Branch, EntryField
from ivr.session.call_log import HIDDEN, Json, LogEntry
from ivr.testing.caller_keys import NEW_PASSWORD, WRONG_PASSWORD, person_by_number, wrong_number

_FILLING = "990000199001010000"  # digits of an entry that ended too early or too late
_PASSWORD_DIGITS = 6
_SIMPLE_PASSWORD = "123456"  # noqa: S105 - what the hotline refuses as too simple
_ID_OR_PERMIT = (18, 12)
_BETWEEN = ("stop-prompt", "play-prompt", "prompt-finished")  # say nothing about keys


@dataclass(slots=True)
class Keys:
    pressed: dict[int, str] = field(default_factory=dict)  # place in the log -> the key
    parts: dict[int, tuple[str, int]] = field(
        default_factory=dict
    )  # of a secret: the whole of it, and which key from 0
    spoken: dict[int, str | None] = field(default_factory=dict)  # place -> digits; "" not understood, None part of more
    secret_nodes: set[str] = field(default_factory=set)
    person: str = ""  # handle of the verified person


@dataclass(slots=True)
class _Entry:
    """One secret entry: where its keys stand in the log, and how it ended."""

    node: str
    places: list[int]
    digits: int
    result: str
    refusal: str
    by_terminator: bool
    spoken: bool = False
    same: bool | None = None  # as the entry that it is compared with


def typed_in(log: Sequence[LogEntry], flow: FlowDocument | None = None) -> Keys:
    """All keys of the log; ``flow`` tells the keys of commands."""
    return _Restoring(log, flow).keys


class _Restoring:
    def __init__(self, log: Sequence[LogEntry], flow: FlowDocument | None) -> None:
        self.flow = flow
        self.keys = Keys()
        self.ahead: deque[int] = deque()
        self.typing: list[int] = []  # places of hidden keys of the entry that is open
        self.saying: list[int] = []  # places of hidden words of the entry that is open
        self.waiting: list[_Entry] = []  # ended, but nobody has said yet whose they were
        self.certain: set[int] = set()  # places of keys that a command tells
        self.last_taken = 0  # place of the last key that somebody took
        self.handed_on = False  # that key goes on to the next node
        self.last_place = 0  # of a hidden key, until something is said
        self.takes = False  # a key was taken just now, and nobody has said what it meant
        self.node = ""
        self.query = ""
        self.psn_no = ""
        for number, entry in enumerate(log):
            self._read(number, entry)
            if entry.event not in _BETWEEN:
                self.takes = entry.event in ("key-pressed", "key-taken")
        self._settle({})

    def _read(self, number: int, entry: LogEntry) -> None:
        data = entry.data
        match entry.event:
            case "node-entered":
                self.handed_on = (
                    self.takes and str(data["by"]) != "empty"
                )  # a message without words ends in silence, too
                if self.handed_on:
                    self.typing = [place for place in self.typing if place != self.last_taken]
                self._fill(self.typing, "#" * len(self.typing))  # no entry collects them: the end of a message
                self._compare(str(data["by"]))
                self.node, self.typing, self.saying = str(data["node"]), [], []
            case "key-pressed" if data.get("ahead"):
                self.ahead.append(number)
            case "key-pressed" if not data.get("ignored"):
                self._taken(number, str(data["key"]))
            case "key-pressed":
                self.keys.pressed[number] = str(data["key"])
            case "key-taken" if data.get("ignored") and self.ahead:
                self.keys.pressed[self.ahead.popleft()] = str(data["key"])
            case "key-taken":
                place = self.last_taken if self.handed_on or not self.ahead else self.ahead.popleft()
                self._taken(place, str(data["key"]))
            case "flush":
                self.ahead.clear()
            case "cleared" if self.saying:
                self.keys.spoken |= dict.fromkeys(self.saying[:-1], _FILLING[:1]) | {self.saying[-1]: "*"}
                self.saying = []
            case "cleared":
                self._fill(self.typing[:-1], _FILLING)
                self._fill(self.typing[-1:], "*")
                self.typing = []
            case "command" if self.last_place and self.flow is not None:
                name = str(data["command"]).removeprefix("command.")
                command = commands_at(self.flow, self.node).get(name)
                if command is not None and command.key:
                    self.keys.pressed[self.last_place] = command.key
                    self.certain.add(self.last_place)
            case "utterance-heard":
                self.last_place = 0
                text = str(data["text"])
                if text and not text.strip(HIDDEN):
                    self.keys.secret_nodes.add(self.node)
                    self.saying.append(number)
            case "keys-advised" if self.saying:
                self.waiting.append(
                    _Entry(self.node, self.saying, _PASSWORD_DIGITS, "advised", "", by_terminator=False, spoken=True)
                )
                self.saying = []
            case "collected":
                self._collected(entry)
            case "look-up":
                self.query = str(data["query"])
            case "lookup-answered":
                facts = data.get("facts")
                self._settle(facts if isinstance(facts, dict) else {})

    def _taken(self, place: int, key: str) -> None:
        self.last_taken, self.handed_on = place, False
        if key == HIDDEN:
            self.keys.secret_nodes.add(self.node)
            self.typing.append(place)
            self.last_place = place
        else:
            self.keys.pressed[place] = key
            self.last_place = 0

    def _collected(self, entry: LogEntry) -> None:
        digits = entry.data.get("digits")
        reason = entry.data.get("reason")
        places, self.typing = self.typing, []
        said, self.saying = self.saying, []
        by_terminator = reason == "terminator"
        result, refusal = str(entry.data.get("result", "")), str(entry.data.get("refusal", ""))
        count = digits if isinstance(digits, int) else len(places)
        if said and not places and reason != "command":
            self.waiting.append(_Entry(self.node, said, count, result, refusal, by_terminator, spoken=True))
        else:
            self.waiting.append(_Entry(self.node, places, count, result, refusal, by_terminator))

    def _compare(self, by: str) -> None:
        """A branch was left: a case that asks whether two entries are the same tells whether they were."""
        node = self.flow.nodes.get(self.node) if self.flow is not None else None
        if self.flow is None or not isinstance(node, Branch):
            return
        for number, case in enumerate(node.cases, 1):
            name = (case.when or "").removeprefix("not ")
            guard = self.flow.guards.get(name)
            holds = (by == f"case.{number}") == (case.when == name)
            if guard is not None and guard.same_as is not None:
                self._tell_same({guard.fact, guard.same_as}, same=holds)
            if by == f"case.{number}":
                return

    def _tell_same(self, facts: set[str | None], *, same: bool) -> None:
        """Of the entries that store these facts, the last one is the same as another, or is not."""
        for one in reversed(self.waiting):
            node = self.flow.nodes.get(one.node) if self.flow is not None else None
            if isinstance(node, EntryField) and node.stores in facts:
                one.same = same
                return

    def _settle(self, facts: dict[str, Json]) -> None:
        """A lookup answered, or the call is over: now it is known whose the entries were."""
        if "person.id" in facts:
            self.psn_no = str(facts["person.id"])
        person = person_by_number(self.psn_no)
        if person is not None:
            self.keys.person = person.person.handle
        refused = self.query == "identify" and facts.get("identity.outcome") != "verified"
        for one in self.waiting:
            typed = _FILLING * 2
            if one.result == "advised":
                typed = WRONG_PASSWORD  # whose it was, nobody asked
            elif one.refusal:
                typed = wrong_number(one.refusal if one.refusal != "characters" else "length")
            elif one.result == "accepted" and one.digits == _PASSWORD_DIGITS:
                typed = self._password(one, person.password if person else "", facts, refused=refused)
            elif one.result == "accepted":
                typed = wrong_number("unknown")
                if person is not None and not refused:
                    certno, card = person.person.certno, person.person.ss_card_no or ""
                    typed = certno.replace("X", "*") if one.digits in _ID_OR_PERMIT else card[-one.digits :]
            self._type(one, typed)
        self.waiting = []

    def _password(self, one: _Entry, own: str, facts: dict[str, Json], *, refused: bool) -> str:
        name = one.node.rpartition(".")[2]
        outcome = facts.get("password.outcome")
        if any(word in name for word in ("new", "confirm")):
            if one.same is False:
                return WRONG_PASSWORD
            return {"too-simple": _SIMPLE_PASSWORD, "same": own}.get(str(outcome), NEW_PASSWORD)
        return WRONG_PASSWORD if refused or outcome == "wrong-old" or not own else own

    def _type(self, one: _Entry, typed: str) -> None:
        if one.spoken:
            self.keys.spoken |= dict.fromkeys(one.places[:-1]) | {one.places[-1]: typed[: one.digits]}
            return
        self._fill(one.places[: one.digits], typed)
        if len(typed) == one.digits and not self.certain.intersection(one.places):
            self.keys.parts |= {place: (typed, number) for number, place in enumerate(one.places[: one.digits])}
        self._fill(one.places[one.digits :], "#" if one.by_terminator else _FILLING)

    def _fill(self, places: Sequence[int], typed: str) -> None:
        for place, key in zip(places, typed, strict=False):
            if place not in self.certain:
                self.keys.pressed[place] = key
