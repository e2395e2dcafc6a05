"""The espeak-ng library that comes in a Python package: a voice on Linux for people who cannot install packages.

pyttsx3 asks the system for ``libespeak-ng.so.1``. A library of that name that this process has loaded already is what
it gets, so loading ours first is enough; its data must be named before that: those of another version crash it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.metadata import PackageNotFoundError, version


def load_bundled_library() -> str:
    """Make pyttsx3 use the library of ``espeakng-loader``; call it before pyttsx3 is imported.

    Returns the library's name and version for cache keys, ``""`` where there is none to load: then the system's own
    library, if any, is used.
    """
    if not sys.platform.startswith("linux"):
        return ""
    try:
        import espeakng_loader
    except ImportError:
        return ""
    try:
        data, library = espeakng_loader.get_data_path(), espeakng_loader.get_library_path()
        ctypes.CDLL(library)
    except (OSError, RuntimeError):  # another processor or C library than the package was made for
        return ""
    os.environ["ESPEAK_DATA_PATH"] = data
    return f"espeakng-loader {bundled_version()}"


def bundled_version() -> str:
    """The version of the package, ``""`` if it is not installed."""
    try:
        return version("espeakng-loader")
    except PackageNotFoundError:
        return ""
