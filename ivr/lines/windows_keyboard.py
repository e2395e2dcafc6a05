"""Single keys in a Windows console."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import msvcrt

    _PREFIXES = ("\x00", "\xe0")  # of arrow and function keys; the next character says which

    class WindowsKeyboard:
        def __enter__(self) -> WindowsKeyboard:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read(self) -> str:
            while True:
                typed = msvcrt.getwch()
                if typed not in _PREFIXES:
                    return typed
                msvcrt.getwch()
