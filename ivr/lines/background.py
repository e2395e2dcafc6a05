"""Work that takes too long for a block of sound: rendering a prompt, decoding an utterance.

Who must not wait hands it over with what is to be done with its result, and collects the results between two blocks:
so everything that a call owns is touched by one thread only. ``Inline`` does the work at once; then a call depends on
nothing but its sound, and the same sound gives the same call.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Protocol, TypeVar

Result = TypeVar("Result")
Job = Callable[[], Callable[[], None]]


class Background(Protocol):
    def submit(self, task: Callable[[], Result], then: Callable[[Result], None]) -> None:
        """Do this after all that was submitted before; ``then`` runs in ``collect``, unless ``task`` raises."""
        ...

    def collect(self) -> None:
        """Hand over what is done by now; never waits."""
        ...

    def close(self) -> None:
        """Forget what is not done yet. Called once."""
        ...

    def finish(self, limit_s: float) -> bool:
        """Nothing more will be submitted: wait until all is done; False if that takes too long."""
        ...


class Inline:
    """No background at all."""

    def submit(self, task: Callable[[], Result], then: Callable[[Result], None]) -> None:
        then(task())

    def collect(self) -> None:
        pass

    def close(self) -> None:
        pass

    def finish(self, limit_s: float) -> bool:  # noqa: ARG002 - what was submitted is done
        return True


class Worker:
    """A daemon thread: a task that never returns delays neither the call nor the program's end.

    Tasks handle what they expect. What one raises all the same is told to ``warn``, once; the next one is done.
    """

    def __init__(self, name: str, warn: Callable[[str], None] = lambda _: None) -> None:
        self._warn = warn
        self._warned = False
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._done: deque[Callable[[], None]] = deque()
        self._closed = False
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(self, task: Callable[[], Result], then: Callable[[Result], None]) -> None:
        def job() -> Callable[[], None]:
            result = task()
            return lambda: then(result)

        self._jobs.put(job)

    def collect(self) -> None:
        while self._done:
            self._done.popleft()()

    def close(self) -> None:
        self._closed = True
        self._jobs.put(None)

    def finish(self, limit_s: float) -> bool:
        self._jobs.put(None)
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None and not self._closed:
            try:
                self._done.append(job())
            except Exception as error:  # a bug in one task must not end the others'
                self._complain(error)

    def _complain(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            self._warn(f"something failed beside the call, which goes on ({type(error).__name__}: {error})")
