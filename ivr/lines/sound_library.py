"""PortAudio, loaded once and kept from the user's screen. The only importer of sounddevice.

Theory of operation. PortAudio, and ALSA and JACK below it, tell every device that they have not found and every block
that came late on C's ``stderr``: a hundred lines in the middle of a call. Who redirects file descriptor 2 meanwhile, as
sounddevice does for its own start, throws away what other threads say at that time. So C's variable ``stderr``, which
the GNU C library lets programs set, is pointed to nowhere for good: what Python, C++ and child processes write to the
file descriptor still comes out. sounddevice's own start is left to ``sound_library``: call it before other threads.

A sound server that hangs makes PortAudio hang in whatever is ``asked`` of it. Calls do that in threads that may be left
behind. The program must then neither end with one more question, which is how sounddevice ends, nor take PortAudio away
from under its threads.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import platform
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress
from functools import cache, partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

from ivr.errors import AudioError

Answer = TypeVar("Answer")
_PATIENCE_S: Final = 15.0  # a sound server on a busy machine took more than three
_unanswered: Final[list[object]] = []  # what it was asked about, for each thread that waits for PortAudio now


@cache
def sound_library() -> Any:
    """The module ``sounddevice``. Raises AudioError that says how to mend that it, or PortAudio, is missing."""
    try:
        with _errors_given_back():
            return answered(_loaded)
    finally:
        atexit.unregister(_end)
        atexit.register(_end)  # after sounddevice's, to come before it


class Questioner:
    """Asks one question after the other in a thread of its own, which may be left behind.

    Only Linux has sound servers that hang; Windows and macOS want some things to be asked in one thread: the caller's.
    """

    def __init__(self) -> None:
        self._questions: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._in_thread = platform.system() == "Linux"
        if self._in_thread:
            Thread(target=self._work, name="sound-question", daemon=True).start()

    def answered(
        self,
        question: Callable[[], Answer],
        late: Callable[[Answer], object] = lambda _: None,
        limit_s: float = _PATIENCE_S,
    ) -> Answer:
        """What ``question`` returns or raises.

        Raises AudioError if that takes too long; ``late`` gets what is returned afterwards.
        """
        if not self._in_thread:
            return question()
        answer: Future[Answer] = Future()
        self._questions.put(partial(_ask, question, late, answer))
        try:
            return answer.result(limit_s)
        except TimeoutError:
            if not answer.cancel():  # just in time
                return answer.result()
            raise AudioError("the system's sound does not answer; restart its sound server and try again") from None

    def close(self) -> None:
        """There is nothing more to ask."""
        self._questions.put(None)

    def _work(self) -> None:
        while (ask := self._questions.get()) is not None:
            ask()


def answered(
    question: Callable[[], Answer],
    late: Callable[[Answer], object] = lambda _: None,
    limit_s: float = _PATIENCE_S,
) -> Answer:
    """One question, as by a ``Questioner``."""
    questioner = Questioner()
    try:
        return questioner.answered(question, late, limit_s)
    finally:
        questioner.close()


def _ask(question: Callable[[], Answer], late: Callable[[Answer], object], answer: Future[Answer]) -> None:
    with asked(question):
        try:
            result = question()
        except Exception as error:  # whatever it is, it is raised where the answer is waited for
            with suppress(InvalidStateError):
                answer.set_exception(error)
            return
    try:
        answer.set_result(result)
    except InvalidStateError:
        late(result)


def _loaded() -> Any:
    try:
        import sounddevice
    except ImportError:
        raise AudioError("the package sounddevice is missing; install it: pip install 'ivr[voice]'") from None
    except OSError:  # it loads PortAudio when it is imported
        remedy = {"darwin": "brew install portaudio", "win32": "pip install --force-reinstall sounddevice"}
        fix = remedy.get(sys.platform, "sudo apt install libportaudio2")
        raise AudioError(f"the library PortAudio is missing; install it: {fix}") from None
    except Exception as error:  # PortAudio's own, whose class is not there yet
        raise AudioError(f"the system's sound cannot be used ({explained(error)}); see ivr doctor") from None
    _hush()
    return sounddevice


@contextmanager
def asked(about: object) -> Iterator[None]:
    """Around whatever may never return, if the sound server hangs; ``about`` is kept for as long."""
    _unanswered.append(about)
    try:
        yield
    finally:
        _unanswered.remove(about)


def look_again() -> None:
    """Forget what devices there were: one may have been unplugged or plugged in. No stream may be open.

    PortAudio lists devices once, and there is no public way to begin anew; sounddevice's own would redirect file
    descriptor 2. Its count of beginnings is kept right, since its end goes by that.
    """
    sd = sound_library()
    with asked(sd):
        if sd._initialized and not sd._lib.Pa_Terminate():
            sd._initialized -= 1
        if not sd._lib.Pa_Initialize():  # without a beginning there are no devices, which ``devices`` tells
            sd._initialized += 1


def explained(error: Exception) -> str:
    """What PortAudio said, without its number."""
    return str(error.args[0] if error.args else error)


@contextmanager
def _errors_given_back() -> Iterator[None]:
    """sounddevice takes file descriptor 2 for its start, and keeps it where that hangs."""
    try:
        errors = os.dup(2)
    except OSError:  # there is none
        yield
        return
    try:
        yield
    finally:
        os.dup2(errors, 2)
        os.close(errors)


def _end() -> None:
    """Comes before sounddevice's own end, and instead of it where that would wait for ever."""
    library = sys.modules.get("sounddevice")
    if library is not None and _unanswered:
        atexit.unregister(library._exit_handler)
        for used in (library._lib, *_unanswered):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(used))  # never freed, nor the library unloaded


def _hush() -> None:
    if platform.libc_ver()[0] != "glibc":  # elsewhere the variable may be read-only
        return
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    nowhere = c.fopen(os.devnull.encode(), b"w")
    if nowhere:
        ctypes.c_void_p.in_dll(c, "stderr").value = nowhere
