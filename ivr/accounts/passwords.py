"""Query passwords: six digits, which ones are too simple, and how the others are kept.

A six-digit password falls to a million guesses whatever the hash, so the daily limit of tries is what protects it;
the slow salted hash protects whoever uses the same digits elsewhere when a database is copied. The parameters are the
minimum that OWASP gives for Argon2id: 19 MiB, two passes, one lane.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_REPEATED_UNITS = (1, 2, 3)


class Passwords(Protocol):
    """Turns passwords into what is stored, and compares."""

    def hash(self, password: str) -> str:
        """A salted hash in text form."""
        ...

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether they belong together; costs the same with nothing stored, and is then always False."""
        ...


class Argon2Passwords:
    """Argon2id; ``memory_kib`` and ``passes`` are lowered by tests only."""

    def __init__(self, memory_kib: int = 19_456, passes: int = 2) -> None:
        self._memory_kib = memory_kib
        self._passes = passes
        self._loaded: PasswordHasher | None = None
        self._nobody = ""

    def hash(self, password: str) -> str:
        """See :class:`Passwords`."""
        return self._hasher().hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """See :class:`Passwords`. A damaged hash matches nothing."""
        from argon2.exceptions import InvalidHashError, VerificationError

        hasher = self._hasher()
        try:
            right = hasher.verify(stored if stored is not None else self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return right and stored is not None

    def _hasher(self) -> PasswordHasher:
        if self._loaded is None:
            from argon2 import PasswordHasher

            hasher = PasswordHasher(time_cost=self._passes, memory_cost=self._memory_kib, parallelism=1)
            self._nobody = hasher.hash("nobody")
            self._loaded = hasher
        return self._loaded


def too_simple(password: str, number: str) -> bool:
    """Whether a new password is one that a stranger tries first. ``number`` is the person's ID or permit."""
    if len(password) != 6 or not (password.isascii() and password.isdigit()):
        return True
    if any(password == password[:unit] * (6 // unit) for unit in _REPEATED_UNITS):
        return True
    steps = {int(b) - int(a) for a, b in pairwise(password)}
    if steps in ({1}, {-1}):
        return True
    tails = (number[-6:], number[-7:-1])
    birthday = number[6:14] if len(number) == 18 else ""
    return password in tails or password in birthday
