"""A caller who found a defect, shrunk to the shortest call script that still finds it.

Theory of operation. What the caller did is a list of acts. A call is made again with some of the acts left out, each
act when it is the caller's turn if the defect shows itself that way, else at the millisecond at which it was.
Acts are removed in halves, quarters and so on (Zeller's ddmin) until no single one can be left out. A call shows *the
same* defect when the words match, numbers aside: a later moment does not make it another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.people import people
from ivr.session.call_log import LogEntry
from ivr.session.events import Event, SpeechStarted, UtteranceHeard
from ivr.testing.crowd import Crowd
from ivr.testing.crowd_call import MOST_STEPS, Circumstances
from ivr.testing.crowd_caller import Caller
from ivr.testing.script_recorder import ScriptRecorder
from ivr.testing.virtual_call import VirtualCall

_Part = TypeVar("_Part")
_NUMBER = re.compile(r"\d+")


def shrink(parts: Sequence[_Part], fails: Callable[[Sequence[_Part]], bool]) -> list[_Part]:
    """A shortest-by-removal part of ``parts`` for which ``fails`` still holds, as it must for all of them."""
    left, size = list(parts), max(len(parts) // 2, 1)
    while left:
        removed = False
        start = 0
        while start < len(left):
            fewer = left[:start] + left[start + size :]
            if fails(fewer):
                left, removed = fewer, True
            else:
                start += size
        if size == 1 and not removed:
            break
        size = size if removed and size == 1 else max(size // 2, 1)
    return left


def defect_script(crowd: Crowd, number: int, flow: str = "") -> str:
    """The YAML of the shortest script for the defect of that caller; ``flow``: where the hotline is, "" built-in."""
    journey = crowd.phone(number)
    caller, where = crowd.caller(number)
    again = _Again(crowd, caller, where)
    wanted = _sort_of(journey.defect)
    acts = [act for act in journey.acts if not isinstance(act[1], SpeechStarted)]
    polite = _sort_of(again.defect(acts, polite=True)) == wanted
    least = shrink(acts, lambda fewer: _sort_of(again.defect(fewer, polite=polite)) == wanted)
    recorder = again.recorder(f"defect of caller {number}", flow)
    found = again.defect(least, polite=polite, recorder=recorder)
    head = [f"# {found or journey.defect}", f"# seed {crowd.seed}, caller {number}, {len(least)} acts"]
    if not found:
        head.append("# this defect does not show itself when the call is made again")
    return "\n".join([*head, recorder.to_yaml()])


class _Again:
    """Makes the calls of one caller again."""

    def __init__(self, crowd: Crowd, caller: Caller, where: Circumstances) -> None:
        self._crowd = crowd
        self._caller = caller
        self._where = where

    def recorder(self, title: str, flow: str) -> ScriptRecorder:
        secrets: dict[str, list[tuple[str, str]]] = {}
        for one in people():
            person = one.person
            for kind, secret in (("number", person.certno), ("card", person.ss_card_no), ("password", one.password)):
                if secret:
                    secrets.setdefault(secret.replace("X", "*"), []).append((kind, person.handle))
        agents = getattr(self._where.desk, "state", "free")
        story: dict[str, Any] = {"flow": flow, "agents": "" if agents == "free" else agents}
        return ScriptRecorder(title, secrets, person=self._caller.person.person.handle, **story)

    def defect(self, acts: Sequence[tuple[int, Event]], *, polite: bool, recorder: ScriptRecorder | None = None) -> str:
        """What goes wrong in a call with these acts, "" when nothing does."""
        errors: list[str] = []

        def log(entry: LogEntry) -> None:
            if entry.event == "error" and "reason" in entry.data and not errors:
                place = entry.data.get("node") or entry.data.get("prompt")
                errors.append(f"error in {place}: {entry.data['reason']}")

        session = self._crowd.exchange.new_call(log)
        call = VirtualCall(
            session,
            MemoryAccounts([self._caller.person]),
            self._where.desk,
            local_time=self._where.local_time,
            caller_number=self._where.number,
            watch=recorder.watch if recorder is not None else None,
        )
        try:
            call.answer()
            for at, event in acts:
                if not _listen(call, None if polite else at):
                    break
                if isinstance(event, UtteranceHeard):
                    call.say(event.text, event.confidence)
                else:
                    call.post(event)
            steps = 0
            while not call.over:
                if not call.step():
                    return f"stuck in {session.node} at {call.now} ms"
                steps += 1
                if steps > MOST_STEPS:
                    return f"endless: {MOST_STEPS} steps, last in {session.node}"
        except Exception as error:  # finding these is what a crowd is for
            return errors[0] if errors else f"{type(error).__name__}: {error}"
        return errors[0] if errors else ""


def _listen(call: VirtualCall, at: int | None) -> bool:
    """Until it is the caller's turn, or that moment; whether the call goes on."""
    if at is None:
        call.run_until_quiet()
    else:
        call.wait(max(at - call.now, 0))
    return not call.over


def _sort_of(defect: str) -> str:
    return _NUMBER.sub("N", defect)
