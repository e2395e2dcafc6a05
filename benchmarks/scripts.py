"""Call scripts and exploration: a five-minute call in virtual time, the built-in hotline's whole suite, all proofs.

The reference of the call is the core alone on the same events, without the virtual line, the accounts and the heap.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure, best_seconds, best_wall_seconds
from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.hotlines import open_hotline
from ivr.session.exchange import Exchange
from ivr.testing.virtual_call import VirtualCall

CALLS = Path(__file__).resolve().parent.parent / "tests" / "calls"
STEPS = ["1", "1", "990000199003070013#", "246810", *["2", "1"] * 4, *["9"] * 30]
FIVE_MINUTES_MS = 300_000


def five_minutes(exchange: Exchange) -> VirtualCall:
    """A caller who hears everything out and has the balance read again and again."""
    call = VirtualCall(exchange.new_call(), MemoryAccounts())
    call.answer()
    for step in STEPS:
        call.run_until_quiet()
        if call.over or call.now >= FIVE_MINUTES_MS:
            break
        call.press(step)
    call.hang_up()
    return call


def ivr(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "ivr", *arguments], check=True, capture_output=True, encoding="utf-8")


def figures() -> list[Figure]:
    exchange = Exchange(open_hotline(None))
    lasted = five_minutes(exchange).now
    one = best_seconds(lambda: [five_minutes(exchange) for _ in range(20)]) / 20 * FIVE_MINUTES_MS / lasted
    suite = best_wall_seconds(lambda: ivr("test", str(CALLS)), 3)
    start = time.perf_counter()
    proofs = json.loads(ivr("explore", "--json").stdout)
    exploring = time.perf_counter() - start
    size = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    states = proofs.get("states", 0)
    return [
        Figure(f"five minutes of a call ({lasted / 1e3:.0f} s timed)", one * 1e3, "ms CPU", "at most 5", one <= 5e-3),
        Figure("all call scripts of the hotline", suite, "s", "at most 2", suite <= 2),
        Figure(f"exploration, {states} states", exploring, "s", "at most 60", exploring <= 60),
        Figure("exploration, memory", size, "MiB", "at most 1,024", size <= 1024),
    ]
