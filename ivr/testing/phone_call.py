"""A phone for Python tests: ``hotline.call()`` and then what callers do, in the words of call scripts.

    call = hotline.call(person="wang-balance")
    call.hears("main.offer").press("11").hears("verify.id-number").press("number", "#")

Every verb returns the call. When the hotline does otherwise, CallFailed (an AssertionError) shows the call so far.
Prompts, people and settings that do not exist are a ValueError or a UsageError, whichever way the call goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from ivr.callflow.guards import as_text
from ivr.callflow.values import parse_duration
from ivr.errors import SessionError
from ivr.lines.ladder import ladder
from ivr.session.call_log import LogEntry
from ivr.session.exchange import Exchange
from ivr.testing.caller_keys import typed_keys
from ivr.testing.hearing import Unexpected
from ivr.testing.script import Form, Moment
from ivr.testing.script_checking import is_known, unknown_prompt
from ivr.testing.script_typing import Typing
from ivr.testing.script_weather import AgentSetting, Answers, FaultSetting
from ivr.testing.scripted_answers import scripted_answer
from ivr.testing.scripted_call import TURN, ScriptedCall, Setting, When
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME

__tracebackhide__ = True  # pytest shows the line of the test that failed, not how this module found out
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
        profile: str | None = None,
        accounts: str | Mapping[str, Any] = "fine",
        agents: str | Mapping[str, Any] = "free",
        skipping: tuple[str, ...] = (),
    ) -> PhoneCall:
        """Dials, and is answered. The settings are those of a script; ValueError for one that is wrong."""
        if profile is not None and profile not in self.exchange.profiles:
            raise ValueError(f"there is no profile '{profile}'; there are {', '.join(self.exchange.profiles)}")
        setting = Setting(
            faults=TypeAdapter(FaultSetting).validate_python(accounts),
            agents=TypeAdapter(AgentSetting).validate_python(agents),
            at=DEFAULT_LOCAL_TIME if at is None else TypeAdapter(Moment).validate_python(at),
            number=number,
            skipping=skipping,
            profile=profile,
        )
        return PhoneCall(ScriptedCall(self.exchange, setting), person)


class PhoneCall:
    def __init__(self, scripted: ScriptedCall, person: str) -> None:
        self._scripted = scripted
        self._person = person
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
        return self._hears("in_order", prompts, saying, within, skipping)

    def hears_any_of(
        self,
        *prompts: str,
        saying: str | tuple[str, ...] = (),
        within: str | None = None,
        skipping: tuple[str, ...] = (),
    ) -> PhoneCall:
        return self._hears("any_of", prompts, saying, within, skipping)

    def hears_unordered(self, *prompts: str, within: str | None = None, skipping: tuple[str, ...] = ()) -> PhoneCall:
        return self._hears("unordered", prompts, (), within, skipping)

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
        self,
        text: str,
        confidence: float = 1.0,
        *,
        alternatives: Mapping[str, float] | None = None,
        lasts: str | None = None,
        during: str | None = None,
        after: str | None = None,
    ) -> PhoneCall:
        others = tuple(sorted((alternatives or {}).items(), key=lambda one: -one[1]))
        lasts_ms = None if lasts is None else parse_duration(lasts)
        return self._do(lambda: self._scripted.say(text, confidence, others, lasts_ms, _when(during, after)))

    def stays_silent(self, duration: str) -> PhoneCall:
        return self._do(lambda: self._scripted.stay_silent(parse_duration(duration)))

    def hangs_up(self, *, during: str | None = None, after: str | None = None) -> PhoneCall:
        return self._do(lambda: self._scripted.hang_up(_when(during, after)))

    # -- what goes on behind ------------------------------------------------------------------------------------------

    def accounts(self, setting: str | Mapping[str, Any]) -> PhoneCall:
        """From here on: ``down``, ``fine``, ``{"slow": "3s"}``, as in a script."""
        self._scripted.accounts.change(TypeAdapter(FaultSetting).validate_python(setting))
        return self

    def agents(self, setting: str | Mapping[str, Any]) -> PhoneCall:
        """From here on: ``full``, ``{"are": "waiting", "wait": "2m"}``, as in a script."""
        self._scripted.desk.change(TypeAdapter(AgentSetting).validate_python(setting))
        return self

    def answers(
        self,
        query: str,
        facts: Mapping[str, Any] | None = None,
        *,
        changes: Mapping[str, Any] | None = None,
        fails: str | None = None,
        after: str = "0ms",
    ) -> PhoneCall:
        """What the next lookup of this query gives, whatever the accounts know, or with ``changes`` in what they do."""
        written = Answers.model_validate(
            {"query": query, "facts": facts or {}, "changes": changes or {}, "fails": fails, "after": after}
        )
        self._scripted.dictate(scripted_answer(written, self._scripted.session.exchange.flow.queries))
        return self

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

    @property
    def visited(self) -> list[str]:
        """The nodes that the call came by, in order."""
        return list(self._scripted.session.record.nodes)

    @property
    def facts(self) -> dict[str, str | None]:
        """What the call knows by now, as scripts write it; secrets are left out."""
        session = self._scripted.session
        return {name: as_text(value) for name, value in session.facts.items() if name not in session.secrets}

    def _hears(
        self,
        form: Form,
        prompts: tuple[str, ...],
        saying: str | tuple[str, ...],
        within: str | None,
        skipping: tuple[str, ...],
    ) -> PhoneCall:
        wanted = self._known(prompts)
        texts = (saying,) if isinstance(saying, str) else saying
        limit = None if within is None else parse_duration(within)
        return self._do(lambda: self._scripted.hear(form, wanted, skipping, texts, limit))

    def _known(self, prompts: tuple[str, ...]) -> tuple[str, ...]:
        hotline = self._scripted.session.exchange.hotline
        for prompt in prompts:
            if not is_known(prompt, hotline):
                raise ValueError(unknown_prompt(prompt, hotline))
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
