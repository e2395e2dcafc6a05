"""Which numbers are taken for an identity: the form alone, no person."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.identity_number import age_on, birth_date, check_digit, check_number, normalise_number

TODAY = date(2026, 3, 2)
DIGITS = "0123456789"
births = st.dates(min_value=date(1906, 3, 3), max_value=TODAY)
valid_numbers = st.builds(
    lambda area, born, sequence: (
        f"{area:06d}{born:%Y%m%d}{sequence:03d}" + check_digit(f"{area:06d}{born:%Y%m%d}{sequence:03d}")
    ),
    st.integers(0, 999_999),
    births,
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    "number",
    [
        "990000199003070013",
        "990000195812310023",
        "990000198506150133",
        "990000197208200054",
        "990000196601010201",
        "99000019900307003X",
        "99000019581231004X",
        "99000019720820029X",
    ],
)
def test_the_published_fakes_are_well_formed(number: str) -> None:
    verdict = check_number(number, TODAY)
    assert (verdict.kind, verdict.refusal, verdict.normalised) == ("id", "", number)


@pytest.mark.parametrize(
    ("text", "kind", "normalised"),
    [
        ("99000019900307003x", "id", "99000019900307003X"),
        ("９９００００１９９００３０７００３Ｘ", "id", "99000019900307003X"),
        (" 990000 1990-0307 0013 ", "id", "990000199003070013"),
        ("a23456789", "card", "A23456789"),
        ("123456789", "card", "123456789"),
        ("23456789", "card-tail", "23456789"),
        ("hkg123456789", "permit", "HKG123456789"),
        ("MAC123456789", "permit", "MAC123456789"),
        ("TWN123456789", "permit", "TWN123456789"),
    ],
)
def test_every_accepted_form_is_recognised_and_normalised(text: str, kind: str, normalised: str) -> None:
    verdict = check_number(text, TODAY)
    assert (verdict.kind, verdict.refusal, verdict.normalised) == (kind, "", normalised)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("990000900307001", "old-id"),
        ("990000199003070014", "check-digit"),
        ("990000200102290017", "date"),
        ("", "length"),
        ("1", "length"),
        ("9900001990030700130", "length"),
        ("123456789012", "length"),
        ("XYZ123456789", "characters"),
        ("HKG12345678A", "characters"),
        ("ABCDEFGHI", "characters"),
        ("99000019900307A013", "characters"),
        ("99000019900307001A", "characters"),
        ("9900001990030700*3", "characters"),
        ("九九〇〇〇〇", "characters"),
        ("²²²²²²²²²", "characters"),
    ],
)
def test_every_refusal_has_its_reason(text: str, refusal: str) -> None:
    verdict = check_number(text, TODAY)
    assert (verdict.kind, verdict.refusal) == (None, refusal)


@pytest.mark.parametrize(
    ("born", "refusal"),
    [
        ("20260302", ""),
        ("20260303", "date"),  # not born yet
        ("19050303", ""),  # 120 years old until today
        ("19050302", "date"),  # 121
        ("20000229", ""),
        ("19000229", "date"),  # 1900 was no leap year
        ("00000101", "date"),
    ],
)
def test_the_birth_date_is_a_real_day_of_somebody_who_may_live(born: str, refusal: str) -> None:
    first17 = f"990000{born}001"
    assert check_number(first17 + check_digit(first17), TODAY).refusal == refusal


@given(valid_numbers)
def test_every_number_with_a_right_check_digit_is_accepted_whatever_its_area(number: str) -> None:
    assert check_number(number, TODAY).kind == "id"


@given(valid_numbers, st.integers(0, 16), st.sampled_from(DIGITS))
def test_every_single_wrong_digit_is_found(number: str, place: int, digit: str) -> None:
    changed = number[:place] + digit + number[place + 1 :]
    assert (changed == number) == (check_number(changed, TODAY).refusal != "check-digit")


@given(valid_numbers, st.integers(0, 15))
def test_every_swap_of_neighbours_is_found(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert (swapped == number) == (check_number(swapped, TODAY).refusal != "check-digit")


@given(valid_numbers, st.sampled_from([*DIGITS, "X"]))
def test_exactly_one_last_character_fits(number: str, last: str) -> None:
    assert (check_number(number[:17] + last, TODAY).kind == "id") == (last == number[17])


@given(st.text(max_size=30))
def test_any_text_gets_exactly_one_verdict(text: str) -> None:
    verdict = check_number(text, TODAY)
    assert (verdict.kind is None) == bool(verdict.refusal)


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise_number(normalise_number(text)) == normalise_number(text)


@pytest.mark.parametrize("first17", ["", "1" * 16, "1" * 18, "9900001990030700X", "²" * 17])
def test_a_check_digit_needs_seventeen_digits(first17: str) -> None:
    with pytest.raises(ValueError, match="17 digits"):
        check_digit(first17)


def test_ages_change_on_the_birthday() -> None:
    born = birth_date("990000196103020730")
    assert born == date(1961, 3, 2)
    assert (age_on(born, date(2026, 3, 1)), age_on(born, date(2026, 3, 2))) == (64, 65)
    leap = date(2000, 2, 29)
    assert (age_on(leap, date(2025, 2, 28)), age_on(leap, date(2025, 3, 1))) == (24, 25)
