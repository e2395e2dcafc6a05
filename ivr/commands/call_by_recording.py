"""A call with sound whose caller is a recording: in virtual time, or as long as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ivr.commands.call_setup import CallSetup
from ivr.commands.sound_setup import SoundSetup, set_up_sound

if TYPE_CHECKING:
    from ivr.audio.pcm import Samples


def by_recording(setup: CallSetup) -> str:
    """The call of ``--caller``; returns how it ended."""
    from ivr.lines.caller_file import read_caller

    options = setup.options
    assert options.caller is not None  # noqa: S101 - whoever calls this has seen it
    sound = set_up_sound(setup, live=options.real_time)
    try:
        caller = read_caller(options.caller, sound.parts.rate, sound.say(), options.caller_channel, setup.tell)
        sound.record(setup)
        return _in_real_time(setup, sound, caller) if options.real_time else _at_once(setup, sound, caller)
    finally:
        sound.close(setup.tell)


def _at_once(setup: CallSetup, sound: SoundSetup, caller: Samples) -> str:
    from ivr.commands.call_signals import hanging_up
    from ivr.testing.sound_call import SoundCall

    call = SoundCall(
        setup.session,
        setup.accounts,
        setup.desk,
        parts=sound.parts,
        recording=sound.recording,
        messages=sound.messages,
        local_time=setup.local_time,
        caller_number=setup.caller_number,
        watch=Watched(setup).watch,
        warn=setup.tell,
    )

    def interrupt() -> None:
        raise KeyboardInterrupt

    try:
        with hanging_up(interrupt):
            call.answer()
            call.play(caller)
            call.run_until_quiet(through_transfers=True)
            call.hang_up()
    except (OSError, KeyboardInterrupt):  # OSError: nobody reads along, or the disk is full
        setup.mute()
        call.hang_up()
        raise
    finally:
        call.close()
    return call.disposition or "failed"


def _in_real_time(setup: CallSetup, sound: SoundSetup, caller: Samples) -> str:
    import asyncio

    from ivr.call_runner import CallRunner
    from ivr.commands.call_signals import hanging_up
    from ivr.lines.recording_line import RecordingLine

    line = RecordingLine(sound.parts, caller, recording=sound.recording, messages=sound.messages, warn=setup.tell)
    runner = CallRunner(
        setup.session,
        line,
        setup.accounts,
        setup.desk,
        local_time=setup.local_time,
        caller_number=setup.caller_number,
        watch=Watched(setup).watch,
    )

    async def talk() -> str:
        with hanging_up(runner.hang_up):
            return await runner.run()

    return asyncio.run(talk())


class Watched:
    """Whoever looks on: the recorder of scripts, and the transcript on standard output."""

    def __init__(self, setup: CallSetup) -> None:
        from ivr.lines.transcript import Transcript

        self._setup = setup
        self._transcript = None if setup.options.as_json else Transcript(click.echo)

    def watch(self, at: int, thing: Any) -> None:
        self._setup.watch(at, thing)
        if self._transcript is not None:
            self._transcript.watch(at, thing)
