"""Exploration: what it proves of a sound hotline, and the shortest call it shows for each property that is broken."""

from __future__ import annotations

import pytest

from ivr.callflow.hotline import Hotline
from ivr.errors import UsageError
from ivr.session.call_log import LogEntry
from ivr.session.exchange import Exchange
from ivr.testing.explored_call import ExploredCall, HangsUp
from ivr.testing.explorer import Explorer
from ivr.testing.properties import TITLES, Checks
from ivr.testing.scenarios import USUAL_MOMENT, USUAL_NUMBER
from ivr.testing.user_properties import user_properties
from tests.explored_hotlines import FAULTS, NODES, explored, refuted, spoiled
from tests.sessions import builtin

# What a document cannot break, because the session does not let it: judged on a log that was tampered with.
KEPT_BY_THE_SESSION = {"failures-bounded", "record-closed"}


def test_everything_is_proved_of_a_sound_hotline() -> None:
    found, verdicts = explored(spoiled())
    assert found.complete
    assert {prop: verdict.outcome for prop, verdict in verdicts.items()} == dict.fromkeys(TITLES, "proved")
    assert found.space.nodes == set(NODES)


def test_every_property_has_a_hotline_that_breaks_it() -> None:
    assert set(FAULTS) | KEPT_BY_THE_SESSION == set(TITLES)


@pytest.mark.parametrize("prop", sorted(FAULTS))
def test_a_broken_property_is_refuted_by_its_shortest_call(prop: str) -> None:
    subject, moves = FAULTS[prop]
    verdict = explored(subject)[1][prop]
    assert verdict.outcome == "refuted"
    paths = [violation.path for violation in verdict.violations]
    assert min((len(path.moves) for path in paths if path is not None), default=None) == moves


@pytest.mark.parametrize("prop", ["reachable", "agent-in-one-key", "mistakes-end"])
def test_a_fault_breaks_nothing_else(prop: str) -> None:
    assert refuted(FAULTS[prop][0]) == {prop}


def answered_call(subject: Hotline) -> ExploredCall:
    call = ExploredCall(Exchange(subject))
    call.answered(USUAL_NUMBER, USUAL_MOMENT)
    call.hear()
    return call


def test_a_call_that_is_not_closed_is_found() -> None:
    checks, call = Checks(spoiled()), answered_call(spoiled())
    call.act(HangsUp())
    checks.after(call)
    assert checks.found == []
    call.notes = [entry for entry in call.notes if entry.event != "call-ended"]
    checks.after(call)
    assert [found.property for found in checks.found] == ["record-closed"]


def test_a_node_that_goes_on_after_the_last_try_is_found() -> None:
    checks, call = Checks(spoiled()), answered_call(spoiled())
    call.notes.append(LogEntry(call.at, "no-input", {"node": "main", "count": 2}))
    checks.after(call)
    assert checks.found == []
    call.notes.append(LogEntry(call.at, "no-input", {"node": "main", "count": 3}))
    checks.after(call)
    assert [found.property for found in checks.found] == ["failures-bounded"]


def test_account_data_is_known_by_the_query_that_gives_it_not_by_what_its_prompt_claims() -> None:
    """A prompt without heard-by that speaks of a private fact, to a caller who is verified no more."""
    subject = spoiled(
        {
            "balance": {"to": "outcome-again"},
            "outcome-again": {**NODES["identify"], "to": "leak", "failed": "bye"},
            "leak": {"kind": "say", "prompt": "leak", "to": "bye"},
        },
        {"leak": "余额{account.balance:money}。"},
    )  # fmt: skip
    violations = explored(subject)[1]["identity-first"].violations
    assert [violation.what for violation in violations] == [
        "leak speaks of account data to a caller who is not verified"
    ]


def test_a_search_that_stops_early_leaves_open_what_it_did_not_refute() -> None:
    found, verdicts = explored(spoiled(), most_states=3)
    assert not found.complete
    assert found.waiting > 0
    assert {verdict.outcome for verdict in verdicts.values()} == {"open"}


def test_an_agent_is_not_asked_for_where_there_is_none() -> None:
    """Without a queue nobody can be put through, so every node that listens is reported."""
    subject = spoiled({"agent": {**dict.fromkeys(NODES["agent"]), "kind": "say", "prompt": "none", "to": "bye"}})
    assert "agent-in-one-key" in refuted(subject)


# -- the document's own properties -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("never: balance.* before verified", "proved"),
        ("never: number.ask before verified", "refuted"),
        ("never: number before verified", "refuted"),  # a node
        ("never: balance.read before not verified", "refuted"),
        ("always: balance within 7 keys", "proved"),
        ("always: balance within 6 keys", "proved"),  # the choice may be spoken
        ("always: balance within 5 keys", "refuted"),
        ("always: agent within 1 key from anywhere", "proved"),
        ("always: balance within 6 keys from anywhere", "refuted"),  # not from the queue
    ],
)
def test_properties_of_the_document_are_proved_or_refuted(text: str, outcome: str) -> None:
    verdict = explored(spoiled(properties={"mine": text}))[1]["properties.mine"]
    assert verdict.outcome == outcome
    assert verdict.title == text


def test_a_property_of_the_document_may_bear_the_name_of_a_general_one() -> None:
    verdicts = explored(spoiled(properties={"sayable": "never: bye before verified"}))[1]
    assert verdicts["sayable"].outcome == "proved"
    assert verdicts["properties.sayable"].outcome == "refuted"


@pytest.mark.parametrize(
    "text",
    [
        "sometimes: balance",
        "never: balance before nobody",
        "always: nowhere within 3 keys",
        "always: main within many keys",
    ],
)
def test_a_property_that_cannot_be_read_is_a_clear_error(text: str) -> None:
    with pytest.raises(UsageError, match="property mine"):
        user_properties(spoiled(properties={"mine": text}).flow)


# -- the built-in hotline ----------------------------------------------------------------------------------------------


def test_the_first_states_of_the_builtin_hotline_refute_nothing() -> None:
    """The whole of it takes some twenty seconds; ``ivr explore`` does that."""
    found, verdicts = explored(builtin().hotline, most_states=700)
    assert len(found.space.nodes) > 45
    assert {prop for prop, verdict in verdicts.items() if verdict.outcome == "refuted"} == set()


def test_the_same_hotline_gives_the_same_search() -> None:
    first, second = (explored(spoiled())[0] for _ in range(2))
    assert first.space.steps == second.space.steps
    assert first.inputs == second.inputs


def test_progress_tells_tried_and_known_states() -> None:
    told: list[tuple[int, int]] = []
    found = Explorer(spoiled(), progress=lambda tried, known: told.append((tried, known))).run()
    assert told[-1] == (len(found.space.states), len(found.space.states))
    assert told == sorted(told)


def test_a_limit_bounds_its_loop() -> None:
    """Three wrong numbers lead to the agent: the count is followed exactly inside of the loop."""
    found, _ = explored(spoiled())
    wrong = [state for state in found.space.states if state.node == "number" and state.phase == "listening"]
    assert len(wrong) >= 3
