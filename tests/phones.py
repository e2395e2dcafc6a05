"""Phones for tests: the built-in hotline in virtual time, with everybody's accounts in memory."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.hotlines import open_hotline
from ivr.lines.pipe_input import PipeInput
from ivr.lines.transcript import Transcript
from ivr.piped_call import phone
from ivr.session.exchange import Exchange
from ivr.testing.virtual_call import VirtualCall

NUMBER, PASSWORD = "990000199003070013", "246810"  # of wang-balance
TO_THE_BALANCE = f"1\n1\n{NUMBER}\n{PASSWORD}\n"
BALANCE = "一千二百三十四元五角六分"


@cache
def exchange() -> Exchange:
    return Exchange(open_hotline())


def virtual_call(**options: Any) -> VirtualCall:
    session = options.pop("session", None) or exchange().new_call()
    return VirtualCall(session, options.pop("accounts", None) or MemoryAccounts(), **options)


def piped(text: str | bytes, **options: Any) -> tuple[VirtualCall, list[str]]:
    """A call carried out by what comes through a pipe, and its transcript."""
    lines: list[str] = []
    transcript = Transcript(lines.append)
    call = virtual_call(watch=transcript.watch, **options)
    phone(call, PipeInput(io.BytesIO(text.encode() if isinstance(text, str) else text)))
    return call, lines
