"""What callers must be told before they are recorded: it is heard to its end, whatever interrupts the prompt after it.

A key during it counts, and what the key leads to is said when the notice is over.
"""

from __future__ import annotations

import numpy as np

from ivr.audio.pcm import Samples
from ivr.audio.player import Sounding


class RecordingNotice:
    """``text``: none for a call that is not recorded, or says so itself."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.failed = False  # it could not be said, and never will be
        self._left = np.zeros(0, np.int16)  # the pause after it included
        self._pause = 0
        self._sounding: Sounding | None = None

    @property
    def heard(self) -> bool:
        """Whether there is nothing, or nothing more, to be told."""
        return not self.text or (self._sounding is not None and self._sounding.heard >= len(self._left) - self._pause)

    @property
    def sounding(self) -> bool:
        """Whether some of it is out, but not all."""
        return self._sounding is not None and not self.heard

    def spoken(self, samples: Samples, pause: int) -> None:
        """Its sound is there, and goes before the next one that is played, with so many samples between them."""
        self._pause = pause
        self._left = np.concatenate((samples, np.zeros(pause, np.int16)))

    def before(self, samples: Samples) -> Samples:
        """This sound, after what is left of the notice."""
        if self.heard or self.failed:  # a voice that answers too late must not say what is no longer so
            return samples
        if self._sounding is not None:
            self._left = self._left[self._sounding.heard :]
            self._sounding = None
        return np.concatenate((self._left, samples))

    def begun(self, sounding: Sounding) -> None:
        """What ``before`` returned is played now."""
        if not (self.heard or self.failed) and len(self._left):
            self._sounding = sounding
