"""The built-in 12333 hotline declares exactly the facts that its backend gives."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hotline_calls import EVERYBODY, the_hotline

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Fact, Facts, Question
from ivr.agent_desk import AGENT_STATES, AgentDesk
from ivr.callflow.document import FactDeclaration

NOW = datetime.fromisoformat("2026-03-02T09:30")
QUERIES = the_hotline().flow.queries
NEW_PASSWORD = "957214"

SHAPES: dict[str, object] = {
    "money": int,
    "count": int,
    "duration": int,
    "yes-no": bool,
    "text": str,
    "digits": re.compile(r"[0-9A-Z]*"),
    "date": re.compile(r"(\d{4}-\d\d-\d\d)?"),
    "month": re.compile(r"\d{4}-\d\d"),
}


def fits(value: Fact, kind: str) -> bool:
    shape = SHAPES[kind]
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and shape.fullmatch(value) is not None
    return type(value) is shape


def assert_declared(facts: Facts, declared: dict[str, FactDeclaration]) -> None:
    assert set(facts) == set(declared)
    for name, value in facts.items():
        declaration = declared[name]
        if declaration.type == "lines":
            assert isinstance(value, list)
            for line in value:
                assert set(line) == set(declaration.line)
                assert all(fits(line[field], kind) for field, kind in declaration.line.items()), (name, line)
        else:
            assert fits(value, declaration.type), (name, value)
            assert not declaration.one_of or value in declaration.one_of, (name, value)


@pytest.mark.parametrize("handle", EVERYBODY)
def test_every_answer_about_a_person_is_as_declared(handle: str) -> None:
    one = EVERYBODY[handle]
    accounts = MemoryAccounts()
    params: dict[str, Fact] = {
        "person": one.person.psn_no,
        "page": "1",
        "number": one.person.certno,
        "password": one.password,
        "old": one.password,
        "new": NEW_PASSWORD,
    }
    for name, query in QUERIES.items():
        if set(query.needs) <= set(params):
            answer = accounts.answer(Question(name, {need: params[need] for need in query.needs}, NOW))
            verified = answer.get("identity.outcome", "verified") == "verified"
            known = query.gives if verified else {"identity.outcome": query.gives["identity.outcome"]}
            assert_declared(answer, known)


def test_a_message_is_answered_as_declared() -> None:
    params: dict[str, Fact] = {"text": "请回电", "caller": "13800000000", "duration-ms": 1_500}
    assert set(params) == set(QUERIES["leave-message"].needs)
    answer = MemoryAccounts().answer(Question("leave-message", params, NOW))
    assert_declared(answer, QUERIES["leave-message"].gives)


@pytest.mark.parametrize("state", AGENT_STATES)
def test_the_agent_desk_answers_as_declared(state: str) -> None:
    desk = AgentDesk(state)  # type: ignore[arg-type]  # one of its states
    assert_declared(desk.queue_status(), QUERIES["queue-status"].gives)


def test_no_question_is_left_out_here() -> None:
    about_people = {"person", "page", "number", "password", "old", "new"}
    others = {name for name, query in QUERIES.items() if not set(query.needs) <= about_people}
    assert others == {"leave-message", "queue-status"}
