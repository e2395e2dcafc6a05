"""The line below a call that says where the caller is and how long the hotline still waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ivr.lines.screen import Screen

_PERIOD_S = 0.5


class StatusLine:
    """Shown again twice a second, and after whatever the line does. ``status``: what it says now; None: no line."""

    def __init__(self, screen: Screen, status: Callable[[], str] | None) -> None:
        self._screen = screen
        self._status = status
        self._timer: asyncio.Handle | None = None

    def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._show()

    def refresh_soon(self) -> None:
        """Once the actions of this step are all carried out."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = self._loop.call_soon(self._show)

    def close(self) -> None:
        self._status = None
        if self._timer is not None:
            self._timer.cancel()

    def _show(self) -> None:
        if self._status is not None:
            self._screen.status(self._status())
            self._timer = self._loop.call_later(_PERIOD_S, self._show)
