"""The microphone line around its audio: keyboard and subtitles beside it, and devices that go away."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Awaitable, Callable
from threading import Event as Flag
from typing import Any

import numpy as np
import pytest

from ivr.audio.dtmf_generator import dialled
from ivr.audio.level_meter import LevelMeter
from ivr.audio.pcm import Samples, saturated
from ivr.errors import AudioError, SpeechError
from ivr.lines.background import Worker
from ivr.lines.call_audio import Parts
from ivr.lines.device_search import DeviceSearch
from ivr.lines.microphone_line import MicrophoneLine
from ivr.lines.microphone_watch import MicrophoneWatch
from ivr.lines.screen import PlainScreen
from ivr.session.actions import HangUp, StartRecording, StopPrompt, TransferCall
from ivr.session.events import CallerHungUp, Event, KeyPressed, LineFailed, PromptFinished, UtteranceHeard
from tests.pumped_device import PumpedDevice
from tests.sound_calls import BLOCK, RATE, NoisyVoice, ear_for, offer, prompt, word


class OnTheLine:
    """A line whose device and keyboard are the test's."""

    def __init__(self, parts: Parts | None = None, **options: Any) -> None:
        self.device = PumpedDevice()
        self.spare: list[PumpedDevice] = []  # what is found when the device is gone
        self.screen = io.StringIO()
        self.posted: asyncio.Queue[Event] = asyncio.Queue()
        self.line = MicrophoneLine(
            parts or Parts(NoisyVoice(ms=300)), self.device, self._reopen, PlainScreen(self.screen), **options
        )

    def _reopen(self) -> PumpedDevice:
        if not self.spare:
            raise AudioError("there is no microphone on this machine")
        return self.spare.pop()

    async def hears(self) -> Event:
        return await asyncio.wait_for(self.posted.get(), 20)

    async def shows(self, text: str) -> None:
        async def look() -> None:
            while text not in self.screen.getvalue():
                await asyncio.sleep(0.005)

        await asyncio.wait_for(look(), 20)

    def talk(self, story: Callable[[OnTheLine], Awaitable[None]]) -> str:
        """Open, carry out, close; returns what was shown."""

        async def call() -> None:
            loop = asyncio.get_running_loop()
            self.line.open(lambda event: loop.call_soon_threadsafe(self.posted.put_nowait, event))
            try:
                await story(self)
            finally:
                self.device.wait(400)  # the sound goes on for a moment
                await self.line.close()

        asyncio.run(call())
        return self.screen.getvalue()


def test_a_prompt_is_heard_and_shown_and_keys_come_from_the_sound() -> None:
    async def story(call: OnTheLine) -> None:
        call.line.perform(offer())
        call.line.perform(prompt(1, "请按1"))
        call.device.wait(100)
        await call.shows("请按1")
        call.device.wait(400)
        assert await call.hears() == PromptFinished(1)
        call.device.feed(dialled("12", rate=RATE))
        assert [await call.hears(), await call.hears()] == [KeyPressed("1"), KeyPressed("2")]
        await call.shows("> 12")

    call = OnTheLine()
    call.talk(story)
    heard = np.concatenate(call.device.spoken)
    assert np.abs(heard).max() > 3_000
    assert call.device.closed == 1


def test_words_are_heard_and_shown_and_those_of_a_secret_are_dots() -> None:
    async def story(call: OnTheLine) -> None:
        call.line.perform(offer("余额"))
        call.device.wait(500)
        call.device.feed(word("余额"))
        call.device.wait(1_000)
        await call.hears()
        heard = await call.hears()
        assert isinstance(heard, UtteranceHeard)
        assert heard.text == "余额"
        await call.shows("> “余额”")
        call.line.perform(offer("余额", node="secret", secret=True))
        call.device.feed(word("余额"))
        call.device.wait(1_000)
        await call.hears()
        await call.hears()
        await call.shows("> “••”")

    OnTheLine(Parts(NoisyVoice(), ear_for("余额"))).talk(story)


def test_the_keyboard_works_at_the_same_time() -> None:
    async def story(call: OnTheLine) -> None:
        call.line.perform(offer())
        call.device.wait(100)
        call.line.typist.typed("1t余额\n\x04")
        assert await call.hears() == KeyPressed("1")
        assert type(await call.hears()).__name__ == "SpeechStarted"
        assert await call.hears() == UtteranceHeard("余额")
        assert await call.hears() == CallerHungUp()

    assert "> 1\n" in OnTheLine().talk(story)


def test_what_happens_is_said() -> None:
    async def story(call: OnTheLine) -> None:
        call.line.perform(offer())
        call.line.perform(StartRecording(1, 1_000))
        call.line.perform(TransferCall(1, "agents"))
        call.line.perform(prompt(1, "再见"))
        call.device.wait(100)
        await call.shows("再见")
        call.line.perform(StopPrompt(1))
        call.line.perform(HangUp("completed", by_caller=True))

    call = OnTheLine()
    shown = call.talk(story)
    assert call.device.cuts == 1  # of what the sound card still had of the prompt
    assert "(recording your message; # ends it)" in shown
    assert "(being put through to an agent)" in shown
    assert shown.endswith("(call over: completed)\n")
    assert shown.count("再见") == 1


@pytest.mark.parametrize("by_caller", [False, True])
def test_three_beeps_tell_that_the_hotline_has_hung_up(by_caller: bool) -> None:
    async def story(call: OnTheLine) -> None:
        call.device.flows = True
        call.line.perform(HangUp("completed", by_caller))

    call = OnTheLine()
    call.talk(story)
    loud = np.array([np.abs(block).max() > 3_000 for block in call.device.spoken])
    beeps = int((loud[1:] & ~loud[:-1]).sum())
    assert beeps == 0 if by_caller else beeps >= 3


