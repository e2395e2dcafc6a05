"""What a caller does in a call, as a file: a sound file, or a list of what they do and when.

A list has one doing a line, with the time since the hotline answered:

    12.5    1                          keys, dialled one after the other
    0:20    990000199003070013#
    0:31.5  password.wav               a sound file, found beside the list
    0:45    “查一下余额                 words, spoken by the voice of the caller

Of a sound with two sides the left one is the caller, as in the files that calls are recorded in, unless another is
asked for: of both together the hotline would hear itself.

A ``;`` at the beginning of a line or after a space begins a comment; empty lines say nothing. What begins while another
sound lasts is added to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ivr.audio.dtmf_generator import dialled
from ivr.audio.pcm import Samples, mixed
from ivr.audio.resampler import resampled
from ivr.audio.wav import Channel, Sound, read_sound
from ivr.errors import AudioError, SpeechError, UsageError

Say = Callable[[str], Samples]  # words -> their sound at the line's rate
_LINE: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}(?:\.\d{1,3})?)s?\s+(\S.*)")
_COMMENT: Final = re.compile(r"(?:^|\s);.*")
_KEYS: Final = re.compile(r"[0-9*#xX\s]+")
_TONE_MS, _PAUSE_MS = 80, 170  # 250 ms from key to key, as a pipe dials
_LONGEST_S: Final = 3_600
_SILENT_SWING: Final = 10  # from the lowest sample to the highest: -75 dBFS, beside whatever offset
_LIST_SUFFIXES: Final = (".txt", ".list")
_SOUND_SUFFIXES: Final = (".wav", ".aiff", ".aif", ".flac", ".ogg", ".oga", ".mp3")


def read_caller(
    path: Path,
    rate: int,
    say: Say | None = None,
    channel: Channel | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> Samples:
    """The caller's side at ``rate``. Raises AudioError or UsageError for what cannot be read, with file and line.

    ``channel`` of files that have several; None: the left one, and ``note`` is told so, once. It is also told of files
    that stop short, and of those that are silent.
    """
    sounds = _Sounds(rate, channel, note)
    if path.suffix.lower() in _LIST_SUFFIXES:
        return _read_list(path, sounds, say)
    try:
        sound = sounds.read(path)
    except AudioError as error:
        hint = "" if path.suffix.lower() in _SOUND_SUFFIXES else f"; the name of a list ends in {_LIST_SUFFIXES[0]}"
        raise AudioError(f"{error}{hint}") from None
    if sound.length_ms > _LONGEST_S * 1_000:
        raise UsageError(f"{path}: lasts more than an hour; no caller does, so cut it")
    return sounds.at_the_lines_rate(sound)


class _Sounds:
    def __init__(self, rate: int, channel: Channel | None, note: Callable[[str], None]) -> None:
        self.rate, self._channel, self._note = rate, channel, note

    def read(self, path: Path) -> Sound:
        sound = read_sound(path, self._channel or "left")
        if not len(sound.samples):
            raise AudioError(f"{path}: holds no sound; record it again")
        if sound.truncated:
            self._note(
                f"{path.name} stops before the end that it promises: {sound.length_ms / 1_000:.1f} s of it are heard"
            )
        if sound.channels > 1 and self._channel is None:
            self._channel = "left"
            self._note(
                f"{path.name} has {sound.channels} channels: the left one is taken for the caller; "
                "--caller-channel right or mix takes another"
            )
        if int(sound.samples.max()) - int(sound.samples.min()) <= _SILENT_SWING:
            side = f" on the side that is taken ({self._channel})" if sound.channels > 1 else ""
            self._note(f"{path.name} holds nothing but silence{side}, so the hotline hears nobody")
        return sound

    def at_the_lines_rate(self, sound: Sound) -> Samples:
        return resampled(sound.samples, sound.rate, self.rate)


def _read_list(path: Path, sounds: _Sounds, say: Say | None) -> Samples:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as a text ({error}); name a sound file or a list") from None
    placed = []
    for number, line in enumerate(lines, 1):
        doing = _COMMENT.sub("", line).strip()
        if not doing:
            continue
        match = _LINE.fullmatch(doing)
        if match is None:
            raise UsageError(f"{path}:{number}: {doing[:40]!r} is no doing; write a time and keys, such as 0:12.5  1")
        at_s = int(match[1] or 0) * 60 + float(match[2])
        if at_s > _LONGEST_S:
            raise UsageError(f"{path}:{number}: {match[0].split()[0]} is more than an hour; nobody calls for so long")
        sound = _doing(match[3].strip(), path, number, sounds, say)
        if at_s + len(sound) / sounds.rate > _LONGEST_S:
            raise UsageError(f"{path}:{number}: lasts until more than an hour has passed; no caller does, so cut it")
        placed.append((round(at_s * sounds.rate), sound))
    return mixed(*placed)


def _doing(what: str, path: Path, number: int, sounds: _Sounds, say: Say | None) -> Samples:
    if _KEYS.fullmatch(what):
        keys = re.sub(r"\s", "", what).replace("x", "*").replace("X", "*")
        return dialled(keys, _TONE_MS, _PAUSE_MS, rate=sounds.rate)
    if what[0] in '"“”':
        if say is None:
            raise UsageError(f"{path}:{number}: no voice is here to say words with; name a sound file instead")
        try:
            return say(what.strip('"“”').strip())
        except SpeechError as error:
            raise UsageError(f"{path}:{number}: cannot be said: {error}") from None
    try:
        return sounds.at_the_lines_rate(sounds.read(path.parent / what))
    except AudioError as error:
        hint = "" if (path.parent / what).exists() else '; keys are 0-9 * #, words begin with ", a comment with ;'
        raise UsageError(f"{path}:{number}: {error}{hint}") from None
