"""The child process that reads a speech model first: run as a module by ``model_trial``, never imported by it.

A broken model can end the process that reads it. So the first to read one is this child: if it comes through loading,
a grammar and a second of sound, the model is fit for the process with the calls in it. Asked to, it
tries further grammars, given as ``{"sentences": [...]}``. It tells what Vosk and
the model took: seconds to load, memory.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Final

_SOUND_SAMPLES: Final = 16_000


def main() -> None:
    from ivr.errors import SpeechError
    from ivr.speech.vosk_recogniser import load

    began, memory_before = time.perf_counter(), _memory_mib()
    try:
        engine = load(Path(sys.argv[1]), float(sys.argv[2]))
        load_s = time.perf_counter() - began
        engine.try_out(_SOUND_SAMPLES)
    except SpeechError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return
    memory = _memory_mib()
    grown = memory - memory_before if memory is not None and memory_before is not None else None
    print(json.dumps({"load_s": load_s, "memory_mib": grown}), flush=True)
    for line in sys.stdin:
        engine.try_out(_SOUND_SAMPLES, tuple(json.loads(line)["sentences"]))
        print(json.dumps({}), flush=True)


def _memory_mib() -> float | None:
    """What this process has in memory; None where the system does not tell that in a file."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return None
    return float(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


if __name__ == "__main__":
    main()
