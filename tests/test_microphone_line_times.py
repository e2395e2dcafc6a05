"""How long the microphone line waits: for its last tones, and for a device that says nothing."""

from __future__ import annotations

from threading import Event as Flag

import numpy as np

from ivr.audio.pcm import BLOCK_MS, Samples
from ivr.lines.call_audio import Parts
from ivr.lines.microphone_line import MicrophoneLine
from ivr.lines.screen import PlainScreen
from ivr.session.actions import HangUp
from ivr.session.events import KeyPressed
from tests.pumped_device import PumpedDevice
from tests.sound_calls import BLOCK, offer
from tests.test_microphone_line import OnTheLine


class PacedDevice(PumpedDevice):
    """As slow as a sound card, which the line waits for by the clock."""

    def read(self, limit_s: float) -> Samples | None:
        Flag().wait(BLOCK_MS / 1_000)
        return np.zeros(BLOCK, np.int16)


def test_the_last_tones_are_out_before_the_line_is_let_go() -> None:
    """However soon a device that says nothing would be given up: this one does its work."""

    async def story(call: OnTheLine) -> None:
        call.line.perform(HangUp("completed"))

    call, device = OnTheLine(), PacedDevice()
    screen = PlainScreen(call.screen)
    call.line = MicrophoneLine(Parts(), device, call._reopen, screen, silent_device_s=0.5)
    call.talk(story)
    loud = np.array([np.abs(block).max() > 3_000 for block in device.spoken])
    assert int((loud[1:] & ~loud[:-1]).sum()) == 3
    assert device.closed == 1


def test_a_device_that_claims_to_be_there_and_says_nothing_is_taken_for_gone() -> None:
    async def story(call: OnTheLine) -> None:
        call.line.perform(offer())
        call.device.wait(40)  # and then no more
        await call.shows("the sound device is gone")
        assert call.device.alive
        call.line.typist.typed("1")
        assert await call.hears() == KeyPressed("1")

    OnTheLine(silent_device_s=0.05, look_again_s=0.01).talk(story)
