"""A voice that is well and knows no reading for some texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ivr.audio.wav import write_wav
from ivr.errors import UnsayableError
from ivr.speech.worker_side import Answer, serve


def _answer(engine: list[str], question: Answer) -> Answer:
    engine.append(question["text"])
    if "я" in question["text"]:
        raise UnsayableError("there is nothing in this text that a voice can say")
    write_wav(Path(question["file"]), np.ones(len(engine), np.int16), 16_000)  # as long as it has been asked
    return {}


if __name__ == "__main__":
    serve(lambda: ([], {"voice": "speechless", "engine": "none"}), _answer)
