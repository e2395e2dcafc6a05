"""Accounts that are opened by the first question, so that the hotline picks up before any database is loaded."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from ivr.accounts.repository import Accounts, Facts, Question
from ivr.errors import AccountsError, LookupFailed

Backend = TypeVar("Backend", bound=Accounts)


class LazyAccounts(Generic[Backend]):
    """``opened`` is the backend once a question has opened it. What prevents that is told to ``warn`` once."""

    def __init__(self, open_backend: Callable[[], Backend], warn: Callable[[str], None]) -> None:
        self._open = open_backend
        self._warn = warn
        self._warned = False
        self._lock = Lock()
        self.opened: Backend | None = None

    def answer(self, question: Question) -> Facts:
        with self._lock:
            if self.opened is None:
                try:
                    self.opened = self._open()
                except AccountsError as error:
                    if not self._warned:
                        self._warned = True
                        self._warn(str(error))
                    raise LookupFailed("backend-unavailable", str(error)) from error
            backend = self.opened
        return backend.answer(question)
