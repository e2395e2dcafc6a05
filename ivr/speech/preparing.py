"""Work done ahead by one thread: the latest wishes first, and nothing while somebody waits for a prompt now."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from ivr.errors import AudioError, SpeechError

Job = Callable[[], object]


class Preparing:
    """A job that fails for want of a voice is left to whoever wants its result later.

    ``surprised`` is told what else it raised, in the thread of the jobs; the next one is done.
    """

    def __init__(self, surprised: Callable[[Exception], None] = lambda _: None) -> None:
        self._surprised = surprised
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._waiting = 0
        self._closed = False
        self._thread: threading.Thread | None = None

    def add(self, jobs: Iterable[Job]) -> None:
        with self._changed:
            if self._closed:
                return
            self._jobs.extendleft(reversed(list(jobs)))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ivr-voice", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No new job begins meanwhile."""
        with self._changed:
            self._waiting += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1
                self._changed.notify_all()

    def settled(self, limit_s: float) -> bool:
        """Wait until nothing is left to do; False if it took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs, limit_s)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._jobs.clear()
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or (self._jobs and not self._waiting))
                if self._closed:
                    return
                job = self._jobs[0]
            try:
                with suppress(SpeechError, AudioError):
                    job()
            except Exception as error:  # a bug in one job must not end the others'
                self._surprised(error)
            with self._changed:
                if job in self._jobs:
                    self._jobs.remove(job)
                self._changed.notify_all()
