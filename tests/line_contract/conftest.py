"""The lines that the contract is about, each with a caller who can press keys and hang up."""

from __future__ import annotations

import asyncio
import io
import queue
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

import numpy as np
import pytest

from ivr.audio.dtmf_generator import dialled
from ivr.lines.call_audio import Parts
from ivr.lines.keypad_line import KeypadLine
from ivr.lines.line import Line
from ivr.lines.microphone_line import MicrophoneLine
from ivr.lines.recording_line import RecordingLine
from ivr.lines.screen import PlainScreen
from ivr.session.events import Event
from tests.pumped_device import PumpedDevice
from tests.sound_calls import RATE, NoisyVoice
from tests.virtual_loop import in_virtual_time

_STUCK_S = 60.0  # real time, on the busiest machine

Story = Callable[["Phoned"], Awaitable[None]]


class SilentKeyboard:
    """Nothing is ever typed at it; tests type at the line."""

    def __init__(self) -> None:
        self._typed: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> SilentKeyboard:
        return self

    def __exit__(self, *_: object) -> None:
        self._typed.put("")

    def read(self) -> str:
        return self._typed.get()


class Phoned(Protocol):
    """A line with a caller on it."""

    line: Line
    posted: list[Event]

    def pass_ms(self, ms: int) -> Awaitable[None]:
        """Time passes, for the line and for the loop."""
        ...

    def press(self, key: str) -> None: ...

    def talk(self, story: Story, *, opens: bool = True) -> None: ...


class _Phoned:
    line: Line

    def __init__(self) -> None:
        self.posted: list[Event] = []

    def run(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        in_virtual_time(main)

    async def pass_ms(self, ms: int) -> None:
        await asyncio.sleep(ms / 1_000)

    def talk(self, story: Story, *, opens: bool = True) -> None:
        async def call() -> None:
            loop = asyncio.get_running_loop()
            if opens:
                self.line.open(lambda event: loop.call_soon_threadsafe(self.posted.append, event))
            try:
                await story(self)
            finally:
                await self.line.close()

        self.run(call)


class OnTheKeypad(_Phoned):
    def __init__(self) -> None:
        super().__init__()
        self._keyboard = SilentKeyboard()
        self.line: KeypadLine = KeypadLine(self._keyboard, PlainScreen(io.StringIO()))

    def press(self, key: str) -> None:
        self.line.typist.typed(key)

    def talk(self, story: Story, *, opens: bool = True) -> None:
        with self._keyboard:
            super().talk(story, opens=opens)


class OnARecording(_Phoned):
    def __init__(self) -> None:
        super().__init__()
        self.line = RecordingLine(Parts(NoisyVoice()), np.zeros(60 * RATE, np.int16))

    def press(self, key: str) -> None:
        self.line.caller.play(dialled(key, rate=RATE))


class AtTheMicrophone(_Phoned):
    def __init__(self) -> None:
        super().__init__()
        self._device = PumpedDevice()
        self.line: MicrophoneLine = MicrophoneLine(
            Parts(NoisyVoice()), self._device, PumpedDevice, PlainScreen(io.StringIO())
        )

    def run(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        asyncio.run(main())

    async def pass_ms(self, ms: int) -> None:
        done = len(self._device.spoken) + ms // 20
        self._device.wait(ms)
        async with asyncio.timeout(_STUCK_S):
            while len(self._device.spoken) < done:  # the line runs in a thread of its own
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.001)  # what it posted is taken

    def press(self, key: str) -> None:
        self._device.feed(dialled(key, rate=RATE))

    def talk(self, story: Story, *, opens: bool = True) -> None:
        async def and_the_last_words(phoned: Phoned) -> None:
            await story(phoned)
            self._device.wait(400)

        super().talk(and_the_last_words, opens=opens)


@pytest.fixture(params=[OnTheKeypad, OnARecording, AtTheMicrophone], ids=["keypad", "recording", "microphone"])
def phoned(request: pytest.FixtureRequest) -> Phoned:
    made: Phoned = request.param()
    return made
