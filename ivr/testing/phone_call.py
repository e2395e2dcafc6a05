"""A phone for Python tests: ``hotline.call()`` and then what callers do, in the words of call scripts.

    call = hotline.call(person="wang-balance")
    call.hears("main.offer").press("11").hears("verify.id-number").press("number", "#")

Every verb returns the call. When the hotline does otherwise, CallFailed (an AssertionError) shows the call so far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from ivr.callflow.values import parse_duration
from ivr.errors import SessionError
from ivr.lines.ladder import ladder
from ivr.session.call_log import LogEntry
from ivr.session.exchange import Exchange
from ivr.testing.caller_keys import typed_keys
from ivr.testing.hearing import Unexpected
from ivr.testing.script import Moment
from ivr.testing.script_typing import Typing
from ivr.testing.script_weather import AgentSetting, FaultSetting
from ivr.testing.scripted_call import TURN, ScriptedCall, Setting, When
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME

_RUNGS = 40


class CallFailed(AssertionError):  # noqa: N818 - a test fails; it is no error of the program
    """The hotline did otherwise."""


class Phone:
    """What the fixture ``hotline`` gives: phones one hotline as often as one likes."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def call(
        self,
        *,
        person: str = "",
        number: str = "",
        at: str | None = None,
        accounts: str | Mapping[str, Any] = "fine",
        agents: str | Mapping[str, Any] = "free",
    ) -> PhoneCall:
        """Dials, and is answered. The settings are those of a script; ValueError for one that is wrong."""
        setting = Setting(
            faults=TypeAdapter(FaultSetting).validate_python(accounts),
            agents=TypeAdapter(AgentSetting).validate_python(agents),
            at=DEFAULT_LOCAL_TIME if at is None else TypeAdapter(Moment).validate_python(at),
            number=number,
        )
        return PhoneCall(ScriptedCall(self.exchange, setting), person, frozenset(self.exchange.hotline.prompts))


class PhoneCall:
    def __init__(self, scripted: ScriptedCall, person: str, prompts: frozenset[str]) -> None:
        self._scripted = scripted
        self._person = person
        self._prompts = prompts
        scripted.call.answer()

    # -- hearing -------------------------------------------------------------------------------------------------------

    def hears(
        self,
        *prompts: str,
        saying: str | tuple[str, ...] = (),
        within: str | None = None,
        skipping: tuple[str, ...] = (),
    ) -> PhoneCall:
        """These prompts, in order, and nothing else."""
        texts = (saying,) if isinstance(saying, str) else saying
        limit = None if within is None else parse_duration(within)
        return self._do(lambda: self._scripted.hear("in_order", self._known(prompts), skipping, texts, limit))

    def hears_any_of(self, *prompts: str) -> PhoneCall:
        return self._do(lambda: self._scripted.hear("any_of", self._known(prompts)))

    def may_hear(self, *prompts: str) -> PhoneCall:
        """These are allowed before the next prompt that is expected."""
        return self._do(lambda: self._scripted.hear("optional", self._known(prompts)))

    def never_hears(self, *prompts: str) -> PhoneCall:
        """None of these, from here to the end of the call."""
        return self._do(lambda: self._scripted.hear("never", self._known(prompts)))

    # -- acting --------------------------------------------------------------------------------------------------------

    def press(self, *keys: str, pace: str = "250ms", during: str | None = None, after: str | None = None) -> PhoneCall:
        """Keys, or words such as ``number``, ``password``, ``wrong number``; typed on without a break."""
        typed = typed_keys(TypeAdapter(Typing).validate_python(list(keys)), self._person)
        return self._do(lambda: self._scripted.press(typed, parse_duration(pace), _when(during, after)))

    def say(
        self, text: str, confidence: float = 1.0, *, during: str | None = None, after: str | None = None
    ) -> PhoneCall:
        return self._do(lambda: self._scripted.say(text, confidence, when=_when(during, after)))

    def stays_silent(self, duration: str) -> PhoneCall:
        return self._do(lambda: self._scripted.stay_silent(parse_duration(duration)))

    def hangs_up(self, *, during: str | None = None, after: str | None = None) -> PhoneCall:
        return self._do(lambda: self._scripted.hang_up(_when(during, after)))

    # -- looking -------------------------------------------------------------------------------------------------------

    def ends(self, disposition: str) -> PhoneCall:
        """Listens on until it is the caller's turn, hangs up if the call is not over, and compares how it ended."""

        def finish() -> None:
            if not self._scripted.call.over:
                self._scripted.finish()
            ended = str(self._scripted.call.disposition)
            if ended != disposition:
                raise Unexpected(f"the call to end {disposition}", f"that it ended {ended}")

        return self._do(finish)

    @property
    def over(self) -> bool:
        return self._scripted.call.over

    @property
    def node(self) -> str:
        return self._scripted.session.node

    @property
    def heard(self) -> list[tuple[str, str]]:
        """(prompt id, text) of everything the hotline began to say."""
        return [(heard.prompt.prompt_id, heard.prompt.text) for heard in self._scripted.call.heard]

    @property
    def log(self) -> tuple[LogEntry, ...]:
        return tuple(self._scripted.log)

    @property
    def duration_ms(self) -> int:
        return self._scripted.call.now

    def _known(self, prompts: tuple[str, ...]) -> tuple[str, ...]:
        for prompt in prompts:
            if not prompt.endswith(".*") and prompt not in self._prompts:
                raise ValueError(f"there is no prompt {prompt!r}; see the hotline's prompt catalogue")
        return prompts

    def _do(self, deed: Callable[[], None]) -> PhoneCall:
        problem: Exception | None = None
        try:
            deed()
        except (Unexpected, SessionError) as error:
            problem = error
        broken = self._scripted.broken_ban()
        if broken is not None:
            problem = Unexpected("this never", broken[1].prompt.prompt_id)
        if problem is not None:
            raise CallFailed(self._report(problem)) from None
        return self

    def _report(self, problem: Exception) -> str:
        rungs = list(ladder(self._scripted.log, ids=True))[-_RUNGS:]
        return "\n".join([str(problem), *(f"  {rung}" for rung in rungs)])


def _when(during: str | None, after: str | None) -> When:
    if during is None and after is None:
        return TURN
    return When(during, None if after is None else parse_duration(after))