def test_a_device_that_comes_back_goes_on_with_the_call() -> None:
    async def story(call: OnTheLine) -> None:
        call.line.perform(offer())
        call.device.wait(100)
        call.device.unplug()
        await call.shows("the sound device is gone; keys and subtitles go on while another is looked for")
        call.line.perform(prompt(1, "仍在说"))  # in silence, by the clock
        assert await call.hears() == PromptFinished(1)
        gone, call.device = call.device, PumpedDevice()
        call.spare.append(call.device)
        await call.shows("the sound is back")
        assert gone.closed == 1
        call.device.feed(dialled("5", rate=RATE))
        assert await call.hears() == KeyPressed("5")

    shown = OnTheLine(look_again_s=0.01).talk(story)
    assert "仍在说" in shown


class ClosesWhenFreed(PumpedDevice):
    """A device whose sound server is dead: letting it go takes as long as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.free = Flag()

    def close(self) -> None:
        self.free.wait(20)
        super().close()


def test_a_lost_device_that_is_slow_to_let_go_holds_up_neither_the_call_nor_its_end() -> None:
    async def story(call: OnTheLine) -> None:
        call.line.perform(offer())
        call.device.unplug()
        await call.shows("the sound device is gone")
        call.line.perform(prompt(1, "仍在说"))
        assert await call.hears() == PromptFinished(1)
        call.spare.append(PumpedDevice())  # not looked for before the lost one is let go

    call = OnTheLine(look_again_s=0.01)
    call.device = lost = ClosesWhenFreed()
    call.line = MicrophoneLine(
        Parts(NoisyVoice(ms=300)), lost, call._reopen, PlainScreen(call.screen), look_again_s=0.01
    )
    call.talk(story)
    assert lost.closed == 0
    lost.free.set()
    for thread in threading.enumerate():
        if thread.name == "sound-device":
            thread.join(20)
    assert len(call.spare) == 1


def test_a_device_that_is_found_when_nobody_wants_it_any_more_is_closed() -> None:
    for stopped_before in (True, False):
        asked, free, ready = Flag(), Flag(), PumpedDevice()

        def reopen(asked: Flag = asked, free: Flag = free, ready: PumpedDevice = ready) -> PumpedDevice:
            asked.set()
            free.wait(20)
            return ready

        lost = PumpedDevice()
        search = DeviceSearch(lost, reopen, 0.001)
        assert asked.wait(20)
        assert lost.closed == 1  # before another is looked for
        if stopped_before:
            search.stop()
        free.set()
        if not stopped_before:
            search.stop()
        assert ready.let_go.wait(20)
        assert search.found() is None
        assert ready.closed == 1


def test_a_device_that_does_not_come_back_ends_the_call_unless_keys_are_pressed() -> None:
    async def story(call: OnTheLine) -> None:
        call.device.unplug()
        await call.shows("the sound device is gone")
        call.line.perform(prompt(1, "仍在说"))
        assert await call.hears() == PromptFinished(1)
        typed_at = time.monotonic()
        call.line.typist.typed("1")
        assert await call.hears() == KeyPressed("1")
        assert await call.hears() == LineFailed("sound-device-gone")
        assert time.monotonic() - typed_at >= 0.8

    OnTheLine(look_again_s=0.01, patience_s=0.8).talk(story)


def test_a_line_that_was_never_opened_lets_go_of_its_device() -> None:
    call = OnTheLine()
    asyncio.run(call.line.close())
    assert call.device.closed == 1


def test_a_microphone_that_is_wrong_is_told_once() -> None:
    for sound, told in (
        (np.zeros(BLOCK, np.int16), "the microphone is muted"),
        (saturated(np.sin(np.arange(BLOCK) / 10) * 90_000), "the microphone is too loud and distorts"),
        ((np.arange(BLOCK) % 97 + 3_000).astype(np.int16), "the microphone has a constant offset"),
    ):
        watch = MicrophoneWatch(RATE)
        news = [trouble for _ in range(1_600) for trouble in watch.feed(sound)]
        assert any(told in trouble for trouble in news), (told, news)
        assert len(news) == len(set(news))
        assert all(trouble.endswith("; keys work meanwhile") for trouble in news)


def test_a_quiet_room_is_nothing_wrong() -> None:
    noise = np.random.default_rng(1).normal(0, 30, RATE * 12).astype(np.int16)
    watch = MicrophoneWatch(RATE)
    assert [trouble for at in range(0, len(noise), BLOCK) for trouble in watch.feed(noise[at : at + BLOCK])] == []
    meter = LevelMeter(RATE)
    meter.feed(noise)
    assert meter.levels().problems()  # but a doctor who asked for speech would say so


class FailsWhenFreed:
    def __init__(self) -> None:
        self.asked, self.free = Flag(), Flag()

    def sound(self, prompt_id: str, text: str, pace: float = 1.0) -> Samples:
        self.asked.set()
        self.free.wait(20)
        raise SpeechError("the voice was closed")


def test_a_voice_that_fails_after_the_call_is_over_disturbs_nobody() -> None:
    voice, worker = FailsWhenFreed(), Worker("voice")

    async def story(call: OnTheLine) -> None:
        call.line.perform(prompt(1, "您好"))
        assert await asyncio.to_thread(voice.asked.wait, 20)

    OnTheLine(Parts(voice, speaking=worker)).talk(story)
    voice.free.set()
    assert worker.finish(20)  # an error in its thread would fail this test
