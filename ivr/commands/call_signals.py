"""While a call lasts, whatever would end the program hangs up instead, so that the call ends like any other."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last two exist on one system each


@contextmanager
def hanging_up(hang_up: Callable[[], None]) -> Iterator[None]:
    """Call ``hang_up`` at the first Ctrl-C, SIGTERM or SIGHUP; a second Ctrl-C interrupts as usual.

    Only a program's main thread hears signals; in any other this does nothing.
    """
    if current_thread() is not main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        hang_up()

    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
