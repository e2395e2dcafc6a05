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
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from ivr.errors import AudioError

_unanswered: Final[list[object]] = []  # what it was asked about, for each thread that waits for PortAudio now


@cache
def sound_library() -> Any:
    """The module ``sounddevice``. Raises AudioError that says how to mend that it, or PortAudio, is missing."""
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
    atexit.unregister(sounddevice._exit_handler)
    atexit.register(_end, sounddevice)
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


def _end(sounddevice: Any) -> None:
    if not _unanswered:
        sounddevice._exit_handler()
        return
    for used in (sounddevice._lib, *_unanswered):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(used))  # never freed, nor the library unloaded


def _hush() -> None:
    if platform.libc_ver()[0] != "glibc":  # elsewhere the variable may be read-only
        return
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    nowhere = c.fopen(os.devnull.encode(), b"w")
    if nowhere:
        ctypes.c_void_p.in_dll(c, "stderr").value = nowhere
