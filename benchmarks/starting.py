"""How long until a person sees something: ``ivr --help`` and the first prompt of a piped call."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from benchmarks.figures import Figure, best_wall_seconds

PYDANTIC = [sys.executable, "-c", "import pydantic"]
HELP = [sys.executable, "-m", "ivr", "--help"]
CALL = [sys.executable, "-m", "ivr", "call", "--pace", "instant"]


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def first_prompt(folder: str) -> float:
    """Wall seconds until the first line of the call arrives."""
    start = time.perf_counter()
    environment = {**os.environ, "IVR_DATA_DIR": folder, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        CALL, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as call:
        assert call.stdout is not None
        call.stdout.readline()
        seconds = time.perf_counter() - start
        call.stdout.read()
    if call.returncode not in (0, 3):  # heard, and hung up at the end of the input
        raise RuntimeError(f"the call ended with {call.returncode}: {' '.join(CALL)}")
    return seconds


def figures() -> list[Figure]:
    for command in (PYDANTIC, HELP):
        run(command)  # byte-code caches
    pydantic = best_wall_seconds(lambda: run(PYDANTIC), 12)
    helping = best_wall_seconds(lambda: run(HELP), 12)
    with tempfile.TemporaryDirectory() as folder:
        first_prompt(folder)
        prompt = min(first_prompt(folder) for _ in range(12))
    reference = f"python -c 'import pydantic', {pydantic * 1e3:.0f} ms"
    return [
        Figure("ivr --help", helping / pydantic, "×", "at most 2", helping <= 2 * pydantic, reference),
        Figure("first prompt of a call", prompt / pydantic, "×", "at most 6", prompt <= 6 * pydantic, reference),
    ]
