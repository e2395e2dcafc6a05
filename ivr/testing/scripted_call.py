"""One call in virtual time as its caller lives it: hearing strictly, acting politely. The verbs of scripts and tests.

What the verbs mean is written in ``script``. Each raises Unexpected when the call goes otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Accounts
from ivr.agent_desk import DESK_QUERIES, Desk
from ivr.session.call_log import LogEntry, masked_text
from ivr.session.call_session import CallSession
from ivr.session.exchange import Exchange
from ivr.testing.hearing import Hearing, Unexpected, describe, fillers
from ivr.testing.script import Form
from ivr.testing.script_checking import matches
from ivr.testing.script_weather import Agents, Faults
from ivr.testing.scripted_answers import ScriptedAnswer
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME, Heard, VirtualCall
from ivr.testing.weather import ChangingAccounts, ChangingDesk

KEY_PACE_MS = 250


@dataclass(frozen=True, slots=True)
class Setting:
    """What a call begins with."""

    accounts: Accounts = field(default_factory=MemoryAccounts)
    faults: Faults = field(default_factory=Faults)
    agents: Agents = field(default_factory=lambda: Agents(are="free"))
    at: datetime = DEFAULT_LOCAL_TIME
    number: str = ""
    skipping: tuple[str, ...] = ()
    title: str = ""
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """When the caller acts; without either, when it is their turn."""

    during: str | None = None
    after_ms: int | None = None


TURN = When()


def without_sound(session: CallSession, accounts: Accounts, desk: Desk, setting: Setting) -> VirtualCall:
    """The usual line of a scripted call: keys and words are events."""
    return VirtualCall(session, accounts, desk, local_time=setting.at, caller_number=setting.number)


Phoning = Callable[[CallSession, Accounts, Desk, Setting], VirtualCall]


class ScriptedCall:
    def __init__(self, exchange: Exchange, setting: Setting, phoning: Phoning = without_sound) -> None:
        self.log: list[LogEntry] = []
        self.session = exchange.new_call(self.log.append)
        if setting.profile is not None:
            self.session.choose_profile(setting.profile)
        self.accounts = ChangingAccounts(setting.accounts, setting.faults)
        self.desk = ChangingDesk(setting.agents)
        self.call = phoning(self.session, self.accounts, self.desk, setting)
        self.hearing = Hearing(self.call, self.session, fillers(exchange.flow), setting.skipping)
        self._banned: list[tuple[str, ...]] = []
        self._looked_through = 0  # prompts that were compared with what is banned

    def hear(
        self,
        form: Form,
        patterns: Sequence[str],
        skipping: Sequence[str] = (),
        saying: Iterable[str] = (),
        within_ms: int | None = None,
    ) -> None:
        if form == "never":
            self._banned.append(tuple(patterns))
            # What the caller's last act brought about has begun, but no step has mentioned it: it comes after this one.
            self._looked_through = min(self._looked_through, self.hearing.accounted_for)
        elif form == "optional":
            self.hearing.allow(patterns)
        else:
            self._hear_next(form, list(patterns), skipping, saying, within_ms)

    def press(self, keys: str, pace_ms: int = KEY_PACE_MS, when: When = TURN) -> None:
        self._wait_for(when)
        self.call.press(keys, pace_ms)
        self.hearing.acted()

    def say(
        self,
        text: str,
        confidence: float = 1.0,
        alternatives: tuple[tuple[str, float], ...] = (),
        lasts_ms: int | None = None,
        when: When = TURN,
        recorded: Path | None = None,
    ) -> None:
        self._wait_for(when)
        lasts_ms = -1 if lasts_ms is None else lasts_ms
        self.call.say(text, confidence, alternatives=alternatives, lasts_ms=lasts_ms, recorded=recorded)
        self.hearing.acted()

    def stay_silent(self, ms: int) -> None:
        self.hearing.until_last_ended()
        self._require_live()
        self.call.wait(ms)
        self.hearing.acted()

    def hang_up(self, when: When = TURN) -> None:
        if when == TURN:
            self.hearing.until_last_ended()
            self._require_live()
        else:
            self._wait_for(when)
        self.call.hang_up()
        self.hearing.acted()

    def dictate(self, answer: ScriptedAnswer) -> None:
        """The answer to the next lookup of its query."""
        if answer.query in DESK_QUERIES:
            self.desk.dictate(answer)
        else:
            self.accounts.dictate(answer)

    def finish(self) -> None:
        """Listens until it is the caller's turn, through queues, and hangs up. SessionError when that never comes."""
        self.call.run_until_quiet(through_transfers=True)
        self.call.hang_up()

    def broken_ban(self) -> tuple[int, Heard] | None:
        """The number of a ``never`` (from 0) and the prompt that broke it, if one did since this was asked last."""
        heard = self.call.heard
        first, self._looked_through = self._looked_through, len(heard)
        if not self._banned:
            return None
        for one in heard[first:]:
            for number, patterns in enumerate(self._banned):
                if any(matches(pattern, one.prompt.prompt_id) for pattern in patterns):
                    return number, one
        return None

    def _hear_next(
        self, form: Form, waiting: list[str], skipping: Sequence[str], saying: Iterable[str], within_ms: int | None
    ) -> None:
        previous, done_at = self.hearing.last, self.hearing.done_at
        heard = self._match_one(form, waiting, skipping)
        if previous is not None and previous.ended_at is not None:
            done_at = previous.ended_at
        took_ms = heard.at + heard.prompt.delay_ms - done_at
        if within_ms is not None and took_ms > within_ms:
            raise Unexpected(f"{heard.prompt.prompt_id} within {within_ms} ms", f"it after {took_ms} ms")
        while waiting:
            heard = self._match_one(form, waiting, skipping)
        for text in saying:
            if text not in heard.prompt.text:
                raise Unexpected(f"{heard.prompt.prompt_id} saying “{text}”", f"“{masked_text(heard.prompt.text)}”")

    def _match_one(self, form: Form, waiting: list[str], skipping: Sequence[str]) -> Heard:
        """Matches one prompt and takes it off those that are waited for."""
        wanted = waiting[:1] if form == "in_order" else waiting
        heard = self.hearing.match(wanted, skipping)
        if form == "any_of":
            waiting.clear()
        else:
            waiting.remove(next(one for one in wanted if matches(one, heard.prompt.prompt_id)))
        return heard

    def _wait_for(self, when: When) -> None:
        """The moment at which the caller acts."""
        hearing, call = self.hearing, self.call
        after_ms = when.after_ms or 0
        if when.during is not None:
            playing = hearing.last
            if playing is None or playing.ended_at is not None or not matches(when.during, playing.prompt.prompt_id):
                playing = hearing.match([when.during])
            begun_at = playing.at + playing.prompt.delay_ms
            call.wait(max(begun_at + after_ms - call.now, 0))
            if playing.ended_at is not None:
                lasted = playing.ended_at - begun_at
                raise Unexpected(f"{describe(playing)} for {after_ms} ms", f"its end after {lasted} ms")
        elif when.after_ms is not None:
            hearing.until_last_ended()
            call.wait(max(hearing.done_at + after_ms - call.now, 0))
        else:
            hearing.until_turn()
        self._require_live()

    def _require_live(self) -> None:
        if self.call.over:
            raise Unexpected("the call to go on", f"the end of the call: {self.call.disposition}")
