"""What may happen next in a call, cut into classes: one input for each way in which the hotline can react.

Theory of operation. Wherever a call waits, an *essential* input is tried in every state: each key on offer, one key
that is not, silence to the deadline, each way an entry can succeed or fail, each class of answer of the backend, each
fate of a transfer. A *variant* is another way to say the same (a phrase for a choice, a mumble for a wrong key, an
answer that is slow) and is tried in the first state of each node and each count of failures. In a state with failures,
which only silence and mistakes brought about, choices are variants too: they lead where they led without failures.

Digit strings are cut into classes as well: a complete entry, a refused one of each kind, too short, too long, cleared,
a command key alone. Kinds of input: ``silence``, ``wrong``, ``choice``, ``world`` (nobody's doing) and ``hang-up``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.callflow.nodes import Confirm, Entry, EntryField, Menu, Record, Survey
from ivr.session.exchange import Option
from ivr.testing.answer_classes import AnswerClass
from ivr.testing.explored_call import Act, AgentDoes, Answer, ExploredCall, HangsUp, Mumble, Press, Speak, StaySilent

VALID_ID = "990000199003070013"
ANOTHER_CARD = "100000001"
_REFUSED = {
    "check digit": "990000199003070014",
    "impossible date": "990000200102290017",
    "old ID": "990000900307001",
    "length": "99000019900307",
}
_UNKNOWN_WORDS = "今天天气不错"


@dataclass(frozen=True, slots=True)
class Input:
    name: str
    kind: str  # silence, wrong, choice, world, hang-up
    acts: tuple[Act, ...]
    essential: bool = True

    @property
    def keys(self) -> int:
        """How many keys the caller presses."""
        return sum(len(act.keys) for act in self.acts if isinstance(act, Press))


SILENCE = Input("stays silent", "silence", (StaySilent(),))
HANGS_UP = Input("hangs up", "hang-up", (HangsUp(),))


def inputs(
    call: ExploredCall, answers: Mapping[str, Sequence[AnswerClass]], compared: frozenset[str] = frozenset()
) -> Iterator[Input]:
    """All inputs of a call that waits for somebody; ``compared``: facts that guards compare with each other."""
    if call.lookup is not None:
        yield from _answers(call.lookup.query, answers)
    elif call.transfer is not None:
        yield from _agent(call)
    else:
        yield from _caller(call, compared)
    yield HANGS_UP


def press(keys: str, kind: str = "choice", name: str = "", *, essential: bool = True, silent: bool = False) -> Input:
    acts: tuple[Act, ...] = (Press(keys), StaySilent()) if silent else (Press(keys),)
    return Input(name or f"presses {keys}", kind, acts, essential)


def while_hearing(call: ExploredCall) -> Iterator[Input]:
    """Inputs in the middle of a prompt: all are variants.

    To listen comes first: of two calls of as many steps, the search keeps the one that interrupts less.
    """
    playing = call.play
    assert playing is not None  # noqa: S101 - asked only while a prompt plays
    yield Input("listens on", "silence", (), essential=True)
    half_ms = playing.delay_ms + playing.speaking_ms // 2
    times = {"in the middle": half_ms}
    if playing.barge_in.protected_ms and playing.barge_in.protected_ms < playing.speaking_ms:
        head_ms = playing.delay_ms + playing.barge_in.protected_ms
        times = {"in the protected head": head_ms // 2, "after the protected head": head_ms}
    offered = _offered_keys(call) or "1"
    wrong = _wrong_key(offered)
    for when, wait_ms in times.items():
        wait = StaySilent(wait_ms)
        for key in dict.fromkeys(offered):
            yield Input(f"presses {key} {when}", "choice", (wait, Press(key)), essential=False)
        if wrong:
            yield Input(f"presses {wrong} {when}", "wrong", (wait, Press(wrong)), essential=False)
        for option in call.session.visit.options()[:1]:
            for phrase in option.offer.phrases[:1]:
                yield Input(f"says {phrase} {when}", "choice", (wait, Speak(phrase)), essential=False)
        yield Input(f"says something else {when}", "wrong", (wait, Speak(_UNKNOWN_WORDS)), essential=False)
        yield Input(f"hangs up {when}", "hang-up", (wait, HangsUp()), essential=False)


def _answers(query: str, answers: Mapping[str, Sequence[AnswerClass]]) -> Iterator[Input]:
    classes = answers[query]
    for answer in classes:
        yield Input(f"{query}: {answer.name}", "world", (Answer(query, answer.name, answer.facts),))
    yield Input(f"{query} fails", "world", (Answer(query, "fails", None),))
    slowly = Answer(query, f"{classes[0].name}, slowly", classes[0].facts, after_ms=11_000)
    at_once = Answer(query, classes[0].name, classes[0].facts)
    yield Input(f"{query} is slow", "world", (slowly,), essential=False)
    yield Input(f"{query} is never answered", "world", (StaySilent(),), essential=False)
    yield Input(f"a key during {query}", "choice", (Press("1"), at_once), essential=False)


def _agent(call: ExploredCall) -> Iterator[Input]:
    yield Input("an agent talks to the caller", "world", (AgentDoes("talked"),))
    yield Input("the queue is full", "world", (AgentDoes("busy"),))
    yield Input("no agent answers", "world", (AgentDoes("no-answer"),))
    yield Input("waits as long as the hotline does", "silence", (StaySilent(),))
    yield from _choices(call.session.visit.options())
    # The queue says where the caller stands; what ends it is its own time, not the caller's mistakes.
    for wrong in _wrong_keys(_offered_keys(call)):
        yield replace(wrong, kind="choice")


def _caller(call: ExploredCall, compared: frozenset[str]) -> Iterator[Input]:
    visit = call.session.visit
    node = visit.plan.node
    options = visit.options()
    if isinstance(node, EntryField):
        yield SILENCE
        yield from _entries(node.entry, options)
        if node.spoken.advise_keys:
            said = Speak(complete_entry(node.entry).rstrip("#"))
            twice = (said, said, StaySilent())
            yield Input("says the entry although keys are advised", "choice", twice, essential=False)
        if node.stores in compared:
            other = complete_entry(node.entry).translate(str.maketrans("1357", "2468"))
            yield press(other, name="makes another complete entry")
        return
    if isinstance(node, Record):
        yield SILENCE
        yield Input("leaves a message", "choice", (Speak("请给我回电话"), StaySilent()))
        yield press("#", name="presses # at once", essential=False)
        ended = (Speak("请给我回电话"), Press("#"))
        yield Input("leaves a message, ends it with #", "choice", ended, essential=False)
        yield Input("hangs up while leaving a message", "hang-up", (Speak("请给我回电话"), HangsUp()), essential=False)
        yield from _choices([option for option in options if option.offer.key], phrases=False)
        return
    yield SILENCE
    if isinstance(node, Confirm):
        yield press(node.yes_key)
        yield press(node.no_key)
        yield Input("says 是的", "choice", (Speak("是的"),), essential=False)
        yield Input("says 不是", "choice", (Speak("不是"),), essential=False)
    if isinstance(node, Survey):
        for key, phrases in node.ratings.items():
            yield press(key)
            for phrase in phrases[:1]:
                yield Input(f"says {phrase}", "choice", (Speak(phrase),), essential=False)
    yield from _choices(options)
    if isinstance(node, Menu):
        for option in options[:1]:
            yield from _asked_back(option, call)
    yield from _wrong_keys(_offered_keys(call))
    yield from _misheard()


def _choices(options: Sequence[Option], *, phrases: bool = True) -> Iterator[Input]:
    for option in options:
        if option.offer.key:
            yield press(option.offer.key)
        if option.offer.phrases and phrases:
            said = option.offer.phrases[0]
            yield Input(f"says {said}", "choice", (Speak(said),), essential=not option.offer.key)


def _asked_back(option: Option, call: ExploredCall) -> Iterator[Input]:
    bands = call.session.bands
    if not option.offer.phrases or bands.confirm is None or bands.reject >= bands.accept:
        return
    said = Speak(option.offer.phrases[0], round((bands.reject + bands.accept) / 2, 3))
    yield Input(f"says {said.text} unclearly", "choice", (said,), essential=False)
    for answer in ("是的", "不是"):
        acts = (said, Speak(answer))
        yield Input(f"says {said.text} unclearly, then {answer}", "choice", acts, essential=False)


def _wrong_keys(offered: str) -> Iterator[Input]:
    key = _wrong_key(offered)
    if key:
        yield press(key, "wrong", f"presses {key}, which is not on offer")
    if "#" not in offered:
        yield press("#", "wrong", "presses #, which is not on offer", essential=False)


def _misheard() -> Iterator[Input]:
    yield Input("says something else", "wrong", (Speak(_UNKNOWN_WORDS),), essential=False)
    yield Input("says what the recogniser rejects", "wrong", (Speak("", 0.1),), essential=False)
    yield Input("mumbles without an end", "wrong", (Mumble(),), essential=False)


def _wrong_key(offered: str) -> str:
    return next((key for key in "8765432190" if key not in offered), "")


def _offered_keys(call: ExploredCall) -> str:
    node = call.session.visit.plan.node
    own = ""
    if isinstance(node, Confirm):
        own = node.yes_key + node.no_key
    elif isinstance(node, Survey):
        own = "".join(node.ratings)
    return own + "".join(option.offer.key for option in call.session.visit.options())


def complete_entry(entry: Entry) -> str:
    """The keys of an entry that the field accepts, with the terminator where it is needed."""
    terminator = entry.terminator or ""
    if entry.kind in ("id-number", "card-number"):
        return VALID_ID if entry.longest >= len(VALID_ID) else ANOTHER_CARD + terminator
    digits = [digit for digit in "1357924680" if digit not in entry.never_starts_with]
    value = (digits[0] + "3579246801" * 7)[: entry.longest]
    return value if entry.shortest == entry.longest else value + terminator


def wrong_entry(entry: Entry) -> Input:
    """An entry that fails for good: it breaks a rule of its kind, or is too short."""
    if entry.kind == "id-number" and entry.longest >= len(VALID_ID):
        return press(_REFUSED["check digit"], "wrong", "types a number whose check digit is wrong")
    if entry.longest > entry.shortest or entry.shortest == 1:
        too_long = complete_entry(entry).rstrip("#*") + "2" * (entry.longest + 1)
        return press(too_long[: entry.longest + 1], "wrong", "types too many digits", silent=True)
    first = complete_entry(entry)[: max(1, entry.shortest - 1)]
    return press(first, "wrong", "types too few digits", silent=True)


def _entries(entry: Entry, options: tuple[Option, ...]) -> Iterator[Input]:
    keys = complete_entry(entry)
    some = keys[: max(2, entry.shortest // 2)]
    yield press(keys, name="makes a complete entry")
    yield wrong_entry(entry)
    for option in options:
        if option.offer.key:
            silent = option.offer.key.isdecimal() and option.offer.key not in entry.never_starts_with
            yield press(option.offer.key, name=f"presses {option.offer.key} alone", silent=silent)
    yield press("#", name="presses # at once", essential=False)  # no mistake after an entry that ended by itself
    yield press(f"{keys}#", name="ends a complete entry with #", essential=False)
    yield press(f"{keys}1", name="types one digit more than the entry takes", essential=False)
    if len(some) < entry.shortest:
        yield press(some, "wrong", "types too few digits, then nothing", essential=False, silent=True)
        yield press(f"{some}#", "wrong", "types too few digits and #", essential=False)
    yield press(f"{some}*", name="clears what was typed", essential=False)
    spoken = Speak(some[:1])
    yield Input("types digits, then speaks", "wrong", (Press(some), spoken, StaySilent()), essential=False)
    yield Input("says the entry", "choice", (Speak(keys.rstrip("#")), StaySilent()), essential=False)
    if entry.kind in ("id-number", "card-number"):
        for rule, number in _REFUSED.items():
            yield press(f"{number}#", "wrong", f"types a number that is refused: {rule}", essential=False)
        if entry.longest >= len(VALID_ID):
            yield press("99000019900307003*", name="types a number that ends in X", essential=False)
    for option in options:
        if option.offer.phrases:
            said = Speak(option.offer.phrases[0])
            yield Input(f"says {said.text}", "choice", (said,), essential=not option.offer.key)
    yield from _misheard()
