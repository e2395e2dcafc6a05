"""An asyncio loop whose clock jumps to the next timer as soon as nothing is left to do: no test ever waits.

While a lookup's thread is at work the clock stands still, as the work takes no virtual time.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _JumpingSelector(selectors.DefaultSelector):
    clock = 0.0

    def select(self, timeout: float | None = None) -> Any:
        at_work = any(thread.name.startswith("lookup-") for thread in threading.enumerate())
        if timeout is None or at_work:
            return super().select(None if timeout is None else min(timeout, 0.01))
        ready = super().select(0)
        if not ready:
            self.clock += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = _JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.clock


def in_virtual_time(main: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())
