"""``ivr test --line recording``: scripted callers who dial tones and speak, and a hotline that hears them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.errors import UsageError

if TYPE_CHECKING:
    from ivr.accounts.repository import Accounts
    from ivr.agent_desk import Desk
    from ivr.callflow.hotline import Hotline
    from ivr.session.call_session import CallSession
    from ivr.testing.scripted_call import Phoning, Setting
    from ivr.testing.virtual_call import VirtualCall

REACTION_MS = 600  # from the end of a prompt to the caller's first key or word


@dataclass(frozen=True, slots=True)
class Sound:
    """What a worker process needs to know to make lines with sound."""

    speech_model: Path | None
    speaker: str
    keep: Path | None  # folder for the sound of each call

    @contextmanager
    def lines(self, hotline: Hotline) -> Iterator[Phoning]:
        """Lines that share a voice and an ear. Raises UsageError where something is missing."""
        from ivr.commands.sound_setup import open_recogniser, require_numpy
        from ivr.commands.voice_setup import open_voice

        require_numpy()
        from ivr.lines.call_audio import RATE, Parts
        from ivr.lines.call_recording import CallRecording
        from ivr.testing.sound_call import SoundCall

        mute = self.speaker == "silent" and self.speech_model is None  # then words reach the call as text
        recogniser = None if mute else open_recogniser(self.speech_model, _warn)
        rate = RATE if recogniser is None else recogniser.rate
        voice = open_voice(hotline, rate, self.speaker, patient=True, warn=_warn)

        def phone(session: CallSession, accounts: Accounts, desk: Desk, setting: Setting) -> VirtualCall:
            recording = None
            if self.keep is not None:
                recording = CallRecording(_named(self.keep, setting.title), rate, _warn, discreet=False)
            return SoundCall(
                session,
                accounts,
                desk,
                parts=Parts(voice, recogniser),
                caller_voice=None if self.speaker == "silent" else voice.words,  # no ear hears a silent voice
                recording=recording,
                local_time=setting.at,
                caller_number=setting.number,
                warn=_warn,
                reaction_ms=REACTION_MS,
            )

        with closing(voice):
            yield phone


def _named(folder: Path, title: str) -> Path:
    """A file that is not there yet, called like the script."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made ({error.strerror}); name another folder") from None
    stem = re.sub(r"[^\w-]+", "-", title).strip("-")[:80] or "call"
    for number in range(1, 10_000):
        path = folder / (f"{stem}.wav" if number == 1 else f"{stem}-{number}.wav")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror}); name another folder") from None
        return path
    raise UsageError(f"{folder}: is full of sounds of {stem}; delete some")


def _warn(text: str) -> None:
    click.echo(f"warning: {text}", err=True)
