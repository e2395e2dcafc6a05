"""A ``#`` typed after an entry that ended by itself belongs to that entry, accepted or refused."""

from __future__ import annotations

from hotline_calls import phone


def test_the_terminator_after_a_refused_number_does_not_cut_off_the_refusal() -> None:
    heard = phone("1", "1", "990000199003070014#")
    assert "verify.refusal.number" in heard.prompts
    assert not [prompt for prompt in heard.prompts if ".no-input" in prompt]


def test_the_terminator_after_an_accepted_number_is_not_an_empty_password() -> None:
    assert phone("1", "1", "990000199003070013#", "246810#").prompts[-2:] == ["balance.read", "balance.next"]
