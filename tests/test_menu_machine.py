"""The menu machine against a walker that only knows the document, on random hotlines; and its own few rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from ivr.callflow.edges import all_edges, edges_from
from ivr.callflow.hotline import Hotline
from ivr.callflow.menu_machine import MenuMachine
from ivr.callflow.nodes import Listening
from ivr.errors import SessionError
from ivr.hotlines import open_hotline
from tests.random_calls import hotlines
from tests.sessions import BYE, COMMANDS, MONDAY, builtin, hotline


class Knows:
    """Circumstances with nothing but facts."""

    def __init__(self, **facts: object) -> None:
        self.facts: Mapping[str, object] = {name.replace("__", "."): value for name, value in facts.items()}

    def now(self) -> datetime:
        return MONDAY


def walker(small: Hotline) -> dict[str, dict[str, str]]:
    """Where each trigger leads, read from the plain document: a dictionary of dictionaries."""
    document = small.flow.model_dump(by_alias=True)
    targets = ("to", "yes", "no", "failed", "empty", "skipped", "talked", "busy", "no-answer", "exceeded", "otherwise")
    ways: dict[str, dict[str, str]] = {}
    for name, node in document["nodes"].items():
        own = {("next" if key == "to" else key): node[key] for key in targets if isinstance(node.get(key), str)}
        own |= {f"{name}.{choice}": said["to"] for choice, said in node.get("choices", {}).items()}
        own |= {f"rating.{key}": node["to"] for key in node.get("ratings", {})}
        own |= {f"case.{n}": case["to"] for n, case in enumerate(node.get("cases", ()), 1)}
        own |= {f"result.{result}": to for result, to in node.get("results", {}).items()}
        if node["kind"] == "call":
            own["dialog"] = document["dialogs"][node["dialog"]]["start"]
        if node["kind"] == "survey":
            own["next"] = ""
        elif node.get("exhausted"):
            own["exhausted"] = node["exhausted"]
        ways[name] = {trigger: to for trigger, to in own.items() if to}
    return ways


@settings(max_examples=150, deadline=None)
@given(hotlines(), st.data())
def test_the_machine_walks_like_the_document(small: Hotline, data: DataObject) -> None:
    machine, ways = MenuMachine(small.flow), walker(small)
    position, place = machine.begin(), small.flow.start
    for _ in range(12):
        commands = {f"command.{n}": c.to for n, c in small.flow.commands.items() if c.to and _listens(small, place)}
        steps = {**ways[place], **commands}
        if not steps:
            break
        trigger = data.draw(st.sampled_from(sorted(steps)))
        place = steps[trigger]
        assert machine.move(position, trigger, Knows(f__flag=True)) == place
        assert position.state == place


def _listens(small: Hotline, place: str) -> bool:
    node = small.flow.nodes[place]
    return isinstance(node, Listening) or node.kind in ("transfer", "say", "record")


@settings(max_examples=100, deadline=None)
@given(hotlines())
def test_every_edge_that_moves_is_a_transition_and_every_transition_is_an_edge(small: Hotline) -> None:
    assert transitions(MenuMachine(small.flow)) == moving(small)


def test_the_builtin_map_agrees_with_its_edges() -> None:
    assert transitions(builtin().menu) == moving(open_hotline(None))


def moving(small: Hotline) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.trigger, edge.target) for edge in all_edges(small.flow) if not edge.stays}


def transitions(machine: MenuMachine) -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    for trigger, event in machine.machine.events.items():
        found |= {(step.source, trigger, step.dest) for steps in event.transitions.values() for step in steps}
    assert len(machine.machine.get_transitions()) == len(found)
    return found


MENU: dict[str, Any] = {
    "kind": "menu", "exhausted": "bye",
    "choices": {"in": {"key": "1", "to": "ask"}, "gold": {"key": "2", "to": "bye", "when": "gold"}},
}  # fmt: skip
DIALOG = {
    "main": MENU,
    "ask": {"kind": "call", "dialog": "d", "results": {"ok": "bye", "back": "main"}},
    "d": {"kind": "menu", "exhausted": "bye", "choices": {"ok": {"key": "1", "to": "d.ok"}}},
    "d.ok": {"kind": "return", "result": "ok"},
    "bye": BYE,
    "agent": BYE,
}
GUARDS = {"gold": {"fact": "a.gold", "is": "yes"}}


def dialog(**more: Any) -> MenuMachine:
    dialogs = {"d": {"start": "d", "results": ["ok", "back"], "back": "back", **more}}
    return MenuMachine(hotline(DIALOG, commands=COMMANDS, guards=GUARDS, dialogs=dialogs).flow)


def test_an_edge_whose_guard_fails_is_no_way_out() -> None:
    machine = dialog()
    position = machine.begin()
    assert not machine.allows(position, "main.gold", Knows())
    with pytest.raises(SessionError, match=r"node main has no way out by 'main\.gold'"):
        machine.move(position, "main.gold", Knows())
    assert machine.move(position, "main.gold", Knows(a__gold=True)) == "bye"


def test_a_trigger_of_another_node_is_no_way_out() -> None:
    machine = dialog()
    position = machine.begin()
    for trigger in ("d.ok", "1", "", "next", "to_bye"):
        with pytest.raises(SessionError):
            machine.move(position, trigger, Knows())
    assert position.state == "main"


def test_a_command_that_stays_moves_nothing() -> None:
    machine = dialog()
    position = machine.begin()
    assert machine.move(position, "command.repeat", Knows()) == "main"


def test_a_dialog_remembers_who_called_it() -> None:
    machine = dialog()
    position = machine.begin()
    machine.move(position, "main.in", Knows())
    machine.move(position, "dialog", Knows())
    assert (position.state, position.returns, machine.back_result(position)) == ("d", ("ask",), "back")
    assert machine.leave_dialog(position, "ok", Knows()) == "bye"
    assert (position.returns, machine.back_result(position)) == ((), None)


def test_a_dialog_without_back_has_no_result_for_it() -> None:
    machine = dialog(back=None)
    position = machine.begin()
    machine.move(position, "main.in", Knows())
    machine.move(position, "dialog", Knows())
    assert machine.back_result(position) is None


def test_nobody_returns_from_a_dialog_that_was_not_called() -> None:
    machine = dialog()
    with pytest.raises(SessionError, match="no dialog was called"):
        machine.leave_dialog(machine.begin(), "ok", Knows())


def test_calls_do_not_share_their_position() -> None:
    machine = dialog()
    one, other = machine.begin(), machine.begin()
    machine.move(one, "main.in", Knows())
    assert (one.state, other.state) == ("ask", "main")


def test_a_map_has_no_code_in_it() -> None:
    machine = builtin().menu.machine
    for event in machine.events.values():
        for steps in event.transitions.values():
            for step in steps:
                assert (step.conditions, step.before, step.after, step.prepare) == ([], [], [], [])
    assert machine.models == []


def test_edges_tell_where_they_are_written() -> None:
    small = hotline(DIALOG, commands=COMMANDS, guards=GUARDS, dialogs={"d": {"start": "d", "results": ["ok", "back"]}})
    written = {edge.trigger: edge.path for edge in edges_from(small.flow, "main")}
    assert written["main.in"] == ("nodes", "main", "choices", "in")
    assert written["command.agent"] == ("commands", "agent")
    assert written["exhausted"] == ("nodes", "main", "exhausted")


def test_edges_of_a_faulty_document_are_listed_as_far_as_they_lead() -> None:
    faulty = hotline({"ask": {"kind": "call", "dialog": "nothing", "results": {"ok": "bye"}}, "bye": BYE})
    assert [edge.trigger for edge in all_edges(faulty.flow)] == ["result.ok"]


def test_a_node_below_a_missing_one_inherits_from_the_next_above() -> None:
    small = hotline({"main": {**MENU, "choices": {"x": {"key": "1", "to": "main.a.b"}}}, "main.a.b": MENU | {
        "choices": {"y": {"key": "1", "to": "main"}}}, "bye": BYE, "agent": BYE}, commands=COMMANDS)  # fmt: skip
    back = next(edge for edge in edges_from(small.flow, "main.a.b") if edge.trigger == "command.back")
    assert back.target == "main"
