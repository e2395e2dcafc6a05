"""Crowds: seeded virtual callers by the hundred thousand, on all processors, and what became of them.

Theory of operation. A caller is a number: persona, goal, person, hour, agents and every slip are drawn from one
generator made of the seed and that number. Callers never meet, so they can phone in any order and any process; what is
kept is only sums and the smallest defects, and sums do not care for order. So the same seed gives the same result on
any number of processes. Which synthetic people a goal makes sense for is found by letting a perfect caller try.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate

from ivr.accounts.people import people
from ivr.accounts.people_sketch import SyntheticPerson
from ivr.agent_desk import AgentDesk
from ivr.callflow.hotline import Hotline
from ivr.errors import UsageError
from ivr.hotlines import open_hotline
from ivr.session.exchange import Exchange
from ivr.testing.crowd_call import Circumstances, CrowdCall, Journey
from ivr.testing.crowd_caller import Caller
from ivr.testing.crowd_goals import Goals, Shares, goals
from ivr.testing.crowd_routes import Routes
from ivr.testing.personas import PERFECT, PERSONAS, Mix, Persona

CHUNK = 250  # callers for one message between processes
MOST_DEFECTS = 20
BIN_MS = 100
_MIDNIGHT = datetime(2026, 3, 2)  # noqa: DTZ001 - a call's wall clock is naive; a Monday
MORNING = _MIDNIGHT + timedelta(hours=9, minutes=30)  # agents are on duty
_HOURS = range(7, 22)
_HOUR_SUMS = list(accumulate((2, 6, 14, 14, 10, 6, 7, 11, 10, 8, 5, 3, 2, 1, 1)))  # peaks 9-11 and 14-16
_DESKS = [AgentDesk("free"), AgentDesk("waiting"), AgentDesk("full"), AgentDesk("no-answer")]
_DESK_SUMS = list(accumulate((60, 30, 6, 4)))

Fitting = dict[str, tuple[int, ...]]
"""By goal: the numbers of the people who get it."""


@dataclass(frozen=True, slots=True)
class Defect:
    """A caller who found something wrong; their number finds them again."""

    caller: int
    what: str


@dataclass(slots=True)
class Tally:
    """Sums over callers. Times are counted in bins of ``BIN_MS``."""

    callers: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    personas: Counter[tuple[str, str]] = field(default_factory=Counter)  # (persona, outcome)
    goals: Counter[tuple[str, str]] = field(default_factory=Counter)  # (goal, outcome)
    came_by: Counter[str] = field(default_factory=Counter)  # callers, by node
    lost: Counter[str] = field(default_factory=Counter)  # callers who left unserved, by their last node
    served_at: Counter[int] = field(default_factory=Counter)
    left_at: Counter[int] = field(default_factory=Counter)  # unserved callers
    failures: int = 0
    virtual_ms: int = 0
    defects: list[Defect] = field(default_factory=list)

    def take(self, number: int, persona: str, goal: str, journey: Journey) -> None:
        outcome = journey.outcome
        self.callers += 1
        self.outcomes[outcome] += 1
        self.personas[persona, outcome] += 1
        self.goals[goal, outcome] += 1
        self.came_by.update(set(journey.nodes))
        self.failures += journey.failures
        self.virtual_ms += journey.ended_at
        if journey.served_at is not None:
            self.served_at[journey.served_at // BIN_MS] += 1
        else:
            self.left_at[journey.ended_at // BIN_MS] += 1
            if outcome != "agent" and journey.nodes:
                self.lost[journey.nodes[-1]] += 1
        if journey.defect:
            self.defects.append(Defect(number, journey.defect))

    def add(self, other: Tally) -> None:
        self.callers += other.callers
        self.failures += other.failures
        self.virtual_ms += other.virtual_ms
        for name in ("outcomes", "personas", "goals", "came_by", "lost", "served_at", "left_at"):
            getattr(self, name).update(getattr(other, name))
        self.defects = sorted([*self.defects, *other.defects], key=lambda one: one.caller)[:MOST_DEFECTS]


class Crowd:
    """The callers of one hotline. A crowd works out ``fitting`` itself, unless another one already has."""

    def __init__(
        self,
        hotline: Hotline,
        seed: str,
        mix: Mix,
        fitting: Fitting | None = None,
        shares: Shares | None = None,
    ) -> None:
        flow = hotline.flow
        self.exchange = Exchange(hotline)
        self.seed = seed
        self.mix = mix
        self.shares = shares or {}
        self._keyed, self._spoken = Routes(flow, by_voice=False), Routes(flow, by_voice=True)
        reachable = [goal for goal in goals(flow) if flow.start == goal or flow.start in self._spoken.to(goal).steps]
        self._goals = Goals(flow, reachable, self.shares)
        if not self._goals:
            raise UsageError(f"{flow.hotline}: nobody can want anything here; name its services under 'services:'")
        self._personas = [PERSONAS[name] for name, _ in mix]
        self._persona_sums = list(accumulate(share for _, share in mix))
        self._people = people()
        self.fitting = self._find_fitting() if fitting is None else fitting

    def caller(self, number: int) -> tuple[Caller, Circumstances]:
        """The same caller for the same number, always."""
        rng = random.Random(f"{self.seed}:{number}")
        persona = rng.choices(self._personas, cum_weights=self._persona_sums)[0]
        goal = self._goals.draw(rng, persona)
        fits = self.fitting[goal]
        odd = rng.random() < persona.odd_person
        person = self._people[rng.randrange(len(self._people)) if odd else rng.choice(fits)]
        hour = rng.choices(_HOURS, cum_weights=_HOUR_SUMS)[0]
        when = _MIDNIGHT + timedelta(hours=hour, seconds=rng.randrange(3_600))
        desk = rng.choices(_DESKS, cum_weights=_DESK_SUMS)[0]
        return self._caller(persona, goal, person, rng), Circumstances(when, desk=desk)

    def _caller(self, persona: Persona, goal: str, person: SyntheticPerson, rng: random.Random) -> Caller:
        return Caller(persona, goal, self._keyed.to(goal), self._spoken.to(goal), person, rng)

    def phone(self, number: int) -> Journey:
        return CrowdCall(self.exchange, *self.caller(number)).run()

    def run(self, first: int, stop: int) -> Tally:
        """Callers ``first`` to ``stop - 1``."""
        tally = Tally()
        for number in range(first, stop):
            caller, where = self.caller(number)
            tally.take(number, caller.persona.name, caller.goal, CrowdCall(self.exchange, caller, where).run())
        return tally

    def _find_fitting(self) -> Fitting:
        return {goal: self._who_gets(goal) for goal in self._goals.all}

    def _who_gets(self, goal: str) -> tuple[int, ...]:
        found = []
        for number, person in enumerate(self._people):
            caller = self._caller(PERFECT, goal, person, random.Random(0))
            journey = CrowdCall(self.exchange, caller, Circumstances(MORNING)).run()
            if not journey.typed:
                return tuple(range(len(self._people)))  # nobody was asked who they are
            if journey.served_at is not None:
                found.append(number)
        return tuple(found) or tuple(range(len(self._people)))


def open_crowd(flow: str | None, seed: str, mix: Mix, fitting: Fitting, shares: Shares) -> Crowd:
    """What each worker process makes for itself. Raises UsageError and DocumentError as ``open_hotline`` does."""
    return Crowd(open_hotline(flow), seed, mix, fitting, shares)


def run_crowd(crowd: Crowd, flow: str | None, callers: int, workers: int = 1) -> Generator[Tally, None, None]:
    """The tallies of chunks, each as soon as it and those before it are there; add them up."""
    chunks = [(first, min(first + CHUNK, callers)) for first in range(0, callers, CHUNK)]
    if workers == 1 or len(chunks) == 1:
        return (crowd.run(*chunk) for chunk in chunks)
    make = partial(open_crowd, flow, crowd.seed, crowd.mix, crowd.fitting, crowd.shares)
    return _side_by_side(chunks, make, min(workers, len(chunks)))


def _side_by_side(
    chunks: list[tuple[int, int]], make: Callable[[], Crowd], workers: int
) -> Generator[Tally, None, None]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")  # the same on every system
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_work, initargs=(make,))
    try:
        yield from pool.map(_work, chunks)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_crowds: list[Crowd] = []  # of a worker process: the one it was started with


def _begin_work(make: Callable[[], Crowd]) -> None:
    import gc
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    _crowds.append(make())
    gc.freeze()  # the hotline stays: looking through it again and again would cost a tenth of the time
    gc.set_threshold(20_000)


def _work(chunk: tuple[int, int]) -> Tally:
    return _crowds[0].run(*chunk)
