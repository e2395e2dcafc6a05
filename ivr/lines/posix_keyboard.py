"""Single keys on a POSIX terminal: no Enter, no echo; Ctrl-C still raises its signal."""

from __future__ import annotations

import codecs
import os
import sys

if sys.platform != "win32":
    import signal
    import termios
    import tty
    from contextlib import suppress

    class PosixKeyboard:
        """Raises OSError when the descriptor is no terminal."""

        def __init__(self, descriptor: int) -> None:
            self._descriptor = descriptor
            self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
            try:
                self._before = termios.tcgetattr(descriptor)
            except termios.error as error:
                raise OSError(*error.args) from None

        def __enter__(self) -> PosixKeyboard:
            self._single_keys()
            # After Ctrl-Z and fg the shell has put the terminal back as it was.
            self._signal_before = signal.signal(signal.SIGCONT, lambda *_: self._single_keys())
            return self

        def __exit__(self, *_: object) -> None:
            signal.signal(signal.SIGCONT, self._signal_before)
            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)

        def read(self) -> str:
            while True:
                try:
                    typed = os.read(self._descriptor, 1_024)
                except OSError:  # the terminal is gone
                    return ""
                if not typed:
                    return ""
                if text := self._decoder.decode(typed):
                    return text

        def _single_keys(self) -> None:
            with suppress(termios.error):
                tty.setcbreak(self._descriptor, termios.TCSADRAIN)
