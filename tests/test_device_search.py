"""The search for a sound device after one was lost, whatever goes wrong in it."""

from __future__ import annotations

import time

from ivr.errors import AudioError
from ivr.lines.device_search import DeviceSearch
from tests.pumped_device import PumpedDevice


class BrokenOnce(PumpedDevice):
    def close(self) -> None:
        super().close()
        raise OSError("the sound server took the stream with it")


def test_whatever_goes_wrong_in_the_search_it_goes_on() -> None:
    ready = PumpedDevice()
    troubles: list[Exception] = [AudioError("there is none"), RuntimeError("Error querying device 1")]

    def reopen() -> PumpedDevice:
        if troubles:
            raise troubles.pop(0)
        return ready

    search = DeviceSearch[PumpedDevice](BrokenOnce(), reopen, 0.001)
    found, until = None, time.monotonic() + 20
    while found is None and time.monotonic() < until:
        found = search.found()
    search.stop()
    assert found is ready
