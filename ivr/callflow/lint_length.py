"""Human factors of length: how long a caller listens before there is something to press.

Speaking time is counted: hanzi, letters and digits at the pace of the profile ``standard`` (240 a minute unless it says
otherwise) and of the voice, where one has been measured (``durations``); slots at a typical length for their type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.callflow.check_keys import known_at
from ivr.callflow.check_rules import Found, rule
from ivr.callflow.check_situations import holds, situations
from ivr.callflow.check_subject import Said, Subject
from ivr.callflow.durations import USUAL_PACE
from ivr.callflow.nodes import Menu
from ivr.callflow.prompt_slots import slots_of, without_slots
from ivr.callflow.said_keys import normalised, said_keys
from ivr.callflow.speaking import spoken_characters

_GUIDANCE = "vendor guidance"
_STOPS = "，。；！？,;!?、:："
FIRST_OPTION_MS, OPTION_HEAD_MS, MENU_MS, UNSTOPPABLE_MS = 8_000, 10_000, 25_000, 10_000

TYPICAL_CHARACTERS: Mapping[str, int] = {
    "money": 12, "digits": 4, "date": 10, "month": 7, "count": 2, "masked-id": 4,
    "masked-name": 3, "duration": 4, "text": 6, "yes-no": 1, "time": 5,
}  # fmt: skip


def characters(text: str) -> int:
    """Spoken characters of a wording, slots at their typical length."""
    slots = sum(TYPICAL_CHARACTERS[slot.type] for slot in slots_of(text))
    return spoken_characters(without_slots(text)) + slots


def spoken_ms(subject: Subject, number_of_characters: int) -> int:
    """Milliseconds at the pace of the standard profile."""
    profile = subject.flow.profiles.get("standard")
    pace = profile.characters_a_minute if profile else USUAL_PACE
    return subject.hotline.durations.counted_ms(number_of_characters, pace)


def _spoken_at(subject: Subject, node_id: str) -> Iterator[tuple[str, list[Said], str]]:
    """(role, sayings, wording) of a menu in every situation that its sayings tell apart."""
    for role in ("prompt", "again"):
        sayings = [said for said in subject.sayings_at[node_id] if said.role == role]
        for situation in situations(subject, [said.saying.when for said in sayings], known_at(subject, node_id)):
            held = [said for said in sayings if holds(situation, said.saying.when)]
            if held:
                yield role, held, "。".join(normalised(subject.text(said.saying.say)) for said in held)


def _seconds(duration_ms: int) -> str:
    return f"{duration_ms / 1_000:.1f} s"


def _clause_start(text: str, position: int) -> int:
    return max((text.rfind(stop, 0, position) + 1 for stop in _STOPS), default=0)


def _longest(subject: Subject, limit_ms: int, what: str, part: str) -> Iterator[Found]:
    """One finding for each menu whose part takes longer than the limit: the longest such."""
    for node_id, node in subject.nodes.items():
        if not isinstance(node, Menu):
            continue
        worst: tuple[int, str, Said] | None = None
        for role, sayings, text in _spoken_at(subject, node_id):
            mentions = said_keys(text)
            if part == "whole":
                end = len(text)
            elif not mentions:
                continue
            else:
                first = min(mentions, key=lambda mention: mention.start)
                end = _clause_start(text, first.start) if part == "before" else first.end
            taken_ms = spoken_ms(subject, characters(text[:end]))
            if taken_ms > limit_ms and (worst is None or taken_ms > worst[0]):
                worst = (taken_ms, role, sayings[0])
        if worst is not None:
            found = f"menu {node_id} {what} {_seconds(worst[0])}; at most {_seconds(limit_ms)} are bearable"
            yield Found(("nodes", node_id, worst[1]), found, "", node_id, worst[2].saying.say)


@rule(
    "first-option-late",
    "warning",
    "a menu's first option begins within 8 s",
    "shorten what comes before it",
    source=_GUIDANCE,
)
def _first_option_late(subject: Subject) -> Iterator[Found]:
    yield from _longest(subject, FIRST_OPTION_MS, "speaks before its first option for", "before")


@rule(
    "option-head-long",
    "warning",
    "a menu's first key is said within 10 s",
    "shorten the first option",
    source=_GUIDANCE,
)
def _option_head_long(subject: Subject) -> Iterator[Found]:
    late = {found.node for found in _longest(subject, FIRST_OPTION_MS, "", "before")}
    for found in _longest(subject, OPTION_HEAD_MS, "needs to say its first key", "head"):
        if found.node not in late:
            yield found


@rule(
    "menu-long",
    "warning",
    "a whole menu takes at most 25 s",
    "shorten it, or move options into a menu below",
    source=_GUIDANCE,
)
def _menu_long(subject: Subject) -> Iterator[Found]:
    yield from _longest(subject, MENU_MS, "takes", "whole")


@rule(
    "unstoppable-long",
    "warning",
    "what a caller cannot interrupt takes at most 10 s",
    "let callers interrupt it, or protect only its head ('barge-in: after 3s')",
    source=_GUIDANCE,
)
def _unstoppable_long(subject: Subject) -> Iterator[Found]:
    said = {said.saying.say for said in subject.sayings}
    ends = {said.saying.say for said in subject.sayings if said.node and subject.nodes[said.node].kind == "hangup"}
    for prompt_id, prompt in subject.hotline.prompts.items():
        if prompt_id not in said or prompt_id in ends:
            continue
        whole_ms = spoken_ms(subject, characters(prompt.text))
        unstoppable_ms = whole_ms if prompt.barge_in.mode == "off" else min(whole_ms, prompt.barge_in.protected_ms)
        if unstoppable_ms > UNSTOPPABLE_MS:
            what = f"prompt {prompt_id} cannot be interrupted for {_seconds(unstoppable_ms)}"
            yield Found(("prompts", prompt_id), what, prompt=prompt_id)
