"""A call whose caller is a pipe, in virtual time: the same input gives the same call, whatever the machine.

The caller hears each prompt out and only then does what the next line says; the keys of one line follow each other
at a fixed pace, so typing ahead is written on one line. At the end of the input the caller stays while the hotline
speaks or an agent is on the way, and hangs up when it is the caller's turn again.
"""

from __future__ import annotations

from collections.abc import Iterable

from ivr.lines.pipe_input import Doing, Keys, Silence
from ivr.testing.virtual_call import VirtualCall

KEY_PACE_MS = 250


def phone(call: VirtualCall, doings: Iterable[Doing]) -> None:
    """Answer the call and carry it to its end."""
    call.answer()
    call.run_until_quiet()
    for doing in doings:
        if call.over:
            return
        if isinstance(doing, Keys):
            if doing.begins_line:
                call.run_until_quiet()
            else:
                call.wait(KEY_PACE_MS)
            call.press(doing.keys, KEY_PACE_MS)
            continue
        call.run_until_quiet()
        if isinstance(doing, Silence):
            call.wait(doing.lasts_ms)
        else:
            call.say(doing.text)
    call.run_until_quiet(through_transfers=True)
    call.hang_up()
