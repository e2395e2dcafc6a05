"""The built-in 12333 hotline as a document: its keys, its way to each service, its hours, its identity check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from ivr.callflow.edges import Edge, all_edges, commands_at, edges_from
from ivr.callflow.guards import Guards
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Branch, Listening, Lookup, Menu, Saying, Survey, Transfer
from ivr.hotlines import open_hotline


@pytest.fixture(scope="module")
def hotline() -> Hotline:
    return open_hotline(None)


def menus(hotline: Hotline) -> Iterator[tuple[str, Menu]]:
    for node_id, node in hotline.flow.nodes.items():
        if isinstance(node, Menu):
            yield node_id, node


def text_of(hotline: Hotline, sayings: tuple[Saying, ...]) -> str:
    return "".join(hotline.prompts[saying.say].text for saying in sayings)


def keys_said(text: str) -> list[str]:
    return re.findall(r"按([0-9])", text)


# --- every service by its keys ----------------------------------------------------------------------------------------

PATHS = {
    "11": "main.account.balance",
    "12": "main.account.spending",
    "13": "main.account.deposits",
    "14": "main.account.mutual-aid",
    "15": "main.account.insurance",
    "211": "main.claims.how",
    "212": "main.claims.status",
    "213": "main.claims.papers",
    "214": "main.claims.limits",
    "22": "main.claims.withdrawal",
    "31": "main.channels.website",
    "32": "main.channels.app",
    "33": "main.channels.wallets",
    "34": "main.channels.counter",
    "35": "main.channels.mutual-aid",
    "41": "main.card.loss",
    "42": "main.card.password",
    "5": "main.message",
}


def after_keys(hotline: Hotline, keys: str) -> str:
    place = "main"
    for key in keys:
        node = hotline.flow.nodes[place]
        assert isinstance(node, Menu), f"{place} has no keys, but {keys} goes on"
        place = next(choice.to for choice in node.choices.values() if choice.key == key)
    return place


@pytest.mark.parametrize(("keys", "service"), PATHS.items())
def test_keys_lead_to_the_service(hotline: Hotline, keys: str, service: str) -> None:
    place = after_keys(hotline, keys)
    # A private service begins with its identity check, which is named after it.
    assert place in (service, f"{service}-identity")
    if place != service:
        verified = next(edge.target for edge in edges_from(hotline.flow, place) if edge.trigger == "result.verified")
        elsewhere = {(edge.source, edge.trigger) for edge in all_edges(hotline.flow) if edge.kind == "command"}
        assert service in Reach(hotline, elsewhere).from_(verified)


def test_every_named_service_has_a_path_here(hotline: Hotline) -> None:
    """A message is delivered when it has been kept, one step after the keys have led to the recording."""
    assert {service.removesuffix("-kept") for service in hotline.flow.services} == set(PATHS.values())


def test_menus_are_at_most_three_levels_deep(hotline: Hotline) -> None:
    assert max(node_id.count(".") for node_id, _ in menus(hotline)) <= 2


# --- keys as they are said --------------------------------------------------------------------------------------------


def test_a_menu_says_its_keys_and_no_others_in_ascending_order(hotline: Hotline) -> None:
    for node_id, node in menus(hotline):
        bound = {choice.key for choice in node.choices.values() if choice.key}
        offered = bound | {command.key for command in commands_at(hotline.flow, node_id).values()}
        for sayings in filter(None, (node.prompt, node.again)):
            for variant in _variants(sayings):
                said = keys_said(text_of(hotline, variant))
                own = [key for key in said if key in bound]
                assert own == sorted(bound), f"{node_id} says {said} and binds {sorted(bound)}"
                assert set(said) <= offered, f"{node_id} says a key that does nothing"


def _variants(sayings: tuple[Saying, ...]) -> Iterator[tuple[Saying, ...]]:
    """What is heard when one guard holds, and when it does not."""
    guards = {saying.when.removeprefix("not ") for saying in sayings if saying.when}
    assert len(guards) <= 1
    for holds in (True, False):
        yield tuple(s for s in sayings if s.when is None or s.when.startswith("not ") != holds)


def test_keys_begin_at_one_without_gaps(hotline: Hotline) -> None:
    for node_id, node in menus(hotline):
        bound = sorted(choice.key for choice in node.choices.values() if choice.key)
        assert bound == [str(number) for number in range(1, len(bound) + 1)], node_id
        assert len(bound) <= 5


def test_a_transfer_and_a_survey_say_their_keys(hotline: Hotline) -> None:
    for node_id, node in hotline.flow.nodes.items():
        if isinstance(node, Survey):
            assert keys_said(text_of(hotline, node.prompt)) == sorted(node.ratings)
        if isinstance(node, Transfer):
            bound = sorted(choice.key for choice in node.choices.values() if choice.key)
            assert keys_said(text_of(hotline, node.comfort)) == bound, node_id


def test_zero_is_in_the_first_sentence_when_agents_are_on_duty(hotline: Hotline) -> None:
    assert "请按0" in hotline.prompts["main.offer"].text.split("。")[0]
    assert "请按0" in hotline.prompts["greeting.welcome"].text
    assert "按0" not in hotline.prompts["main.offer.off-duty"].text
    assert "按0" not in hotline.prompts["greeting.off-duty"].text


def test_an_agent_is_one_key_away_wherever_the_caller_is_heard(hotline: Hotline) -> None:
    for node_id, node in hotline.flow.nodes.items():
        if isinstance(node, Listening):
            by_key = {command.key: command for command in commands_at(hotline.flow, node_id).values()}
            assert by_key["0"].to == "agent", node_id
            assert by_key["9"].do == "repeat" or by_key["9"].to, node_id
            assert "*" in by_key, node_id


# --- identity before data ---------------------------------------------------------------------------------------------


@dataclass
class Reach:
    """Nodes that can be reached without following some edges."""

    hotline: Hotline
    closed: set[tuple[str, str]]
    seen: set[str] = field(default_factory=set)

    def from_(self, start: str) -> set[str]:
        edges: dict[str, list[Edge]] = {}
        for edge in all_edges(self.hotline.flow):
            if (edge.source, edge.trigger) not in self.closed:
                edges.setdefault(edge.source, []).append(edge)
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place not in self.seen:
                self.seen.add(place)
                waiting += [edge.target for edge in edges.get(place, ())]
        return self.seen


def test_nothing_private_is_asked_or_said_before_the_caller_is_verified(hotline: Hotline) -> None:
    """Without the results that only a verified caller gets, no private node can be reached."""
    flow = hotline.flow
    closed = {(edge.source, "result.verified") for edge in all_edges(flow) if edge.trigger == "result.verified"}
    closed |= {("identity.outcome", "case.1")}
    outcome = flow.nodes["identity.outcome"]
    assert isinstance(outcome, Branch)
    assert outcome.cases[0].when == "identity-verified"
    open_to_all = Reach(hotline, closed).from_(flow.start)
    assert "identity.number" in open_to_all
    for node_id in open_to_all:
        node = flow.nodes[node_id]
        if isinstance(node, Lookup):
            assert not flow.queries[node.query].private, node_id
        for saying in node.prompt:
            assert hotline.prompts[saying.say].heard_by == "anyone", node_id
    assert set(flow.nodes) - open_to_all  # the edges that were closed do hide something


def test_every_data_prompt_is_for_verified_callers_only(hotline: Hotline) -> None:
    private = {name for query in hotline.flow.queries.values() if query.private for name in query.gives}
    person = {name for name in hotline.flow.queries["identify"].gives if name.startswith("person.")}
    for prompt_id, prompt in hotline.prompts.items():
        slots = set(re.findall(r"\{([a-z.-]+):", prompt.text))
        if slots & (private | person) or any(slot.startswith("line.") for slot in slots):
            assert prompt.heard_by == "verified", prompt_id


def test_three_wrong_identities_are_the_last(hotline: Hotline) -> None:
    nodes = hotline.flow.nodes
    allowed, tries = nodes["identity.allowed"], nodes["identity.tries"]
    assert (allowed.kind, allowed.most, tries.kind, tries.most) == ("limit", 3, "limit", 2)  # type: ignore[union-attr]  # both are limits


# --- hours ------------------------------------------------------------------------------------------------------------


class At:
    def __init__(self, moment: str) -> None:
        self.facts: dict[str, object] = {}
        self._now = datetime.fromisoformat(moment)

    def now(self) -> datetime:
        return self._now


@pytest.mark.parametrize(
    ("moment", "on_duty"),
    [
        ("2026-03-02T08:29", False),
        ("2026-03-02T08:30", True),
        ("2026-03-02T12:00", False),
        ("2026-03-02T13:30", True),
        ("2026-03-02T17:30", False),
        ("2026-03-07T10:00", False),  # a Saturday
        ("2026-02-17T10:00", False),  # New Year's Day by the moon, a Tuesday
        ("2026-02-14T10:00", True),  # a Saturday that is worked
        ("2026-10-10T10:00", True),  # likewise
        ("2026-10-08T10:00", True),  # the first day after the holidays
    ],
)
def test_agents_keep_office_hours(hotline: Hotline, moment: str, on_duty: bool) -> None:
    assert Guards(hotline.flow).holds("on-duty", At(moment)) is on_duty


# --- its description --------------------------------------------------------------------------------------------------


def test_the_description_lists_every_service_with_its_keys() -> None:
    text = (Path(__file__).parents[1] / "docs" / "hotline.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([0-9 ]+) \| .* \| `([a-z.-]+)` \|", text, flags=re.MULTILINE))
    assert {keys.replace(" ", ""): node for keys, node in rows.items()} == PATHS | {"0": "agent"}
