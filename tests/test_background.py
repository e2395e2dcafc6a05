"""Work beside a call: one task that fails takes nothing else with it."""

from __future__ import annotations

from ivr.lines.background import Worker


def _fail() -> int:
    raise ZeroDivisionError("division by zero")


def test_a_task_that_raises_is_told_once_and_the_next_is_done() -> None:
    told: list[str] = []
    done: list[int] = []
    worker = Worker("test", told.append)
    for task in (_fail, lambda: 1, _fail, lambda: 2):
        worker.submit(task, done.append)
    assert worker.finish(20)
    worker.collect()
    assert done == [1, 2]
    assert told == ["something failed beside the call, which goes on (ZeroDivisionError: division by zero)"]
