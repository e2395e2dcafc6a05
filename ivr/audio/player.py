"""What a caller hears, block by block: one sound at a time, which starts at once, stops at once, and never clicks.

A player is pulled: whoever owns the loudspeaker, the telephone line or the WAV file asks for the next samples, as many
as it needs, and gets exactly that many; where no sound plays they are silence. There is no clock and no device here, so
the same calls give the same samples whatever the sizes of the blocks.

Every sound has a gain that moves by at most one step a sample, from none to full in ``RAMP_MS``. It rises at the start,
falls when the sound is stopped, ducked, replaced (the next one rises while it falls) or comes to its end. So no sample
is further from the one before than the sound itself and one step of its gain allow.

``play``, ``stop`` and ``duck`` may be called from another thread than ``read``: nothing waits for a lock, each only
leaves a note that the next ``read`` takes up. Sounds are not copied: they must not be changed while they play.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.audio.pcm import Samples

RAMP_MS: Final = 5


class Sounding:
    """One sound on its way to the caller's ear, as ``Player.play`` returns it."""

    def __init__(self, samples: Samples, delay: int, loop: bool) -> None:
        self.samples = samples
        self.loop = loop
        self.heard = 0  # samples of it that went out; rounds of a loop count on
        self.over = False  # nothing of it will come any more
        self.stopping = False
        self._delay = delay  # samples of silence still to come before it
        self._level = 0  # steps of gain that it has reached

    @property
    def finished(self) -> bool:
        """Whether it was heard to its end; a sound that was stopped or replaced never is."""
        return self.over and not self.stopping

    def mix_into(self, out: Samples, ceiling: int, full: int) -> None:
        """Add the next samples to ``out``. ``ceiling`` of ``full`` steps is the gain that it may have now."""
        stopping = self.stopping
        if stopping and (self.heard == 0 or self._level == 0):
            self.over = True  # nobody has heard anything of it
        skipped = min(self._delay, len(out))
        self._delay -= skipped
        out = out[skipped:]
        while len(out) and not self.over:
            length = len(self.samples)
            at = self.heard % length if self.loop and length else self.heard
            count = min(len(out), length - at, self._level if stopping else length)
            self._mix(out[:count], at, 0 if stopping else ceiling, full)
            self.heard += count
            ended = self.heard == length if not self.loop else length == 0
            self.over = ended or (stopping and self._level == 0)
            out = out[count:]

    def _mix(self, out: Samples, at: int, target: int, full: int) -> None:
        count = len(out)
        some = self.samples[at : at + count]
        left = full if self.loop else len(self.samples) - at - count
        if (self._level == target == full and left >= full) or not count:
            _add(out, some)
            return
        steps = np.arange(1, count + 1)
        rising = target >= self._level
        levels = np.minimum(self._level + steps, target) if rising else np.maximum(self._level - steps, target)
        if not self.loop:
            np.minimum(levels, left + count - steps, out=levels)
        self._level = int(levels[-1])
        _add(out, np.rint(some * (levels / full)))


class Player:
    """Plays int16 mono sounds of ``rate`` samples a second."""

    def __init__(self, rate: int) -> None:
        if rate <= 0:
            raise ValueError(f"{rate} samples a second cannot be played")
        self.rate = rate
        self._full = max(1, rate * RAMP_MS // 1000)
        self._ceiling = self._full
        self._arriving: deque[Sounding] = deque()
        self._sounding: list[Sounding] = []
        self._latest = Sounding(np.zeros(0, np.int16), 0, loop=False)
        self._latest.over = self._latest.stopping = True

    def play(self, samples: Samples, *, delay: int = 0, loop: bool = False) -> Sounding:
        """Play this from the next block on, after ``delay`` samples of silence, in place of what plays now.

        ``loop`` repeats it until it is stopped. ``ValueError`` for anything but ``(n,)`` int16 samples.
        """
        if samples.ndim != 1 or samples.dtype != np.int16 or delay < 0:
            raise ValueError(f"needs int16 mono samples and no negative delay, not {samples.dtype} {samples.shape}")
        self._latest.stopping = self._latest.stopping or not self._latest.over
        self._latest = sounding = Sounding(samples, delay, loop)
        self._arriving.append(sounding)
        return sounding

    def stop(self) -> None:
        """Fade out what plays, beginning with the next block; over ``RAMP_MS`` later. Nothing playing is no error."""
        self._latest.stopping = self._latest.stopping or not self._latest.over

    def duck(self, gain_db: float) -> None:
        """Play everything at this gain from the next block on; 0 is full, more than that is not to be had."""
        self._ceiling = min(self._full, round(self._full * 10 ** (gain_db / 20)))

    def read(self, count: int) -> Samples:
        """The next ``count`` samples."""
        out = np.zeros(count, np.int16)
        self._mix(out)
        return out

    @property
    def playing(self) -> bool:
        """Whether a sound, or the silence before it, is still to be read; not while one only fades out."""
        return not (self._latest.over or self._latest.stopping)

    @property
    def finished(self) -> bool:
        """Whether the latest sound was read to its end."""
        return self._latest.finished

    @property
    def heard(self) -> int:
        """Samples of the latest sound that were read, without the silence before it."""
        return self._latest.heard

    def _mix(self, out: Samples) -> None:
        while self._arriving:
            self._sounding.append(self._arriving.popleft())
        for sounding in self._sounding:
            sounding.mix_into(out, self._ceiling, self._full)
        if any(sounding.over for sounding in self._sounding):
            self._sounding = [sounding for sounding in self._sounding if not sounding.over]


def _add(out: Samples, some: npt.NDArray[np.floating] | Samples) -> None:
    np.clip(out + some.astype(np.int32), -32768, 32767, out=out, casting="unsafe")
