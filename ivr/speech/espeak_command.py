"""The command ``espeak-ng``: the voice of last resort on Linux, when pyttsx3 gives nothing.

The sound comes through a pipe, so that it works with a full disk too; the text goes through another, so that no
text can be taken for an option.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cached_property
from typing import Final

from ivr.audio.wav import Sound, sound_of
from ivr.errors import AudioError, SpeechError, UnsayableError
from ivr.speech.spoken_text import spoken_text

_VOICE: Final = "cmn-latn-pinyin"  # Debian's plain "cmn" spells out pinyin as English
_LIMIT_S: Final = 10.0


class EspeakCommand:
    def __init__(self, words_a_minute: int = 160, command: str = "espeak-ng") -> None:
        self._rate = words_a_minute
        self._command = command

    @cached_property
    def voice(self) -> str:
        """Raises ``SpeechError`` if there is no such command."""
        words = self._run(["--version"], b"").decode("utf-8", "replace").split("Data at")[0].split()
        return f"{self._command} {words[-1] if words else ''} {_VOICE} {self._rate}"

    def synthesise(self, text: str, pace: float = 1.0) -> Sound:
        plain = spoken_text(text)
        if not any(map(str.isalnum, plain)):
            raise UnsayableError("there is nothing in this text that espeak can say")
        options = ["-b", "1", "-v", _VOICE, "-s", str(round(self._rate * pace)), "--stdin", "--stdout"]
        try:
            sound = sound_of(self._run(options, plain.encode()), self._command)
        except AudioError as error:
            raise SpeechError(str(error)) from None
        if not len(sound.samples):
            raise SpeechError(f"{self._command}: made no sound")
        return sound

    def close(self) -> None:
        """Nothing is kept open."""

    def _run(self, options: list[str], text: bytes) -> bytes:
        program = shutil.which(self._command)
        if program is None:
            raise SpeechError(f"{self._command} is not installed; install it with: apt install espeak-ng")
        try:
            done = subprocess.run([program, *options], input=text, capture_output=True, timeout=_LIMIT_S, check=False)  # noqa: S603 - found on the path, text through a pipe
        except subprocess.TimeoutExpired:
            raise SpeechError(f"{self._command}: no answer within {_LIMIT_S:g} s; it was ended") from None
        except OSError as error:
            raise SpeechError(f"{self._command}: cannot be started: {error.strerror or error}") from None
        if done.returncode:
            told = " ".join(done.stderr.decode("utf-8", "replace").split())
            raise SpeechError(f"{self._command}: ended with code {done.returncode}: {told}")
        return done.stdout
