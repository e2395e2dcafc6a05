"""Calls to the built-in hotline in one line, for tests: keys and words in, what was heard out."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.people import people
from ivr.agent_desk import AgentDesk, AgentState
from ivr.hotlines import open_hotline
from ivr.session.call_log import LogEntry
from ivr.session.exchange import Exchange
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME, VirtualCall

EVERYBODY = {one.person.handle: one for one in people()}
PROBLEMS = ("error", "lookup-failed", "lookup-refused")


@cache
def the_hotline() -> Exchange:
    return Exchange(open_hotline(None))


class Heard:
    """One call that is over or waits for the caller: what was said, and what went wrong."""

    def __init__(self, call: VirtualCall, log: list[LogEntry]) -> None:
        self.call = call
        self.wrong = [entry for entry in log if entry.event in PROBLEMS]
        self.prompts = [heard.prompt.prompt_id for heard in call.heard]

    def text(self, prompt_id: str) -> str:
        texts = [heard.prompt.text for heard in self.call.heard if heard.prompt.prompt_id == prompt_id]
        assert texts, f"{prompt_id} was not heard, but {self.prompts}"
        return texts[0]

    def after(self, prompt_id: str) -> list[str]:
        return self.prompts[self.prompts.index(prompt_id) + 1 :]


def phone(
    *steps: str,
    at: datetime = DEFAULT_LOCAL_TIME,
    agents: AgentState = "free",
    number: str = "13800000000",
) -> Heard:
    """Phones the hotline. A step is keys to press, ``~9000`` ms of silence, or words to say; each waits its turn."""
    log: list[LogEntry] = []
    call = VirtualCall(
        the_hotline().new_call(log.append), MemoryAccounts(), AgentDesk(agents), local_time=at, caller_number=number
    )
    call.answer()
    for step in steps:
        call.run_until_quiet()
        if step.startswith("~"):
            call.wait(int(step[1:]))
        elif step[0] in "0123456789*#":
            call.press(step)
        else:
            call.say(step)
    call.run_until_quiet()
    return Heard(call, log)


def proof(handle: str) -> list[str]:
    """The number and password of a person, as keys; a number that cannot be typed is said, and confirmed."""
    one = EVERYBODY[handle]
    number = one.person.certno
    typed = [number.replace("X", "*")] if number[:-1].isdecimal() else [number, "对"]
    return [*typed, one.password]
