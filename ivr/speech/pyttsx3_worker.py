"""The child process that owns pyttsx3: run as a module by ``pyttsx3_synthesiser``, never imported by the program.

What pyttsx3 needs, and this file does:
* properties are only queued when they are set, and the first run of an engine returns before its file is there: so it
  is run once, empty, after every change, and the voice is read back then: one that is not there is refused silently;
* a change of the rate between two texts takes effect now, later or never: a process speaks at the rate it started with;
* one text per run: of several, only the last is written;
* one thread: two at once crash the process; nobody calls ``stop()``, which hangs;
* it prints to standard output (see ``worker_side``).

The argument is the rate in words a minute. Questions are ``{"text", "file"}``,
answers ``{}`` or ``{"error"}``; the greeting ``{"voice", "engine"}``.
"""

from __future__ import annotations

import sys
from typing import Any

from ivr.speech.espeak_library import load_bundled_library
from ivr.speech.voice_choice import Voice, ranked
from ivr.speech.worker_side import Answer, serve


class _Engine:
    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._problems: list[str] = []
        engine.connect("error", lambda exception=None, **_: self._problems.append(str(exception)))

    def answer(self, question: Answer) -> Answer:
        self._problems.clear()
        self._engine.save_to_file(question["text"], question["file"])
        self._engine.runAndWait()
        return {"error": f"pyttsx3: {self._problems[0]}"} if self._problems else {}


def _open() -> tuple[_Engine, Answer]:
    library = load_bundled_library()
    try:
        import pyttsx3

        engine = pyttsx3.init()
    except Exception as error:  # each platform's driver has its own
        raise LookupError(f"pyttsx3 cannot start: {error}") from error
    voices = [Voice(str(one.id), str(one.name), tuple(one.languages or ())) for one in engine.getProperty("voices")]
    engine.setProperty("rate", int(sys.argv[1]))
    for voice in ranked(voices):
        engine.setProperty("voice", voice.id)
        engine.runAndWait()
        if str(engine.getProperty("voice")).lower() == voice.id.lower():
            return _Engine(engine), {"voice": voice.id, "engine": f"{engine}{f' ({library})' if library else ''}"}
    raise LookupError(f"pyttsx3: none of the {len(voices)} voices of this machine speaks Mandarin")


if __name__ == "__main__":
    serve(_open, _Engine.answer)
