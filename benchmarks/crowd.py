"""Virtual callers of the built-in hotline: on two processes by the wall clock, start of the processes not counted, and
one after another by CPU time, against the reference call of ``reference_call`` on the same core.
"""

from __future__ import annotations

import time

from benchmarks.figures import Figure, best_seconds
from benchmarks.reference_call import recorded, replay
from ivr.hotlines import open_hotline
from ivr.testing.crowd import CHUNK, Crowd, run_crowd
from ivr.testing.personas import parse_mix

CALLERS = 10_000
SOME = 200
MIX = parse_mix("regular=0.45,senior=0.25,impatient=0.15,expert=0.1,noisy=0.05")


def figures() -> list[Figure]:
    crowd = Crowd(open_hotline(None), "1", MIX)
    tallies = run_crowd(crowd, None, CALLERS + CHUNK, workers=2)
    next(tallies)  # both processes are up
    began = time.perf_counter()
    callers = sum(tally.callers for tally in tallies)
    rate = callers / (time.perf_counter() - began)
    script, _ = recorded(crowd.exchange)
    one_caller = best_seconds(lambda: crowd.run(0, SOME), 15) / SOME
    one_call = best_seconds(lambda: [replay(crowd.exchange, script) for _ in range(SOME)], 15) / SOME
    return [
        Figure("crowd, two processes", rate, "callers/s", "at least 2,500", rate >= 2_500),
        Figure("crowd, by CPU time", 1 / one_caller, "callers/s/core", "at least 1,250", one_caller <= 1 / 1_250),
        Figure("a caller", one_caller / one_call, "×", "(to compare runs)", met=True, reference="the reference call"),
    ]
