"""One digit entry by itself: how each key changes it and with which reason it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.callflow.nodes import Entry
from ivr.session.digit_entry import CLEARED, OPEN, DigitEntry, Outcome

KEYS = "0123456789*#"


def entry(commands: str = "", **spec: str) -> DigitEntry:
    return DigitEntry(Entry.model_validate({"kind": "digits", "shortest": "2", "longest": "4", **spec}), commands)


def press(one: DigitEntry, keys: str) -> Outcome:
    outcome = OPEN
    for key in keys:
        assert outcome.ending in ("open", "cleared"), f"keys after {outcome}"
        outcome = one.press(key)
    return outcome


ID = {"kind": "id-number", "shortest": "8", "longest": "18"}


def test_a_field_that_must_end_submits_at_once_when_full() -> None:
    assert press(entry(shortest="4"), "1234") == Outcome("submitted", "1234", "max-digits")


def test_a_field_that_may_end_waits_when_full() -> None:
    assert press(entry(), "1234") == OPEN


def test_the_terminator_submits_and_is_not_part_of_the_value() -> None:
    assert press(entry(), "123#") == Outcome("submitted", "123", "terminator")


def test_the_terminator_on_an_empty_entry_is_a_no_input() -> None:
    assert press(entry(), "#") == Outcome("no-input", "", "terminator")


def test_the_terminator_on_a_short_entry_is_incomplete() -> None:
    assert press(entry(), "1#") == Outcome("incomplete", "1", "terminator")


def test_a_field_without_terminator_knows_no_hash() -> None:
    one = DigitEntry(Entry(kind="digits", shortest=2, longest=4, terminator=None), "")
    assert press(one, "1#").ending == "incomplete"


def test_a_hash_that_is_a_command_works_where_it_terminates_nothing() -> None:
    one = DigitEntry(Entry(kind="digits", shortest=2, longest=4, terminator=None), "#")
    assert press(one, "#") == Outcome("command", "#", "command")


def test_a_star_may_be_the_terminator() -> None:
    assert press(entry(terminator="*"), "12*") == Outcome("submitted", "12", "terminator")


def test_too_long_fails_and_is_never_cut() -> None:
    assert press(entry(), "12345") == Outcome("too-long", "12345", "max-digits")


def test_too_many_spoken_digits_fail_too() -> None:
    assert entry().say("12345", "append") == Outcome("too-long", "12345", "speech-final")


@pytest.mark.parametrize("key", ["A", "?", "", "１", "٣", "12"])
def test_what_is_no_key_is_a_no_match(key: str) -> None:
    assert entry().press(key).ending == "incomplete"


def test_star_is_the_letter_x_in_the_last_position_of_an_id_number() -> None:
    assert press(entry(**ID), "99000019900307001*") == Outcome("submitted", "99000019900307001X", "max-digits")


def test_star_elsewhere_in_an_id_number_clears() -> None:
    one = entry(**ID)
    assert press(one, "9900*") == CLEARED
    assert one.typed == ""


def test_star_on_an_empty_entry_is_the_command_bound_to_it() -> None:
    assert press(entry("*"), "*") == Outcome("command", "*", "command")
    assert press(entry("*"), "12**") == Outcome("command", "*", "command")


def test_star_on_an_empty_entry_without_a_command_is_a_no_match() -> None:
    assert press(entry(), "*").ending == "incomplete"


def test_the_inter_digit_timer_submits_a_complete_entry() -> None:
    one = entry()
    press(one, "12")
    assert one.silence() == Outcome("submitted", "12", "inter-timeout")


def test_the_inter_digit_timer_fails_an_incomplete_entry_with_what_was_typed() -> None:
    one = entry()
    press(one, "1")
    assert one.silence() == Outcome("incomplete", "1", "inter-timeout")


def test_a_single_command_key_followed_by_silence_was_meant_as_the_command() -> None:
    one = entry("0")
    press(one, "0")
    assert one.silence() == Outcome("command", "0", "command")
    assert press(entry("0"), "0#") == Outcome("command", "0", "command")


def test_a_single_command_key_that_is_a_complete_value_is_the_value() -> None:
    assert press(entry("0", shortest="1"), "0#") == Outcome("submitted", "0", "terminator")


def test_a_command_key_that_no_value_starts_with_is_the_command_at_once() -> None:
    assert press(entry("0", never_starts_with="0"), "0") == Outcome("command", "0", "command")
    assert press(entry("0", never_starts_with="0"), "10") == OPEN


def test_keys_drop_digits_that_were_spoken() -> None:
    one = entry()
    assert one.say("12", "append") == OPEN
    assert press(one, "34#") == Outcome("submitted", "34", "terminator")


def test_spoken_digits_are_ignored_once_keys_were_pressed() -> None:
    one = entry()
    press(one, "1")
    assert one.say("99", "append") == OPEN
    assert one.typed == "1"


def test_spoken_digits_add_up_replace_and_clear() -> None:
    one = entry()
    assert one.say("12", "append") == OPEN
    assert one.say("3", "append") == OPEN
    assert one.typed == "123"
    assert one.say("98", "replace") == OPEN
    assert one.typed == "98"
    assert one.say("", "clear") == CLEARED
    assert one.typed == ""
    assert one.say("", "append") == OPEN


def test_spoken_digits_submit_a_full_entry() -> None:
    assert entry(shortest="4").say("1234", "append") == Outcome("submitted", "1234", "speech-final")


def test_a_spoken_command_digit_is_no_command() -> None:
    one = entry("0")
    one.say("0", "append")
    assert one.silence() == Outcome("incomplete", "0", "inter-timeout")


SPECS = st.builds(
    lambda kind, low, more, terminator: Entry(kind=kind, shortest=low, longest=low + more, terminator=terminator),
    st.sampled_from(["digits", "password", "id-number", "card-number"]),
    st.integers(1, 20), st.integers(0, 8), st.sampled_from(["#", "*", None]),
)  # fmt: skip


@given(SPECS, st.text(KEYS, max_size=40), st.sampled_from(["", "0", "0*9", "#*0"]))
def test_an_entry_ends_once_with_a_reason_and_a_value_of_allowed_length(spec: Entry, keys: str, commands: str) -> None:
    one = DigitEntry(spec, commands)
    for key in keys:
        outcome = one.press(key)
        assert len(one.typed) <= spec.longest + 1
        if outcome.ending == "submitted":
            assert spec.shortest <= len(outcome.value) <= spec.longest
            assert set(outcome.value) <= set("0123456789X")
            assert "X" not in outcome.value or spec.kind == "id-number"
        if outcome.ending not in ("open", "cleared"):
            assert outcome.reason in ("max-digits", "terminator", "command")
            return
    assert one.silence().reason in ("inter-timeout", "command")


@given(SPECS, st.text(KEYS, max_size=24), st.sampled_from(["", "0", "0*9"]), st.booleans())
def test_the_short_way_of_a_key_that_lengthens_an_entry_leads_where_the_long_way_does(
    spec: Entry, keys: str, commands: str, spoken: bool
) -> None:
    short, long = DigitEntry(spec, commands), DigitEntry(spec, commands)
    if spoken:
        assert short.say("1", "append") == long.say("1", "append")
    for key in keys:
        before, taken = short.typed, short.lengthen(key)
        outcome = long.press(key)
        if taken:
            assert outcome is OPEN
        else:
            assert short.typed == before
            assert short.press(key) == outcome
        assert (short.typed, short.spoken) == (long.typed, long.spoken)
        if outcome.ending not in ("open", "cleared"):
            return


def test_digits_after_the_first_take_the_short_way_up_to_the_one_that_fills_the_entry() -> None:
    one = entry(longest="6")
    assert not one.lengthen("1")
    one.press("1")
    assert [one.lengthen(key) for key in "2#*45?"] == [True, False, False, True, True, False]
    assert one.typed == "1245"
    assert one.lengthen("6")
    assert not one.lengthen("7")
