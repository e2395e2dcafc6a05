"""A microphone and a loudspeaker: a stream of blocks at the rate that a call wants.

The callback of the sound card only copies between the card's memory and two rings; everything else happens in the
thread that calls ``read`` and ``write``. Where a device does not run at the call's rate, a resampler with little delay
stands in between. Sound that nobody took in time is lost. A loudspeaker that stumbles plays on late: that is caught up
in the next silence, at the latest when a prompt is interrupted (``cut``), and never grows beyond a third of a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Final

import numpy as np

from ivr.audio.pcm import BLOCK_MS, BlockCutter, Samples, block_length
from ivr.audio.resampler import StreamResampler
from ivr.audio.sample_ring import SampleRing
from ivr.audio.waiting_sound import WaitingSound
from ivr.errors import AudioError
from ivr.lines.device_choice import Direction, chosen_device, rate_for
from ivr.lines.sound_library import Answer, Questioner, asked, explained, sound_library

_RING_S: Final = 2
_MOST_WAITING_MS: Final = 60  # of sound for the loudspeaker; more than that is delay that a caller notices
_BOUND_MS: Final = 300  # beyond it sound is left out, be it speech


class SoundDevice:
    """Open from the start. Raises AudioError that says what is missing and how to mend it.

    Microphone and loudspeaker are two streams: they may be two devices with two clocks and two rates, and PortAudio's
    one stream for both fails where a sound server stands between it and the card.
    """

    def __init__(self, rate: int, input_name: str | None = None, output_name: str | None = None) -> None:
        sd = sound_library()
        heard, spoken = chosen_device(input_name, "input"), chosen_device(output_name, "output")
        heard_rate, spoken_rate = rate_for(heard, "input", rate), rate_for(spoken, "output", rate)
        self.rate = rate
        self._finished = False
        self._arrived: SimpleQueue[None] = SimpleQueue()
        self._microphone = SampleRing(_RING_S * heard_rate)
        self._loudspeaker = WaitingSound(spoken_rate, _RING_S * spoken_rate)
        self._to_call = StreamResampler(heard_rate, rate)
        self._to_device = StreamResampler(rate, spoken_rate)
        self._cutter = BlockCutter(block_length(rate))
        self._blocks: deque[Samples] = deque()
        self._taken = np.zeros(_RING_S * heard_rate, np.int16)
        self._most_waiting = spoken_rate * _MOST_WAITING_MS // 1_000
        self._bound = spoken_rate * _BOUND_MS // 1_000
        shared = {"channels": 1, "dtype": "int16", "latency": "low", "finished_callback": self._ended}
        self._streams: list[Any] = []
        try:
            for kind, device, device_rate, callback in (
                (sd.OutputStream, spoken, spoken_rate, self._speak),
                (sd.InputStream, heard, heard_rate, self._hear),
            ):
                block = device_rate * BLOCK_MS // 1_000
                with asked(self):
                    stream = kind(samplerate=device_rate, blocksize=block, device=device, callback=callback, **shared)
                    self._streams.append(stream)
                    stream.start()
        except sd.PortAudioError as error:
            self.close()
            raise AudioError(f"the sound device cannot be opened ({explained(error)}); see ivr devices") from None

    @property
    def alive(self) -> bool:
        """False once a device is gone."""
        return not self._finished

    def begin(self) -> None:
        """From now on: what the microphone has heard before is nobody's business, and would only be delay."""
        self._blocks.clear()
        while not self._arrived.empty():
            self._arrived.get()
        self._microphone.take_into(self._taken)

    def read(self, limit_s: float) -> Samples | None:
        """The microphone's next block; None when none came for so long, or a device is gone."""
        while not self._blocks:
            if self._finished:
                return None
            try:
                self._arrived.get(timeout=limit_s)
            except Empty:
                return None
            count = self._microphone.take_into(self._taken)
            self._blocks.extend(self._cutter.feed(self._to_call.feed(self._taken[:count].copy())))
        return self._blocks.popleft()

    def write(self, block: Samples) -> None:
        """Let this be heard after all that was written before. Silence is left out where sound is late."""
        waiting = len(self._loudspeaker)
        if waiting > self._bound or (waiting > self._most_waiting and not block.any()):
            return
        self._loudspeaker.put(self._to_device.feed(block))

    def cut(self) -> None:
        """Let what is written next be heard instead of what waits: that was interrupted."""
        self._loudspeaker.cut()

    def close(self) -> None:
        """Callable again, and from any thread but the sound card's. May take long when the device is gone."""
        while self._streams:
            stream = self._streams.pop()
            with asked(stream), suppress(Exception):  # of a device that is gone, everything may fail
                stream.abort()
            with asked(stream), suppress(Exception):
                stream.close()

    def _hear(self, indata: Any, _frames: int, _time: Any, _status: Any) -> None:
        """Called by the sound card; must not wait."""
        self._microphone.put(indata[:, 0])
        self._arrived.put(None)

    def _speak(self, outdata: Any, _frames: int, _time: Any, _status: Any) -> None:
        """Called by the sound card; must not wait."""
        self._loudspeaker.take_into(outdata[:, 0])

    def _ended(self) -> None:
        self._finished = True
        self._arrived.put(None)


class OneWay:
    """A microphone alone, or a loudspeaker alone, for whoever may wait.

    Raises AudioError as ``SoundDevice`` does, also if the sound server hangs; then it is not asked again.
    """

    def __init__(self, direction: Direction, rate: int, name: str | None = None) -> None:
        self._sd = sound_library()  # before there are other threads
        self._questioner = Questioner()
        self._answers = True
        self._stream: Any = None
        try:
            self._answered(lambda: self._open(direction, rate, name), late=lambda _: self._end())
        except AudioError:
            self._questioner.close()
            raise

    def read(self, ms: int) -> Samples:
        """What the microphone hears in the next milliseconds."""
        try:
            samples, _ = self._answered(lambda: self._stream.read(self._device_rate * ms // 1_000))
        except self._sd.PortAudioError as error:
            raise AudioError(f"the microphone is gone ({explained(error)}); plug it in and try again") from None
        return self._resampler.feed(samples[:, 0].copy())

    def write(self, samples: Samples) -> None:
        """Returns when nearly all of it is out."""
        try:
            self._answered(lambda: self._stream.write(self._resampler.feed(samples)))
        except self._sd.PortAudioError as error:
            raise AudioError(f"the loudspeaker is gone ({explained(error)}); plug it in and try again") from None

    def close(self) -> None:
        """What was written is heard to its end, unless the sound server hangs."""
        if self._answers:
            with suppress(Exception):
                self._answered(self._end)
        self._questioner.close()

    def _open(self, direction: Direction, rate: int, name: str | None) -> None:
        sd = self._sd
        chosen = chosen_device(name, direction)
        self._device_rate = rate_for(chosen, direction, rate)
        kind = sd.InputStream if direction == "input" else sd.OutputStream
        pair = (rate, self._device_rate) if direction == "output" else (self._device_rate, rate)
        self._resampler = StreamResampler(*pair)
        try:
            self._stream = kind(samplerate=self._device_rate, device=chosen, channels=1, dtype="int16")
            self._stream.start()
        except sd.PortAudioError as error:
            raise AudioError(f"the sound device cannot be opened ({explained(error)}); see ivr devices") from None

    def _end(self) -> None:
        self._stream.stop()
        self._stream.close()

    def _answered(self, question: Callable[[], Answer], late: Callable[[Answer], object] = lambda _: None) -> Answer:
        try:
            return self._questioner.answered(question, late)
        except AudioError:
            self._answers = False
            raise
