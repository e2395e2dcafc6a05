"""What must hold for every hotline and every caller: on random small hotlines."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.callflow.hotline import Hotline
from ivr.session.actions import HangUp
from ivr.session.call_record import CallRecord
from ivr.session.events import CallerHungUp, KeyPressed
from tests.random_calls import CALLERS, KEYS, Caller, ChoppedCaller, Step, hotlines, silent_bound_ms
from tests.sessions import Phone, hotline

REASONS = {
    "max-digits", "terminator", "first-timeout", "inter-timeout", "speech-final", "command", "hang-up", "cancelled",
}  # fmt: skip
thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@thorough
@given(hotlines(), CALLERS)
def test_no_call_breaks_gets_stuck_or_goes_on_after_its_end(small: Hotline, steps: list[Step]) -> None:
    call = Caller(small).answer()
    assert isinstance(call, Caller)
    call.check()
    call.run(steps).hang_up()
    assert (call.over, len(call.all(HangUp))) == (True, 1)
    assert CallRecord.from_log(call.log) == call.call.record


@thorough
@given(hotlines(), CALLERS)
def test_the_same_events_give_the_same_actions_and_the_same_log(small: Hotline, steps: list[Step]) -> None:
    one, other = Caller(small), Caller(small)
    for call in (one, other):
        call.answer()
        call.run(steps)
    assert one.done == other.done
    assert [entry.to_json() for entry in one.log] == [entry.to_json() for entry in other.log]


@thorough
@given(hotlines(), CALLERS)
def test_a_clock_that_ticks_more_often_changes_nothing(small: Hotline, steps: list[Step]) -> None:
    one, other = Caller(small), ChoppedCaller(small)
    for call in (one, other):
        call.answer()
        call.run(steps)
    assert one.done == other.done
    assert [entry.to_json() for entry in one.log] == [entry.to_json() for entry in other.log]


@thorough
@given(hotlines())
def test_in_silence_every_call_ends_within_a_bound(small: Hotline) -> None:
    call = Caller(small).answer().wait(silent_bound_ms(small))
    assert call.over
    assert call.at <= silent_bound_ms(small)


@thorough
@given(hotlines(), CALLERS, st.sampled_from(KEYS), st.sampled_from([-1, 0, 1]))
def test_a_key_around_a_deadline_is_defined(small: Hotline, steps: list[Step], key: str, offset: int) -> None:
    """Before and at the deadline the caller wins; afterwards the deadline has passed first."""
    call = Caller(small)
    call.answer()
    call.run(steps).listen()
    deadline = call.call.deadline
    if call.over or deadline is None or deadline + offset < call.at:
        return
    call.at = deadline + offset
    mark = len(call.log)
    call.event(KeyPressed(key))
    pressed = next((n for n, entry in enumerate(call.log[mark:]) if entry.event == "key-pressed"), None)
    if pressed is not None:
        assert all(entry.at == deadline for entry in call.log[mark:][:pressed])
        assert offset == 1 or pressed == 0
    else:  # the deadline ended the call, or began its goodbye
        assert call.over or call.call.closing is not None


@settings(max_examples=60, deadline=None)
@given(hotlines(), CALLERS, st.integers(0, 25))
def test_hanging_up_at_any_moment_ends_the_call_and_completes_the_record(
    small: Hotline, steps: list[Step], after: int
) -> None:
    call = Caller(small)
    call.answer()
    call.run(steps[:after])
    call.event(CallerHungUp())
    assert call.over
    assert call.call.record.disposition == call.disposition
    assert call.log[-1].event == "call-ended"
    assert not call.call.secrets & call.call.facts.keys()


@settings(max_examples=60, deadline=None)
@given(hotlines(), CALLERS)
def test_every_collection_ends_with_one_reason(small: Hotline, steps: list[Step]) -> None:
    call = Caller(small)
    call.answer()
    call.run(steps).hang_up()
    reasons = {
        "max-digits",
        "terminator",
        "first-timeout",
        "inter-timeout",
        "speech-final",
        "command",
        "hang-up",
        "cancelled",
    }
    assert set(call.collected()) <= reasons
    at_field, ended, failed = False, 0, False
    for entry in call.log:
        if entry.event == "node-entered":
            at_field = small.flow.nodes[str(entry.data["node"])].kind == "field"
            ended, failed = 0, False
        elif entry.event == "collected":
            assert ended == 0 or failed, "a second end without a new beginning"
            ended, failed = ended + 1, False
        elif entry.event in ("no-match", "no-input") and at_field:
            assert ended > 0, "a failure without the end of a collection"
            failed = True


PATHS = st.lists(st.sampled_from("12345678"), min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(PATHS, st.booleans(), st.integers(0, 900))
def test_the_keys_of_a_leafs_path_reach_that_leaf(path: list[str], protected: bool, pace_ms: int) -> None:
    """Whether they are typed ahead of a protected prompt or one after the other, fast or slowly."""
    nodes: dict[str, object] = {}
    for depth in range(len(path)):
        choices = {f"c{key}": {"key": key, "to": f"m{depth}-{key}"} for key in "12345678" if key != path[depth]}
        nodes |= {f"m{depth}-{key}": {"kind": "hangup"} for key in "12345678" if key != path[depth]}
        way_on = {"key": path[depth], "to": f"m{depth + 1}"}
        nodes[f"m{depth}"] = {"kind": "menu", "prompt": f"p{depth}", "choices": {**choices, "on": way_on}}
    leaf = {"kind": "hangup", "prompt": "leaf"}
    prompts = {"p0": {"barge-in": "no"}} if protected else {}
    call = Phone(hotline({"m0": nodes.pop("m0"), **nodes, f"m{len(path)}": leaf}, prompts)).answer()
    call.pace_ms = pace_ms
    call.press("".join(path)).wait(1_000 if protected else 0)
    assert "leaf" in call.heard
