"""Virtual callers of the built-in hotline on two processes, by the wall clock, start of the processes not counted."""

from __future__ import annotations

import time

from benchmarks.figures import Figure
from ivr.hotlines import open_hotline
from ivr.testing.crowd import CHUNK, Crowd, run_crowd
from ivr.testing.personas import parse_mix

CALLERS = 10_000
MIX = parse_mix("regular=0.45,senior=0.25,impatient=0.15,expert=0.1,noisy=0.05")


def figures() -> list[Figure]:
    crowd = Crowd(open_hotline(None), "1", MIX)
    tallies = run_crowd(crowd, None, CALLERS + CHUNK, workers=2)
    next(tallies)  # both processes are up
    began = time.perf_counter()
    callers = sum(tally.callers for tally in tallies)
    rate = callers / (time.perf_counter() - began)
    return [Figure("crowd, two processes", rate, "callers/s", "at least 2,500", rate >= 2_500)]
