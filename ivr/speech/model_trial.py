"""The child process that reads a speech model first: run as a module by ``vosk_recogniser``, never imported by it.

A broken model can end the process that reads it. So the first to read one is this child: if it comes through loading,
a grammar and a second of sound, the model is fit for the process with the calls in it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

_SOUND_SAMPLES: Final = 16_000


def main() -> None:
    from ivr.errors import SpeechError
    from ivr.speech.vosk_recogniser import load

    try:
        engine = load(Path(sys.argv[1]), float(sys.argv[2]))
        engine.try_out(_SOUND_SAMPLES)
    except SpeechError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return
    print(json.dumps({}), flush=True)


if __name__ == "__main__":
    main()
