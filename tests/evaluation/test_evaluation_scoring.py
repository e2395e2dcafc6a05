"""Shares, error rates and their intervals are right, also where there is little to count."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.evaluation.scoring import digit_error_rate, edit_distance, share

STRINGS = st.text("0123X", max_size=8)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)  # the last one is the worked example of Newcombe (1998), table I; the others follow from the formula
def test_wilsons_interval(hits: int, trials: int, low: float, high: float) -> None:
    rate = share(hits, trials)

    assert (rate.low, rate.high) == pytest.approx((low, high), abs=1e-4)
    assert rate.share == hits / trials


def test_nothing_tried_is_nothing_known() -> None:
    for rate in (share(0, 0), digit_error_rate([])):
        assert (rate.low, rate.high) == (0, 1)
        assert math.isnan(rate.share)


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_share_lies_in_its_interval(hits: int, more: int) -> None:
    rate = share(hits, hits + more)

    assert 0 <= rate.low <= rate.share <= rate.high <= 1


@given(STRINGS, STRINGS)
def test_a_distance_is_the_same_both_ways_and_bounded(one: str, other: str) -> None:
    distance = edit_distance(one, other)

    assert distance == edit_distance(other, one)
    assert abs(len(one) - len(other)) <= distance <= max(len(one), len(other))
    assert (distance == 0) == (one == other)


@given(STRINGS, STRINGS, STRINGS)
def test_a_detour_is_never_shorter(one: str, middle: str, other: str) -> None:
    assert edit_distance(one, other) <= edit_distance(one, middle) + edit_distance(middle, other)


def test_digit_errors_are_changed_missing_and_added_ones() -> None:
    rate = digit_error_rate([("1234", "1234"), ("1234", "124"), ("56", "576"), ("90", "95")])

    assert (rate.hits, rate.trials) == (3, 12)
    assert rate.low <= 3 / 12 <= rate.high
    assert rate == digit_error_rate([("1234", "1234"), ("1234", "124"), ("56", "576"), ("90", "95")])
