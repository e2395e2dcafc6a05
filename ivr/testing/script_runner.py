"""Carries out one call script in virtual time and says how it went. What the steps mean is written in ``script``.

A runner is made for each call and used once. It never raises for what the hotline does; only a person or card that a
script names and nobody has is a UsageError, and ``script_checking`` finds that beforehand; a step's sound that cannot
be played is a DocumentError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Accounts
from ivr.callflow.guards import as_text
from ivr.callflow.hotline import Place
from ivr.errors import AudioError, DocumentError, Problem, SessionError, SpeechError
from ivr.session.call_log import LogEntry
from ivr.session.exchange import Exchange
from ivr.testing.caller_keys import said_words, typed_keys
from ivr.testing.hearing import Unexpected, describe
from ivr.testing.script import (
    ChangesAccounts,
    ChangesAgents,
    ChangesAnswers,
    HangsUp,
    Hears,
    Presses,
    Says,
    StaysSilent,
    Timed,
)
from ivr.testing.script_checking import expected_patterns, sound_of
from ivr.testing.script_loading import CallScript, PlacedStep
from ivr.testing.scripted_answers import scripted_answer
from ivr.testing.scripted_call import TURN, Phoning, ScriptedCall, Setting, When, without_sound
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a call left its script."""

    place: Place  # of the step, or of the expectation about the whole call
    step: str  # the step in short, such as ``hears: main.offer``
    expected: str
    heard: str
    at: int = 0  # ms since the call was answered
    via: tuple[Place, ...] = ()  # the steps that included it, outermost first
    missed: str = ""  # the prompt that did not come
    instead: str = ""  # the prompt that came


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call of a script went; can be sent between processes."""

    file: str
    line: int
    name: str
    failure: Failure | None
    log: tuple[LogEntry, ...]
    disposition: str
    duration_ms: int  # of the call, in virtual time
    flow: str = ""  # the document that was phoned, "" for the built-in one
    took_ms: float = 0.0  # of the computer's time

    @property
    def passed(self) -> bool:
        return self.failure is None


def run_script(
    exchange: Exchange,
    script: CallScript,
    accounts: Callable[[], Accounts] = MemoryAccounts,
    phoning: Phoning = without_sound,
) -> Outcome:
    """Make the call. ``accounts`` makes the backend, a fresh copy of all synthetic people by default.

    ``phoning`` makes the line. Raises AudioError and SpeechError where a line with sound cannot be had.
    """
    return _Run(exchange, script, accounts(), phoning).outcome()


class _Run:
    def __init__(self, exchange: Exchange, script: CallScript, accounts: Accounts, phoning: Phoning) -> None:
        story = script.story
        self.script = script
        self.scripted = ScriptedCall(
            exchange,
            Setting(
                accounts,
                story.accounts,
                story.agents,
                story.caller.at or DEFAULT_LOCAL_TIME,
                story.caller.number,
                story.skipping,
                script.name,
                story.caller.profile,
            ),
            phoning,
        )
        self.call, self.session = self.scripted.call, self.scripted.session
        self.bans: list[PlacedStep] = []

    def outcome(self) -> Outcome:
        try:
            failure = self._carry_out()
        finally:
            self.call.close()
        call, script = self.call, self.script
        return Outcome(
            script.place.file,
            script.place.line,
            script.name,
            failure,
            tuple(self.scripted.log),
            call.disposition or "open",
            call.now,
        )

    def _carry_out(self) -> Failure | None:
        self.call.answer()
        for placed in self.script.steps:
            failure: Failure | None = None
            try:
                self._step(placed)
            except (Unexpected, SessionError) as error:
                failure = self._failure(placed, error)
            except (AudioError, SpeechError) as error:  # a file without sound, or words that no voice can say
                place = placed.places.get(("audio",), placed.place)
                raise DocumentError([Problem(place.file, place.line, str(error))]) from None
            failure = self._broken_ban() or failure
            if failure is not None:
                return failure
        try:
            self.scripted.finish()
        except SessionError as error:
            return self._failure(self.script.steps[-1], error)
        return self._broken_ban() or self._broken_promise()

    def _step(self, placed: PlacedStep) -> None:
        scripted = self.scripted
        match placed.step:
            case Hears() as step:
                form, patterns = expected_patterns(step.hears)
                if form == "never":
                    self.bans.append(placed)
                scripted.hear(form, patterns, step.skipping, step.saying, step.within)
            case Presses() as step:
                scripted.press(typed_keys(step.presses, self.script.person), step.pace, _when(step))
            case Says() as step:
                others = tuple(sorted(step.alternatives.items(), key=lambda one: -one[1]))
                recorded = None if step.audio is None else sound_of(placed)
                scripted.say(
                    said_words(step.says, self.script.person),
                    step.confidence,
                    others,
                    step.lasts,
                    _when(step),
                    recorded,
                )
            case StaysSilent() as step:
                scripted.stay_silent(step.stays_silent)
            case HangsUp() as step:
                scripted.hang_up(_when(step.hangs_up))
            case ChangesAccounts() as step:
                scripted.accounts.change(step.accounts)
            case ChangesAgents() as step:
                scripted.desk.change(step.agents)
            case ChangesAnswers() as step:
                scripted.dictate(scripted_answer(step.answers, self.session.exchange.flow.queries))

    def _failure(self, placed: PlacedStep, error: Unexpected | SessionError) -> Failure:
        if isinstance(error, SessionError):
            error = Unexpected("the call to go on", str(error))
        return Failure(
            placed.place,
            in_short(placed),
            error.expected,
            error.heard,
            self.call.now,
            placed.via,
            error.missed,
            error.instead,
        )

    def _broken_ban(self) -> Failure | None:
        """Whether something was heard that a step forbids."""
        broken = self.scripted.broken_ban()
        if broken is None:
            return None
        placed, heard = self.bans[broken[0]], broken[1]
        return Failure(placed.place, in_short(placed), "this is never heard", describe(heard), heard.at, placed.via)

    def _broken_promise(self) -> Failure | None:
        """Whether the call as a whole is not what the story says."""
        story, call = self.script.story, self.call
        if story.ends is not None and call.disposition != story.ends:
            return self._promise("ends", story.ends, f"the call ended {call.disposition}")
        visited = iter(self.session.record.nodes)
        for node_id in story.visits:
            if node_id not in visited:
                came_by = ", ".join(dict.fromkeys(self.session.record.nodes))
                return self._promise("visits", f"a visit of {node_id}, in this order", f"visits of {came_by}")
        for name, value in story.facts.items():
            fact = as_text(self.session.facts.get(name))
            if fact != value:
                shown = "nothing" if fact is None else "another value" if name in self.session.secrets else fact
                return self._promise("facts", f"{name}: {value}", shown)
        lasts = story.lasts
        if lasts.at_most is not None and call.now > lasts.at_most:
            return self._promise("lasts", f"at most {lasts.at_most} ms", f"{call.now} ms")
        if lasts.at_least is not None and call.now < lasts.at_least:
            return self._promise("lasts", f"at least {lasts.at_least} ms", f"{call.now} ms")
        return None

    def _promise(self, key: str, expected: str, heard: str) -> Failure:
        place = self.script.places.get((key,), self.script.place)
        return Failure(place, key, expected, heard, self.call.now)


def _when(timed: Timed) -> When:
    return TURN if timed.during is None and timed.after is None else When(timed.during, timed.after)


def in_short(placed: PlacedStep) -> str:
    """A step for a report, without anything secret."""
    match placed.step:
        case Hears() as step:
            form, patterns = expected_patterns(step.hears)
            named = ", ".join(patterns)
            return f"hears: {named}" if form == "in_order" else f"hears: {{{form.replace('_', ' ')}: {named}}}"
        case Presses() as step:
            return f"presses: {', '.join(map(_typed_in_short, step.presses))}"
        case Says() as step:
            return f"says: {step.says if isinstance(step.says, str) else _typed_in_short(step.says)}"
        case StaysSilent() as step:
            return f"stays silent: {step.stays_silent / 1000:g}s"
    return placed.verb


def _typed_in_short(typed: object) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {value}".strip() if name != "keys" else str(value)
        for name, value in typed  # type: ignore[attr-defined]  # iterating a pydantic model gives its fields
        if value is not None
    )
