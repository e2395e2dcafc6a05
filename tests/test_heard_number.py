"""Which of the ways in which an identity number was heard is taken."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from ivr.identity_number import check_digit, check_number
from ivr.mandarin.heard_number import Ways, identity_number_of, said_in_digits

TODAY = date(2026, 1, 1)
BELIEFS = st.floats(0.02, 1)


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1920, 1, 1), date(2025, 1, 1)))
    first17 = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + check_digit(first17)


@st.composite
def heard_in_groups(draw: st.DrawFn) -> tuple[str, tuple[Ways, ...]]:
    """A number, and groups in which its own digits are one of several ways."""
    number = draw(identity_numbers())
    cuts = [0, *sorted(draw(st.sets(st.integers(1, 17), max_size=4))), 18]
    groups = []
    for start, end in pairwise(cuts):
        own = number[start:end]
        others = draw(st.lists(st.text("0123456789", min_size=1, max_size=end - start + 1), max_size=4))
        ways = [(own, draw(BELIEFS)), *((other, draw(BELIEFS)) for other in others)]
        groups.append(tuple(sorted(ways, key=lambda way: -way[1])))
    return number, tuple(groups)


def belief_in(number: str, groups: tuple[Ways, ...]) -> float:
    """Of the best way to read the groups as ``number``; 0 for none."""
    if not groups:
        return 0.0 if number else 1.0
    rest = groups[1:]
    parts = (
        belief * belief_in(number[len(digits) :], rest) for digits, belief in groups[0] if number.startswith(digits)
    )
    return max(parts, default=0.0)


@given(heard_in_groups())
def test_no_number_that_may_be_meant_is_likelier_than_the_one_that_is_taken(
    heard: tuple[str, tuple[Ways, ...]],
) -> None:
    number, groups = heard
    taken = identity_number_of(groups, TODAY)
    likeliest = prod(ways[0][1] for ways in groups)
    if not taken:
        assert belief_in(number, groups) <= 0.01 * likeliest * (1 + 1e-9)
        return
    assert check_number(taken, TODAY).kind == "id"
    assert belief_in(taken, groups) >= belief_in(number, groups) * (1 - 1e-9)


@given(identity_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_a_wrong_digit_is_never_taken_for_right(number: str, at: int, more: int) -> None:
    wrong = number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :]
    assert identity_number_of((((wrong, 0.9),),), TODAY) == ""
    assert identity_number_of((((wrong, 0.9), (number, 0.05)),), TODAY) == number


def test_many_groups_of_many_ways_are_given_up_in_good_time() -> None:
    ways = tuple((f"{way:03d}", 1.0) for way in range(100))
    assert identity_number_of((ways,) * 6, TODAY) == "", "of 10 ** 12 readings, none of the first has a birth date"


def test_ways_that_are_no_digits_do_not_count() -> None:
    ways = (("幺幺零", 0.5), ("人工", 0.3), ("重来", 0.1), ("一二不对三", 0.1))
    assert said_in_digits(ways) == (("110", 0.5), ("3", 0.1))
    assert said_in_digits((("不对三", 0.5), ("三", 0.4)), "replace") == (("3", 0.5),)
    assert identity_number_of((), TODAY) == identity_number_of(((),), TODAY) == ""
