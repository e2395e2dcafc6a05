"""A backend that fails on demand: slow, down, flaky or locked.

A fault never sleeps. It decides how long an answer takes and whether it fails, and whoever runs the call lets the time
pass: a live runner waits, a virtual-time runner moves its clock. So a runner asks :func:`plan_for` first, lets
``delay_ms`` go by, and then either reports ``failure`` or calls ``answer``.

    slow=3s         every answer takes 3 s (also 2500ms)
    down            no answer, at once: the backend is not there
    flaky=0.2       one answer in five fails, chosen by a seeded generator: the same seed gives the same calls
    locked-db       no answer after 5 s: the database is held by somebody else
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.accounts.repository import Accounts, Facts, Question
from ivr.errors import UsageError

if TYPE_CHECKING:
    import random

LOCKED_AFTER_MS = 5_000

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s)", re.ASCII)
_LONGEST_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong; nothing by default."""

    slow_ms: int = 0
    down: bool = False
    flaky: float = 0.0  # share of failing answers, 0 to 1
    locked_db: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What will happen to one question."""

    delay_ms: int = 0
    failure: str | None = None  # the reason of a ``LookupFailed``


def parse_faults(spec: str) -> Faults:
    """Read ``slow=3s,flaky=0.2``; ``UsageError`` names the part that is wrong. An empty text means no faults."""
    found: dict[str, int | float | bool] = {}
    for part in filter(None, map(str.strip, spec.split(","))):
        name, given, value = part.partition("=")
        field = name.strip().replace("-", "_")
        if field in found or f"{field}_ms" in found:
            raise UsageError(f"the fault {name.strip()} is given twice in {spec!r}; give it once")
        if field == "slow":
            found["slow_ms"] = _duration_ms(value.strip(), part)
        elif field == "flaky":
            found["flaky"] = _share(value.strip(), part)
        elif field in ("down", "locked_db"):
            if given:
                raise UsageError(f"the fault {part!r} takes no value; write {name.strip()}")
            found[field] = True
        else:
            raise UsageError(f"there is no fault {part!r}; choose from slow=3s, down, flaky=0.2, locked-db")
    return Faults(**found)  # type: ignore[arg-type]  # each field was given a value of its own type above


class Faulty:
    """Accounts with faults in front. ``answer`` itself is unharmed: the faults are in :meth:`plan`."""

    def __init__(self, accounts: Accounts, faults: Faults, rng: random.Random) -> None:
        self._accounts = accounts
        self._faults = faults
        self._rng = rng

    def plan(self, question: Question) -> Plan:  # noqa: ARG002 - a fault may one day depend on what is asked
        """Decide about one question; to be called once per question, in the order of the call."""
        unlucky = self._rng.random() < self._faults.flaky  # drawn always, so that faults do not shift each other
        if self._faults.down:
            return Plan(self._faults.slow_ms, "backend-down")
        if self._faults.locked_db:
            return Plan(self._faults.slow_ms + LOCKED_AFTER_MS, "backend-locked")
        return Plan(self._faults.slow_ms, "backend-flaky" if unlucky else None)

    def answer(self, question: Question) -> Facts:
        """The answer of the accounts behind."""
        return self._accounts.answer(question)


def plan_for(accounts: Accounts, question: Question) -> Plan:
    """The plan of faulty accounts; at once and without failure for all others."""
    return accounts.plan(question) if isinstance(accounts, Faulty) else Plan()


def _duration_ms(text: str, part: str) -> int:
    match = _DURATION.fullmatch(text)
    duration_ms = round(float(match[1]) * (1000 if match[2] == "s" else 1)) if match else -1
    if not 0 <= duration_ms <= _LONGEST_MS:
        raise UsageError(f"the fault {part!r} needs a duration up to an hour, such as slow=3s or slow=2500ms")
    return duration_ms


def _share(text: str, part: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"the fault {part!r} needs a share from 0 to 1, such as flaky=0.2")
    return share
