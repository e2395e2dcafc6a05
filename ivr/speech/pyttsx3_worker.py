"""The child process that owns pyttsx3: run as a module by ``pyttsx3_synthesiser``, never imported by the program.

What pyttsx3 needs, and this file does:
* properties are only queued when they are set, and the first run of an engine returns before its file is there: so it
  is run once, empty, after every change, and the voice is read back then: one that is not there is refused silently;
* a change of the rate between two texts takes effect now, later or never: a process speaks at the rate it started with;
* one text per run: of several, only the last is written;
* one thread: two at once crash the process; nobody calls ``stop()``, which hangs;
* it prints to standard output, which is therefore moved out of its reach.

The argument is the rate in words a minute. Questions are ``{"text", "file"}``,
answers ``{}`` or ``{"error"}``; the greeting ``{"voice", "engine"}``.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import Any, TextIO

from ivr.speech.espeak_library import load_bundled_library
from ivr.speech.voice_choice import Voice, ranked


def main() -> None:
    answers = _private_output()
    questions: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(questions,), daemon=True).start()
    try:
        engine, greeting = _open_engine(int(sys.argv[1]))
    except Exception as error:
        _tell(answers, {"error": f"pyttsx3: {error}"})
        return
    _tell(answers, greeting)
    problems: list[str] = []
    engine.connect("error", lambda exception=None, **_: problems.append(str(exception)))
    while True:
        question = json.loads(questions.get())
        problems.clear()
        engine.save_to_file(question["text"], question["file"])
        engine.runAndWait()
        _tell(answers, {"error": f"pyttsx3: {problems[0]}"} if problems else {})


def _open_engine(rate: int) -> tuple[Any, dict[str, str]]:
    library = load_bundled_library()
    import pyttsx3

    engine = pyttsx3.init()
    voices = [Voice(str(one.id), str(one.name), tuple(one.languages or ())) for one in engine.getProperty("voices")]
    engine.setProperty("rate", rate)
    for voice in ranked(voices):
        engine.setProperty("voice", voice.id)
        engine.runAndWait()
        if str(engine.getProperty("voice")).lower() == voice.id.lower():
            return engine, {"voice": voice.id, "engine": f"{engine}{f' ({library})' if library else ''}"}
    raise LookupError(f"none of the {len(voices)} voices of this machine speaks Mandarin")


def _read(questions: queue.Queue[str]) -> None:
    for line in sys.stdin:
        questions.put(line)
    os._exit(0)  # the parent is gone, and the engine may hang: nothing else ends this process


def _private_output() -> TextIO:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answers


def _tell(answers: TextIO, answer: dict[str, str]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
