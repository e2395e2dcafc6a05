"""A call in real time from a terminal: on the keypad, or by voice with the keypad beside it."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import click

from ivr.call_runner import CallRunner
from ivr.commands.call_setup import CallSetup
from ivr.commands.call_signals import hanging_up
from ivr.errors import AudioError, UsageError
from ivr.lines.keyboard import Keyboard, open_keyboard
from ivr.lines.live_screen import LiveScreen
from ivr.lines.screen import PlainScreen, Screen, SilentScreen
from ivr.lines.transcript import clock
from ivr.session.events import AgentAnswered

if TYPE_CHECKING:
    from ivr.lines.line import Line
    from ivr.lines.sound_device import SoundDevice


class NoticingLine(Protocol):
    """A line that can show what is no part of the call's words."""

    def notice(self, text: str) -> None: ...


def by_keypad(setup: CallSetup) -> str:
    """Returns how the call ended."""
    from ivr.lines.keypad_line import KeypadLine

    live = _LiveCall(setup)
    keyboard = open_keyboard(sys.stdin)
    instant = setup.options.pace == "instant"
    line = KeypadLine(keyboard, live.screen, instant=instant, status=live.status_text)
    return live.run(line, line, keyboard)


def by_voice(setup: CallSetup) -> str:
    """The same. Without a sound device, or the packages for it, the call is made on the keypad, if there is one."""
    from ivr.commands.sound_setup import require_numpy, set_up_sound
    from ivr.lines.sound_library import answered, sound_library

    try:
        require_numpy()
        sound_library()  # before there are other threads
    except (UsageError, AudioError) as error:
        return _without_sound(setup, error)
    from ivr.lines.microphone_line import MicrophoneLine

    sound = set_up_sound(setup, live=True)
    try:
        try:
            device = answered(lambda: open_device(setup, sound.parts.rate), late=lambda opened: opened.close())
        except AudioError as error:
            return _without_sound(setup, error)

        def reopen() -> SoundDevice:
            from ivr.lines.sound_library import look_again

            look_again()
            return open_device(setup, sound.parts.rate)

        sound.record(setup)
        live = _LiveCall(setup)
        keyboard = open_keyboard(sys.stdin) if sys.stdin.isatty() else None
        line = MicrophoneLine(
            sound.parts,
            device,
            reopen,
            live.screen,
            keyboard=keyboard,
            recording=sound.recording,
            messages=sound.messages,
            status=live.status_text,
        )
        if _comes_from_elsewhere(sys.stdin):
            setup.tell("keys are taken from a terminal only, not from a pipe or a file")
        if sound.recording is not None:
            click.echo(f"both sides are recorded in {sound.recording.path}", err=True)
        return live.run(line, line, keyboard)
    finally:
        sound.close(setup.tell)


def _comes_from_elsewhere(stream: TextIO) -> bool:
    mode = os.fstat(stream.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def _without_sound(setup: CallSetup, error: UsageError | AudioError) -> str:
    if not sys.stdin.isatty():
        raise UsageError(f"{error}; or phone by keypad: ivr call") from None
    setup.tell(f"{error}; this call is made by keypad")
    return by_keypad(setup)


def open_device(setup: CallSetup, rate: int) -> SoundDevice:
    """Raises AudioError."""
    from ivr.lines.sound_device import SoundDevice

    return SoundDevice(rate, setup.options.input_device, setup.options.output_device)


class _LiveCall:
    def __init__(self, setup: CallSetup) -> None:
        self._setup = setup
        self.screen = _screen(setup)
        self.status_text = self._status if setup.options.status else None

    def run(self, line: Line, noticing: NoticingLine, keyboard: Keyboard | None) -> str:
        setup = self._setup

        def watch(at: int, thing: Any) -> None:
            setup.watch(at, thing)
            if isinstance(thing, AgentAnswered):
                noticing.notice("an agent has answered")

        self._runner = runner = CallRunner(
            setup.session,
            line,
            setup.accounts,
            setup.desk,
            local_time=setup.local_time,
            caller_number=setup.caller_number,
            watch=watch,
        )

        async def talk() -> str:
            loop = asyncio.get_running_loop()

            def show(text: str) -> None:
                loop.call_soon_threadsafe(noticing.notice, text)

            told = nullcontext() if setup.options.as_json else setup.told_by(show)
            with told, hanging_up(runner.hang_up):
                return await runner.run()

        with keyboard or nullcontext():
            return asyncio.run(talk())

    def _status(self) -> str:
        now, at = self._setup.session.status(), self._runner.now
        left = "" if now.timer_ends_at is None else f"  {max(now.timer_ends_at - at, 0) / 1_000:.0f}s"
        digits = f"  {now.digits} digits" if now.digits else ""
        return f"[{clock(at)[:-2]}  {now.node}{left}  {now.tries_left} tries left{digits}]"


def _screen(setup: CallSetup) -> Screen:
    options = setup.options
    if options.as_json:
        # A lost device must be told; on a keypad there is nothing to tell that the events do not.
        return SilentScreen(notices=sys.stderr if options.voice else None)
    if options.plain or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return PlainScreen(sys.stdout)
    return LiveScreen(sys.stdout, colour="NO_COLOR" not in os.environ)
