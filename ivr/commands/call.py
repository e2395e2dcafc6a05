"""``ivr call``: phone a hotline from a terminal in real time, or from a pipe in no time."""

from __future__ import annotations

import gc
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ivr.agent_desk import AGENT_STATES
from ivr.errors import UsageError

if TYPE_CHECKING:
    from ivr.commands.call_setup import CallSetup


class Moment(click.ParamType[datetime]):
    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date and time; write 2026-03-02T09:30", param, ctx)
        if moment.tzinfo is not None:
            self.fail(f"{value!r} names a time zone; a call knows local time only: 2026-03-02T09:30", param, ctx)
        if not 1900 <= moment.year <= 9998:  # a call must not run out of the calendar
            self.fail(f"{value!r} is no year of a hotline; choose one from 1900 to 9998", param, ctx)
        return moment


_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("flow", required=False)
@click.option("--as", "person", metavar="PERSON", help="Show the number and password of this synthetic person first.")
@click.option(
    "--pace", type=click.Choice(["natural", "instant"]), default="natural", help="How fast the hotline speaks to you."
)
@click.option("--plain", is_flag=True, help="Whole lines only: for screen readers and simple terminals.")
@click.option("--status/--no-status", default=True, help="The line with node, timer and tries left.")
@click.option("--fault", "faults", multiple=True, metavar="SPEC", help="slow=3s, down, flaky=0.2 or locked-db.")
@click.option("--agents", type=click.Choice(AGENT_STATES), default="free", help="What the agents are doing.")
@click.option("--at", type=Moment(), help="The wall clock that the call sees, such as 2026-03-02T09:30.")
@click.option("--caller-number", metavar="NUMBER", help="The number that the network shows.")
@click.option("--profile", metavar="NAME", help="How patient the hotline is, such as senior.")
@click.option("--record", type=click.Path(path_type=Path, dir_okay=False), help="Write the call as a call script.")
@click.option("--trace", is_flag=True, help="The event log on stderr.")
@click.option("--json", "as_json", is_flag=True, help="The event log as JSON lines, instead of the words.")
@click.option("--database", metavar="URL", help="The accounts; 'memory' is a fresh copy of all synthetic people.")
@click.option("--voice", is_flag=True, help="Hear the hotline and speak to it, with speaker and microphone.")
@click.option("--headset", is_flag=True, help="With --voice: you may interrupt by speaking.")
@click.option("--input-device", metavar="NAME", help="With --voice: the microphone; see ivr devices.")
@click.option("--output-device", metavar="NAME", help="With --voice: the loudspeaker.")
@click.option("--caller", type=_FILE, metavar="FILE", help="The caller is this sound file, or a list of what they do.")
@click.option(
    "--caller-channel",
    type=click.Choice(["left", "right", "mix"]),
    help="With --caller: which side of a stereo file is the caller; left if not said, as --out writes it.",
)
@click.option("--out", type=_FILE, metavar="FILE", help="With sound: both sides as WAV, caller left, hotline right.")
@click.option("--out-hotline", type=_FILE, metavar="FILE", help="With --out: the hotline's side alone.")
@click.option("--real-time", is_flag=True, help="With --caller: take as long as a telephone would.")
@click.option(
    "--record-audio", is_flag=True, help="With sound: keep both sides with the call's record; the caller is told."
)
@click.option(
    "--speaker",
    "--voice-model",
    "speaker",
    metavar="NAME",
    default="auto",
    help="With sound: the hotline's voice by name (see ivr prompts voices), or the folder of a sherpa-onnx voice.",
)
@click.option(
    "--speech-model",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="With sound: the model that listens.",
)
def call(**options: Any) -> int:
    """Phone the hotline FLOW (a document or folder; the built-in 12333 without one).

    On a terminal: keys 0-9 * #, then t and words and Enter to say something; Ctrl-C hangs up.

    \b
    From a pipe, in virtual time (the same input gives the same output):
      printf '1\\n1\\n' | ivr call --as wang-balance
      a line of keys        pressed when the hotline has finished, 250 ms apart
      "查一下余额            said
      ~9s                   silence
    At the end of the input the caller hears the hotline out and hangs up.
    The clock stands at 2026-03-02T09:30 unless --at moves it. The accounts are
    read from a copy of yours, so nothing is changed, unless --database names them.

    \b
    Exit code: 0 completed or transferred, 2 wrong usage, 3 the caller hung up early,
               4 the hotline gave up, 5 failed.
    \b
    Examples:
      ivr call
      ivr call --as wang-balance --agents waiting
      ivr call my-hotline/ --fault slow=3s --at 2026-03-07T20:00
      echo 1 | ivr call --json | jq .event
      ivr call --voice --headset                 speak, and interrupt by speaking
      ivr call --caller caller.wav --out both.wav
    """
    gc.disable()  # building the models makes no garbage, and looking for it costs a tenth of the time to the first word
    from ivr.commands.call_setup import EXIT_CODES, CallOptions, CallSetup
    from ivr.commands.sound_setup import require_no_conflict, require_numpy
    from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME

    chosen = CallOptions(**options)
    live = chosen.voice or (sys.stdin.isatty() and chosen.caller is None)
    now = datetime.now().replace(microsecond=0) if live else DEFAULT_LOCAL_TIME  # noqa: DTZ005 - local by meaning
    require_no_conflict(chosen)
    if chosen.caller is not None or (chosen.voice and not sys.stdin.isatty()):
        require_numpy()  # before the call leaves a record
    setup = CallSetup(chosen, now, live=live)
    gc.enable()
    setup.show_cheat_card()
    try:
        disposition = _made(setup)
    finally:
        setup.finish()
    return EXIT_CODES[disposition]


def _made(setup: CallSetup) -> str:
    """Make the call; returns how it ended."""
    if setup.options.caller is not None:
        from ivr.commands.call_by_recording import by_recording

        return by_recording(setup)
    if setup.options.voice:
        from ivr.commands.call_live import by_voice

        return by_voice(setup)
    if sys.stdin.isatty():
        from ivr.commands.call_live import by_keypad

        return by_keypad(setup)
    return _piped(setup)


def _piped(setup: CallSetup) -> str:
    from ivr.commands.call_signals import hanging_up
    from ivr.lines.pipe_input import PipeInput
    from ivr.lines.transcript import Transcript
    from ivr.piped_call import phone
    from ivr.testing.virtual_call import VirtualCall

    transcript = None if setup.options.as_json else Transcript(click.echo)

    def watch(at: int, thing: Any) -> None:
        setup.watch(at, thing)
        if transcript is not None:
            transcript.watch(at, thing)

    virtual = VirtualCall(
        setup.session,
        setup.accounts,
        setup.desk,
        local_time=setup.local_time,
        caller_number=setup.caller_number,
        watch=watch,
    )
    source = PipeInput(sys.stdin.buffer)

    def interrupt() -> None:
        raise KeyboardInterrupt

    try:
        with hanging_up(interrupt):
            phone(virtual, source)
    except (OSError, KeyboardInterrupt, UsageError):  # OSError: nobody reads along, or the disk is full
        transcript = None
        setup.mute()
        virtual.hang_up()
        raise
    if source.left_out:
        left_out = "1 character that is no key was" if source.left_out == 1 else (
            f"{source.left_out} characters that are no keys were"
        )  # fmt: skip
        click.echo(f'warning: {left_out} left out; to say words, begin their line with "', err=True)
    return virtual.disposition or "failed"
