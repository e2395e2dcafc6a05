"""Both sides of a call as a stereo WAV file, the caller left and the hotline right, written while the call lasts.

What must not be kept is silence in it. The caller's side is blanked

* while a secret is entered, and wherever what is typed or said may be meant for one (as ``discretion`` has it on the
  screen): during prompts that cannot be interrupted, while the hotline is busy, while an agent talks;
* for as long as the last key of a secret is held;
* for the length of an utterance that turns out to hold a long number, wherever it was said. So what somebody is saying
  is written only when it is over and understood.

The hotline's side never holds more than the last four characters of a number. A file that cannot be written costs the
recording, not the call.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from ivr.audio.pcm import Samples
from ivr.audio.wav_writer import WavWriter
from ivr.errors import AudioError
from ivr.lines.background import Background, Inline
from ivr.lines.discretion import Discretion
from ivr.session.actions import Action
from ivr.session.call_log import masked_text
from ivr.session.events import Event, UtteranceHeard

_HELD_MS: Final = 200  # after a secret's last key: the tone's end, and its echo
_BEFORE_SPEECH_MS: Final = 500  # it takes a moment to be sure that somebody speaks
_PIECE_S: Final = 1


class CallRecording:
    """Raises AudioError at once when a file cannot be made; later, ``warn`` is told and nothing more is written.

    ``hotline_path``: the hotline's side once more, alone. ``discreet``: False where nobody's secret is at stake,
    because a script made the call.
    """

    def __init__(
        self,
        path: Path,
        rate: int,
        warn: Callable[[str], None] = lambda _: None,
        background: Background | None = None,
        *,
        hotline_path: Path | None = None,
        discreet: bool = True,
    ) -> None:
        self.path = path
        self._rate = rate
        self._warn = warn
        self._background = background or Inline()
        self._files = [WavWriter(path, rate, channels=2, private=True)]  # it may hold somebody's voice
        if hotline_path is not None:
            self._files.append(WavWriter(hotline_path, rate, private=True))
        self._paths = [path] if hotline_path is None else [path, hotline_path]
        self._discreet = discreet
        self._discretion = Discretion()
        self._position = 0
        self._hidden = discreet
        self._hidden_until = 0
        self._unsettled: deque[tuple[Samples, Samples]] = deque()
        self._unsettled_from = 0
        self._spoken = False  # an utterance was not understood yet at the end of the last block
        self._settled: list[tuple[Samples, Samples]] = []
        self._settled_length = 0

    def watch(self, thing: Event | Action) -> None:
        """Everything that happens and is done, at the moment of the next block."""
        if self._discreet and isinstance(thing, UtteranceHeard) and masked_text(thing.text) != thing.text:
            self._blank_unsettled()
        self._discretion.watch(self._now(), thing)

    def add(self, caller: Samples, hotline: Samples, *, key_down: bool, speech_since: int | None) -> None:
        """A block of both sides. ``speech_since``: where the utterance began that is not understood yet."""
        self._choose(key_down=key_down)
        if self._hidden:
            caller = np.zeros_like(caller)
        self._position += len(caller)
        self._unsettled.append((caller, hotline))
        self._spoken = speech_since is not None
        sure = self._position if speech_since is None else speech_since
        self._settle(sure - _BEFORE_SPEECH_MS * self._rate // 1_000)

    def close(self) -> None:
        """Write the rest, then let go of the file. What was broken off is blanked: nobody knows what it was."""
        if self._discreet and self._spoken:
            self._blank_unsettled()
        self._settle(self._position)
        self._write()
        self._background.submit(self._close_files, lambda _: None)

    def discard(self) -> None:
        """Instead of ``close``: keep nothing of what was recorded."""
        self._background.submit(self._delete_files, lambda _: None)

    def _choose(self, *, key_down: bool) -> None:
        """Whether the caller is heard in this block. A key that is down belongs to what was before."""
        wanted = self._discreet and self._discretion.shown(self._now(), "0") != "0"
        if self._hidden and (wanted or key_down):
            self._hidden_until = self._position + _HELD_MS * self._rate // 1_000
        if not key_down and (wanted or self._position >= self._hidden_until):
            self._hidden = wanted

    def _now(self) -> int:
        return self._position * 1_000 // self._rate

    def _blank_unsettled(self) -> None:
        self._unsettled = deque((np.zeros_like(caller), hotline) for caller, hotline in self._unsettled)

    def _settle(self, until: int) -> None:
        """Nothing before this position will be blanked any more."""
        while self._unsettled and self._unsettled_from + len(self._unsettled[0][0]) <= until:
            self._settled.append(self._unsettled.popleft())
            length = len(self._settled[-1][0])
            self._unsettled_from += length
            self._settled_length += length
        if self._settled_length >= _PIECE_S * self._rate:
            self._write()

    def _write(self) -> None:
        pieces, self._settled, self._settled_length = self._settled, [], 0
        if pieces:
            caller, hotline = (np.concatenate(side) for side in zip(*pieces, strict=True))
            self._background.submit(lambda: self._add_to_files(caller, hotline), lambda _: None)

    def _add_to_files(self, caller: Samples, hotline: Samples) -> None:
        for file in tuple(self._files):
            try:
                file.write(hotline if file.channels == 1 else np.stack((caller, hotline), axis=1))
            except AudioError as error:
                self._files.remove(file)
                file.close()
                self._warn(f"the recording ends here: {error}")

    def _close_files(self) -> None:
        for file in self._files:
            file.close()

    def _delete_files(self) -> None:
        self._close_files()
        for path in self._paths:
            try:
                if path.is_file():  # not a device
                    path.unlink()
            except OSError as error:
                self._warn(f"{path} holds the beginning of this call and cannot be deleted: {error.strerror}")
