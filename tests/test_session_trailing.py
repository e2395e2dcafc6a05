"""A ``#`` typed after an entry that ended by itself belongs to that entry, accepted or refused."""

from __future__ import annotations

from hotline_calls import phone


def test_the_terminator_after_a_refused_number_does_not_cut_off_the_refusal() -> None:
    heard = phone("1", "1", "990000199003070014#")
    assert "verify.refusal.number" in heard.prompts
    assert not [prompt for prompt in heard.prompts if ".no-input" in prompt]


def test_the_terminator_after_an_accepted_number_is_not_an_empty_password() -> None:
    assert phone("1", "1", "990000199003070013#", "246810#").prompts[-2:] == ["balance.read", "balance.next"]


def test_digits_typed_while_the_identity_is_confirmed_reach_the_entry_that_follows_the_dialog() -> None:
    """0 and 9 are commands in an announcement, but not in one that runs into an entry, be it through a return."""
    call = phone("42", "990000199003070013#").call
    call.press("246810")
    call.wait(1_500)
    assert call.playing is not None
    assert call.playing.prompt.prompt_id == "verify.passed"
    call.press("9*")  # the first digit of an entry, cleared; a command 9 would have said verify.passed again
    assert call.playing is not None
    assert call.playing.prompt.prompt_id == "verify.cleared"
