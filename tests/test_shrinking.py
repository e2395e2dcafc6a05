"""Shrinking: what is left still fails, and nothing in it can be left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.testing.shrinking import shrink


@given(st.lists(st.integers(0, 9), max_size=40), st.sets(st.integers(0, 9), max_size=3))
def test_what_is_left_is_just_what_is_needed(parts, needed):
    parts = [*parts, *sorted(needed)]
    assert sorted(shrink(parts, lambda some: needed <= set(some))) == sorted(needed)


@given(st.lists(st.integers(0, 99), min_size=1, max_size=30), st.integers(1, 30))
def test_no_single_part_can_be_left_out(parts, least):
    def fails(some):
        return sum(some) >= min(least, sum(parts))

    left = shrink(parts, fails)
    assert fails(left)
    assert not any(fails(left[:place] + left[place + 1 :]) for place in range(len(left)))


def test_the_order_is_kept():
    assert shrink([3, 1, 4, 1, 5], lambda some: 3 in some and 5 in some) == [3, 5]


def test_what_fails_by_itself_shrinks_to_nothing():
    assert shrink([1, 2, 3], lambda _: True) == []
