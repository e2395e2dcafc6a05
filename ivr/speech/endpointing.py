"""Where an utterance begins and ends, counted in samples: the same sound gives the same boundaries in any chopping.

Theory of operation. The sound is cut into frames of 20 ms. A frame's *level* is its power without direct current and
the harmonics of 50 Hz up to 250 Hz: a frame holds whole periods of them, so they come out exactly. The *noise floor* is
the lowest smoothed level of the last 2.5 seconds: speech never goes that long without a gap between its syllables,
while a fan that starts to blow becomes the floor. The first 300 ms of a call are held back and judged when their own
floor is known. A frame is *speech* when it is well above the floor, above an absolute limit, not far below the loudest
of this utterance (an echo, a breath), and no telephone key (two tones that hold nearly all of its power).

Speech *begins* when 5 of 8 frames are speech of about one loudness: a click is shorter, a knock fades, the shortest
word (一) does neither. It *ends* when, for the end-of-speech time, never 3 of 4 frames were speech, or when it has
lasted too long. Talk without a gap (a crowd) is ended once; the next utterance begins only after a pause, so that it
cannot interrupt for ever.

No clock and no randomness; each frame is computed by itself, so that chunks of any size give the same numbers. What was
weighed instead, and the figures, are in docs/ear.md.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import log10
from typing import Final

import numpy as np

from ivr.audio.dtmf_generator import HIGH_HZ, LOW_HZ
from ivr.audio.pcm import BLOCK_MS, BlockCutter, Samples, block_length

TALK_TOO_LONG_MS: Final = 20_000  # as the session's own limit (VoiceXML maxspeechtimeout)

_HUM_HZ = (0, 250)  # and all harmonics of 50 Hz between: taken out of a frame's power
_ABOVE_FLOOR_DB = 9.0  # to begin; white noise of 20 ms frames stays within 4 dB of its smoothed minimum
_STILL_ABOVE_FLOOR_DB = 6.0  # to go on
_BELOW_LOUDEST_DB = 32.0  # what is that much below the loudest frame of the utterance is its echo
_FAINTEST_DBFS = -58.0  # in the band; whispering into a telephone is at -50
_LOWEST_FLOOR_DBFS = -75.0  # digital silence is not a measure of what comes after it
_HIGHEST_FIRST_FLOOR_DBFS = -35.0  # a call that begins louder begins with speech
_HELD_BACK = 15
_FLOOR_SPAN, _FLOOR_SPANS = 25, 5  # the minimum of 5 spans of 25 frames: 2.5 s
_FLOOR_SMOOTHING = 0.2  # the gaps between syllables are too short for it, those between words are not
_TONE_SHARE = 0.75  # of a key's power is in its two tones, even off pitch; a vowel spreads over its harmonics
_TWIST = 40  # the greatest ratio of the two: 16 dB
_OF_ONE_SOUND_DB = 25.0  # a knock fades by more within 60 ms
_NO_SPEECH = -200.0
_BEGIN, _BEGIN_OF = 5, 8
_GO_ON, _GO_ON_OF = 3, 4


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    at: int  # sample at which the speech began, as it turned out
    decided_at: int  # samples heard when it was certain


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    at: int  # sample after the last speech
    decided_at: int  # samples heard when it was certain
    too_long: bool = False  # cut off, the caller may still be talking


Boundary = SpeechBegan | SpeechEnded


class Endpointer:
    """One caller's sound. ``end_of_speech_ms`` may be changed at any moment; not for use by two threads at once."""

    def __init__(self, rate: int, end_of_speech_ms: int, talk_too_long_ms: int = TALK_TOO_LONG_MS) -> None:
        """``rate``: 8000 or 16000 samples a second. ValueError for one whose blocks are no whole number of samples."""
        self.end_of_speech_ms = end_of_speech_ms
        self._length = block_length(rate)
        self._longest = max(1, talk_too_long_ms // BLOCK_MS)
        self._cutter = BlockCutter(self._length)
        self._loudness = _Loudness(rate, self._length)
        self._floor = _NoiseFloor()
        self._held: list[tuple[float, bool]] | None = []
        self._heard = 0  # frames
        self._frame = 0  # frames judged so far
        self.reset()

    @property
    def speaking(self) -> bool:
        return self._began is not None

    @property
    def quiet_since(self) -> int:
        """The sample after the last speech of an utterance that goes on."""
        return (self._last_speech + 1) * self._length

    def reset(self) -> None:
        """Forget an utterance that has begun; what is known of the noise, and the count of samples, stay."""
        self._recent: deque[float] = deque(maxlen=_BEGIN_OF)  # levels of speech; _NO_SPEECH for frames without
        self._began: int | None = None
        self._last_speech = -1
        self._loudest = _FAINTEST_DBFS
        self._pause_first = False

    def feed(self, samples: Samples) -> list[Boundary]:
        """More sound, in a chunk of any length; the boundaries that became certain with it, in order."""
        found = []
        for frame in self._cutter.feed(samples):
            self._heard += 1
            for level, is_key in self._measured(frame):
                boundary = self._judge(level, is_key)
                if boundary is not None:
                    found.append(boundary)
        return found

    def _measured(self, frame: Samples) -> list[tuple[float, bool]]:
        """What may be judged now: the frame's level and whether it is a key; at the start of a call none, then all."""
        measured = self._loudness.measure(frame)
        if self._held is None:
            return [measured]
        self._held.append(measured)
        if len(self._held) < _HELD_BACK:
            return []
        held, self._held = self._held, None
        self._floor.begin(min(level for level, _ in held))
        return held

    def _judge(self, level: float, is_key: bool) -> Boundary | None:
        threshold = self._floor.level + (_STILL_ABOVE_FLOOR_DB if self.speaking else _ABOVE_FLOOR_DB)
        threshold = max(threshold, _FAINTEST_DBFS)
        if self.speaking:
            threshold = max(threshold, self._loudest - _BELOW_LOUDEST_DB)
        is_speech = level >= threshold and not is_key
        if not is_key:
            self._floor.follow(level)
        self._recent.append(level if is_speech else _NO_SPEECH)
        self._frame += 1
        if self._began is None:
            return self._maybe_begins()
        if is_speech:
            self._loudest = max(self._loudest, level)
        return self._maybe_ends(is_speech)

    def _maybe_begins(self) -> SpeechBegan | None:
        recent = self._recent
        if self._pause_first:
            self._last_speech = self._frame - 1 if recent[-1] > _NO_SPEECH else self._last_speech
            if (self._frame - 1 - self._last_speech) * BLOCK_MS >= self.end_of_speech_ms:
                self._pause_first = False
            return None
        loudest = max(recent)
        if sum(one > max(loudest - _OF_ONE_SOUND_DB, _NO_SPEECH) for one in recent) < _BEGIN:
            return None
        first = self._frame - len(recent) + next(at for at, one in enumerate(recent) if one > _NO_SPEECH)
        self._began, self._last_speech, self._loudest = first, self._frame - 1, loudest
        return SpeechBegan(first * self._length, self._heard * self._length)

    def _maybe_ends(self, is_speech: bool) -> SpeechEnded | None:
        assert self._began is not None  # noqa: S101 - only asked while somebody speaks
        if is_speech and sum(one > _NO_SPEECH for one in list(self._recent)[-_GO_ON_OF:]) >= _GO_ON:
            self._last_speech = self._frame - 1
        too_long = self._frame - self._began >= self._longest
        if not too_long and (self._frame - 1 - self._last_speech) * BLOCK_MS < self.end_of_speech_ms:
            return None
        ended = SpeechEnded(self.quiet_since, self._heard * self._length, too_long)
        self.reset()
        if too_long:
            self._pause_first, self._last_speech = True, self._frame - 1
        return ended


class _Loudness:
    """The level of a frame, and whether it is a telephone key: a few projections, cheaper than a spectrum."""

    def __init__(self, rate: int, length: int) -> None:
        turns = 2 * np.pi * np.arange(length) / rate
        hum = np.outer(np.arange(_HUM_HZ[0], _HUM_HZ[1] + 1, 1000 // BLOCK_MS), turns)  # whole periods in a frame
        self._hum = np.vstack((np.full((1, length), 0.5**0.5), np.cos(hum[1:]), np.sin(hum[1:]))) * (2 / length) ** 0.5
        self._window = np.hanning(length + 2)[1:-1]
        tones = np.outer(LOW_HZ + HIGH_HZ, turns)
        self._tones = np.vstack((np.cos(tones), np.sin(tones))) * self._window
        self._tone_scale = 1 / float((self._tones[0] ** 2).sum())
        self._full_scale = length * 32768.0**2 / 2

    def measure(self, frame: Samples) -> tuple[float, bool]:
        """dBFS without direct current and hum; True if two tones of a telephone key are nearly all of it."""
        sound = frame.astype(np.float64)
        hum = self._hum @ sound
        power = float(sound @ sound) - float(hum @ hum)
        level = 10 * log10(max(power, 0.0) / self._full_scale + 1e-12)
        return level, level >= _FAINTEST_DBFS and self._is_key(sound)

    def _is_key(self, sound: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
        windowed = sound * self._window
        parts = (self._tones @ sound).reshape(2, -1)
        cosines, sines = parts * parts
        powers = ((cosines + sines) * self._tone_scale).tolist()
        low, high = max(powers[: len(LOW_HZ)]), max(powers[len(LOW_HZ) :])
        total = float(windowed @ windowed)
        return bool(low + high >= _TONE_SHARE * total and min(low, high) * _TWIST >= max(low, high))


class _NoiseFloor:
    """The lowest smoothed level of the last spans."""

    def __init__(self) -> None:
        self.level = _HIGHEST_FIRST_FLOOR_DBFS
        self._smoothed: float | None = None
        self._lowest = 0.0
        self._count = 0
        self._spans: deque[float] = deque(maxlen=_FLOOR_SPANS)

    def begin(self, level: float) -> None:
        self.level = min(max(level, _LOWEST_FLOOR_DBFS), _HIGHEST_FIRST_FLOOR_DBFS)

    def follow(self, level: float) -> None:
        before = level if self._smoothed is None else self._smoothed
        self._smoothed = smoothed = before + (level - before) * _FLOOR_SMOOTHING
        self._lowest = min(self._lowest, smoothed)
        self._count += 1
        if self._count == _FLOOR_SPAN:
            self._spans.append(self._lowest)
            self._lowest, self._count = 0.0, 0
            self.level = max(min(self._spans), _LOWEST_FLOOR_DBFS)
        elif smoothed < self.level:
            self.level = max(smoothed, _LOWEST_FLOOR_DBFS)
