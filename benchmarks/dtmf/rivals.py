"""Two detectors of telephone keys that others wrote, as references: spandsp (a library) and multimon-ng (a command).

Each takes 8 kHz int16 samples and returns the keys that it heard. Both are programs of their own, installed by the
system: ``libspandsp2`` (LGPL-2.1) and ``multimon-ng`` (GPL-2.0) in Debian.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache

import numpy as np

from ivr.audio.pcm import Samples
from ivr.audio.resampler import resampled

Rival = Callable[[Samples], str]

_SPANDSP_HOLDS = 100  # digits that it keeps at most
_MULTIMON_RATE = 22050


def rivals() -> dict[str, Rival]:
    """Those that are installed."""
    found: dict[str, Rival] = {}
    if _library() is not None:
        found["spandsp"] = spandsp
    if shutil.which("multimon-ng"):
        found["multimon-ng"] = multimon
    return found


def spandsp(samples: Samples) -> str:
    library = _library()
    assert library is not None
    receiver = library.dtmf_rx_init(None, None, None)
    heard, buffer = "", ctypes.create_string_buffer(_SPANDSP_HOLDS + 1)
    for start in range(0, len(samples), 8000):
        some = np.ascontiguousarray(samples[start : start + 8000])
        library.dtmf_rx(receiver, some.ctypes.data_as(ctypes.c_void_p), len(some))
        count = library.dtmf_rx_get(receiver, buffer, _SPANDSP_HOLDS)
        heard += buffer.raw[:count].decode("ascii")
    library.dtmf_rx_free(receiver)
    return heard


def multimon(samples: Samples) -> str:
    silence = np.zeros(_MULTIMON_RATE // 5, np.int16)
    raw = np.concatenate((resampled(samples, 8000, _MULTIMON_RATE), silence)).astype("=i2").tobytes()
    command = ["multimon-ng", "-q", "-c", "-a", "DTMF", "-t", "raw", "-"]
    printed = subprocess.run(command, input=raw, capture_output=True, check=True).stdout.decode("ascii")
    return "".join(re.findall(r"^DTMF: (.)$", printed, re.MULTILINE))


@cache
def _library() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("spandsp") or "libspandsp.so.2"
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    library.dtmf_rx_init.restype = ctypes.c_void_p
    library.dtmf_rx_init.argtypes = [ctypes.c_void_p] * 3
    library.dtmf_rx.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    library.dtmf_rx_get.restype = ctypes.c_size_t
    library.dtmf_rx_get.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    library.dtmf_rx_free.argtypes = [ctypes.c_void_p]
    return library
