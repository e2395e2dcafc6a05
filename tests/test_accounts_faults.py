"""A backend that fails on demand, without sleeping."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.accounts.faults import Faults, Faulty, Plan, parse_faults, plan_for
from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Question
from ivr.errors import UsageError

BALANCE = Question("balance", {"person": "P0001"}, datetime.fromisoformat("2026-03-02T09:30"))


def plans(faults: Faults, seed: int, count: int) -> list[Plan]:
    faulty = Faulty(MemoryAccounts(), faults, random.Random(seed))
    return [faulty.plan(BALANCE) for _ in range(count)]


@pytest.mark.parametrize(
    ("spec", "faults"),
    [
        ("", Faults()),
        ("slow=3s", Faults(slow_ms=3_000)),
        ("slow=2500ms", Faults(slow_ms=2_500)),
        ("slow=0.5s, flaky=0.2", Faults(slow_ms=500, flaky=0.2)),
        ("down", Faults(down=True)),
        ("locked-db,flaky=1", Faults(locked_db=True, flaky=1.0)),
    ],
)
def test_a_spec_is_read(spec: str, faults: Faults) -> None:
    assert parse_faults(spec) == faults


@pytest.mark.parametrize(
    "spec",
    [
        "fast",
        "slow",
        "slow=",
        "slow=3",
        "slow=-3s",
        "slow=3m",
        "slow=9999s",
        "slow=１s",
        "flaky",
        "flaky=2",
        "flaky=nan",
        "down=1",
        "slow=1s,slow=2s",
        "down,down",
    ],
)
def test_a_wrong_part_is_named_with_what_to_write(spec: str) -> None:
    with pytest.raises(UsageError, match=r"such as|choose from|give it once|write down"):
        parse_faults(spec)


def test_each_fault_plans_its_delay_and_failure() -> None:
    assert plans(Faults(slow_ms=3_000), 1, 1) == [Plan(3_000, None)]
    assert plans(Faults(down=True), 1, 1) == [Plan(0, "backend-down")]
    assert plans(Faults(locked_db=True, slow_ms=100), 1, 1) == [Plan(5_100, "backend-locked")]
    assert plans(Faults(flaky=1), 1, 1) == [Plan(0, "backend-flaky")]


@given(st.integers(), st.floats(0, 1))
def test_the_same_seed_gives_the_same_failures_with_or_without_slowness(seed: int, flaky: float) -> None:
    quick, slow = plans(Faults(flaky=flaky), seed, 20), plans(Faults(flaky=flaky, slow_ms=9), seed, 20)
    assert [plan.failure for plan in quick] == [plan.failure for plan in slow]


def test_one_answer_in_five_fails() -> None:
    failed = sum(plan.failure is not None for plan in plans(Faults(flaky=0.2), 12333, 1_000))
    assert 150 < failed < 250


def test_asking_is_not_harmed_and_unharmed_accounts_have_no_plan() -> None:
    memory = MemoryAccounts()
    faulty = Faulty(memory, Faults(down=True), random.Random(1))
    assert faulty.answer(BALANCE) == memory.answer(BALANCE)
    assert plan_for(memory, BALANCE) == Plan(0, None)
    assert plan_for(faulty, BALANCE).failure == "backend-down"
