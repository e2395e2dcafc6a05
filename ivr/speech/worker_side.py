"""The child's side of ``worker_process``: a greeting, then one answer to each question, until the parent is gone."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TextIO, TypeVar

from ivr.errors import UnsayableError

Engine = TypeVar("Engine")
Answer = dict[str, Any]


def serve(open_engine: Callable[[], tuple[Engine, Answer]], answer: Callable[[Engine, Answer], Answer]) -> None:
    """Never returns once the engine is open. What the engine raises becomes an answer with ``error``.

    With ``unsayable`` too, where the engine is well and only this text is at fault.

    The engine stays in this thread, as some must be in the main one; standard output is moved out of its reach.
    """
    answers = _private_output()
    questions: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_read, args=(questions,), daemon=True).start()
    try:
        engine, greeting = open_engine()
    except Exception as error:
        _tell(answers, {"error": str(error)})
        return
    _tell(answers, greeting)
    while True:
        question = json.loads(questions.get())
        try:
            _tell(answers, answer(engine, question))
        except UnsayableError as error:
            _tell(answers, {"error": str(error), "unsayable": True})
        except Exception as error:
            _tell(answers, {"error": str(error)})


def _read(questions: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        questions.put(line)
    os._exit(0)  # the parent is gone, and the engine may hang: nothing else ends this process


def _private_output() -> TextIO:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answers


def _tell(answers: TextIO, answer: Answer) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
