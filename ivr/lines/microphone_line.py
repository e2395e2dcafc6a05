"""The microphone line: the caller hears the hotline through a loudspeaker, and answers by voice or by keys.

Theory of operation. One thread, *sound*, owns the device and the call's audio: it waits for the microphone's next
block, exchanges it for the hotline's, and hands that to the loudspeaker. The sound card is its clock. Everything else
(the keyboard, subtitles, the rules of the call) is in the thread of the event loop; events and actions cross in queues.

When the device is gone (unplugged, its server died) the caller is told, the keyboard goes on working, and the call goes
on in silence by the computer's clock, with its subtitles, while a device is looked for. When one is back, the sound is.
When none comes back, and nobody has used the keyboard meanwhile, the line gives up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event as Flag
from threading import Thread
from typing import Final, Protocol

import numpy as np

from ivr.audio.pcm import BLOCK_MS, Samples
from ivr.lines.call_audio import CallAudio, Parts
from ivr.lines.call_recording import CallRecording
from ivr.lines.device_search import DeviceSearch
from ivr.lines.keyboard import Keyboard
from ivr.lines.line import Post
from ivr.lines.message_file import MessageFiles
from ivr.lines.microphone_watch import MicrophoneWatch
from ivr.lines.screen import Screen
from ivr.lines.status_line import StatusLine
from ivr.lines.subtitles import Subtitles
from ivr.lines.typist import Typist
from ivr.session.actions import Action, HangUp, StartRecording, TransferCall
from ivr.session.events import Event, KeyPressed, LineFailed, PromptFinished, UtteranceHeard

_FRAME_S: Final = 0.05
_FIRST_BLOCK_S: Final = 15.0  # a sound server on a busy machine took more than three
_LAST_WORDS_MS: Final = 200  # that a sound card may still hold when the call is over
_BUSY_MS: Final = 300 + 3 * 700  # three beeps when the hotline has hung up, after the pause before them


class Device(Protocol):
    """As ``SoundDevice``."""

    @property
    def alive(self) -> bool: ...

    def begin(self) -> None: ...

    def read(self, limit_s: float) -> Samples | None: ...

    def write(self, block: Samples) -> None: ...

    def cut(self) -> None: ...

    def close(self) -> None: ...


class MicrophoneLine:
    """``device``: already open. ``reopen`` opens it anew; raises AudioError while there is none.

    ``silent_device_s``: without a block for so long, a device that still claims to be there is taken for gone.
    ``patience_s``: how long the call goes on without a device and without a key.
    """

    def __init__(
        self,
        parts: Parts,
        device: Device,
        reopen: Callable[[], Device],
        screen: Screen,
        *,
        keyboard: Keyboard | None = None,
        recording: CallRecording | None = None,
        messages: MessageFiles | None = None,
        status: Callable[[], str] | None = None,
        silent_device_s: float = 3.0,
        patience_s: float = 30.0,
        look_again_s: float = 1.0,
    ) -> None:
        self._silent_device_s = silent_device_s
        self._patience_s = patience_s
        self._look_again_s = look_again_s
        self._thread: Thread | None = None
        self._device: Device | None = device
        self._reopen = reopen
        self._screen = screen
        self._keyboard = keyboard
        self.typist = Typist(keyboard, screen)
        self._status = StatusLine(screen, status)
        self._subtitles = Subtitles(screen)
        self._audio = CallAudio(parts, self._heard, recording=recording, messages=messages, warn=self._tell)
        self._watch = MicrophoneWatch(parts.rate)
        self._closing = Flag()
        self._typed_at = 0.0
        self._parting_ms = _LAST_WORDS_MS  # of sound, when the call is over
        self._frame: asyncio.TimerHandle | None = None

    def open(self, post: Post) -> None:
        self._post = post
        self._loop = asyncio.get_running_loop()
        self.typist.open(self._typed)
        self._status.open()
        self._thread = Thread(target=self._run, name="sound", daemon=True)
        self._thread.start()
        self._show()

    def perform(self, action: Action) -> None:
        self._audio.perform(action)
        self.typist.watch(action)
        match action:
            case StartRecording():
                self.notice("recording your message; # ends it")
            case TransferCall():
                self.notice("being put through to an agent")
            case HangUp():
                self._parting_ms = _LAST_WORDS_MS if action.by_caller else _BUSY_MS
                self._subtitles.end()
                self.notice(f"call over: {action.disposition}")
        self._status.refresh_soon()

    def notice(self, text: str) -> None:
        """Show something that is no part of the call's words. In the thread of the loop."""
        self.typist.notice(text)

    async def close(self) -> None:
        self.typist.close()
        self._status.close()
        if self._frame is not None:
            self._frame.cancel()
        self._closing.set()
        if self._thread is None:
            self._let_go()
        else:
            longest_s = self._parting_ms / 1_000 + self._silent_device_s + 1
            await self._loop.run_in_executor(None, self._thread.join, longest_s)
        self._screen.close()

    # -- in the thread of the loop ---------------------------------------------------------------------------------

    def _typed(self, event: Event) -> None:
        self._typed_at = time.monotonic()
        self._audio.happened(event)
        self._post(event)

    def _show(self) -> None:
        mouth = self._audio.mouth
        prompt = mouth.prompt
        self._subtitles.follow(prompt, 0.0 if prompt is None else mouth.share_of(prompt.play_id))
        self._frame = self._loop.call_later(_FRAME_S, self._show)

    def _show_event(self, event: Event) -> None:
        if isinstance(event, PromptFinished):
            self._subtitles.finish(event.play_id)
            self.typist.watch(event)
        elif isinstance(event, KeyPressed | UtteranceHeard):
            self._subtitles.end()
            self.typist.show(event)
        self._status.refresh_soon()

    # -- in the thread of the sound --------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._talk()
        except Exception as error:  # a bug ends the line, not the program
            self._tell(f"the sound has failed ({type(error).__name__}: {error})")
            self._post(LineFailed("sound-broke"))
        finally:
            self._let_go()

    def _let_go(self) -> None:
        self._audio.close()
        if self._device is not None:
            self._device.close()

    def _talk(self) -> None:
        device = self._device
        while device is not None and self._talk_with(device):
            self._device = None  # it is let go where the next one is looked for
            device = self._device = self._go_on_without(device)

    def _talk_with(self, device: Device) -> bool:
        """Until the call is over; True if the device is gone before."""
        parting_ms = 0
        limit_s = _FIRST_BLOCK_S
        device.begin()
        while parting_ms < self._parting_ms:
            block = device.read(limit_s)
            limit_s = self._silent_device_s
            if block is None:
                return not self._closing.is_set()
            for trouble in self._watch.feed(block):
                self._tell(trouble)
            spoken = self._audio.exchange(block)
            if self._audio.mouth.interrupted:
                self._audio.mouth.interrupted = False
                device.cut()
            device.write(spoken)
            if self._closing.is_set():
                parting_ms += BLOCK_MS
        return False

    def _go_on_without(self, lost: Device) -> Device | None:
        """The device is gone: keep the call going until one is there; None when the call is over."""
        self._tell("the sound device is gone; keys and subtitles go on while another is looked for")
        search = DeviceSearch(lost, self._reopen, self._look_again_s)
        lost_at = next_at = time.monotonic()
        silence = np.zeros(self._audio.block, np.int16)
        try:
            while not self._closing.is_set():
                found = search.found()
                if found is not None:
                    self._tell("the sound is back")
                    return found
                now = time.monotonic()
                if now - max(lost_at, self._typed_at) > self._patience_s:
                    self._post(LineFailed("sound-device-gone"))
                    break
                self._audio.exchange(silence)
                next_at += BLOCK_MS / 1_000
                self._closing.wait(max(next_at - now, 0))
        finally:
            search.stop()
        return None

    def _heard(self, event: Event) -> None:
        self._loop.call_soon_threadsafe(self._show_event, event)
        self._post(event)

    def _tell(self, text: str) -> None:
        with suppress(RuntimeError):  # the loop is closed: a voice may fail after the call is over
            self._loop.call_soon_threadsafe(self.notice, text)
