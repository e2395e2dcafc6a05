"""Looks for a sound device after one is lost, in a thread of its own: a dead sound server may answer slowly or never.

The lost device is let go there too, before anything is looked for: while one of its streams is open, PortAudio cannot
look again. Whoever lost it goes on meanwhile, and asks between two blocks of sound whether one is ``found``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event as Flag
from threading import Lock, Thread
from typing import Generic, Protocol, TypeVar


class Closing(Protocol):
    def close(self) -> None: ...


Device = TypeVar("Device", bound=Closing)


class DeviceSearch(Generic[Device]):
    """``reopen`` opens a device, and raises AudioError while there is none; whatever else it raises means the same.

    Whoever does not want a device any more, stops.
    """

    def __init__(self, lost: Device, reopen: Callable[[], Device], every_s: float) -> None:
        self._lost = lost
        self._reopen = reopen
        self._every_s = every_s
        self._found: Device | None = None
        self._stopped = Flag()
        self._handing_over = Lock()
        Thread(target=self._look, name="sound-device", daemon=True).start()

    def found(self) -> Device | None:
        """The new device, once; from then on it is the asker's. Never waits for the search."""
        with self._handing_over:
            found, self._found = self._found, None
        return found

    def stop(self) -> None:
        """Nobody wants a device any more: one that was found, or still will be, is closed."""
        self._stopped.set()
        found = self.found()
        if found is not None:
            found.close()

    def _look(self) -> None:
        with suppress(Exception):  # of a device that is gone, everything may fail
            self._lost.close()
        while not self._stopped.wait(self._every_s):
            try:
                device = self._reopen()
            except Exception:  # noqa: S112 - AudioError, or a sound server that died under the question: as good as none
                continue
            with self._handing_over:
                wanted = not self._stopped.is_set()
                if wanted:
                    self._found = device
            if not wanted:
                device.close()
            return
