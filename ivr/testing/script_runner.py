"""Carries out one call script in virtual time and says how it went. What the steps mean is written in ``script``.

A runner is made for each call and used once. It never raises for what the hotline does; only a person or card that a
script names and nobody has is a UsageError, and ``script_checking`` finds that beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Accounts
from ivr.agent_desk import DESK_QUERIES
from ivr.callflow.guards import as_text
from ivr.callflow.hotline import Place
from ivr.errors import SessionError
from ivr.session.call_log import LogEntry, masked_text
from ivr.session.exchange import Exchange
from ivr.testing.caller_keys import typed_keys
from ivr.testing.hearing import Hearing, Unexpected, describe, fillers
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
from ivr.testing.script_checking import expected_patterns, matches
from ivr.testing.script_loading import CallScript, PlacedStep
from ivr.testing.scripted_answers import scripted_answer
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME, Heard, VirtualCall
from ivr.testing.weather import ChangingAccounts, ChangingDesk


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


def run_script(exchange: Exchange, script: CallScript, accounts: Callable[[], Accounts] = MemoryAccounts) -> Outcome:
    """Make the call. ``accounts`` makes the backend, a fresh copy of all synthetic people by default."""
    return _Run(exchange, script, accounts()).outcome()


class _Run:
    def __init__(self, exchange: Exchange, script: CallScript, accounts: Accounts) -> None:
        self.script = script
        self.log: list[LogEntry] = []
        self.session = exchange.new_call(self.log.append)
        self.accounts = ChangingAccounts(accounts, script.story.accounts)
        self.desk = ChangingDesk(script.story.agents)
        self.call = VirtualCall(
            self.session,
            self.accounts,
            self.desk,
            local_time=script.story.caller.at or DEFAULT_LOCAL_TIME,
            caller_number=script.story.caller.number,
        )
        self.hearing = Hearing(self.call, self.session, fillers(exchange.flow), script.story.skipping)
        self.forbidden: list[tuple[PlacedStep, tuple[str, ...]]] = []
        self.looked_through = 0  # prompts that were compared with what is forbidden

    def outcome(self) -> Outcome:
        failure = self._carry_out()
        call, script = self.call, self.script
        return Outcome(
            script.place.file,
            script.place.line,
            script.name,
            failure,
            tuple(self.log),
            call.disposition or "open",
            call.now,
        )

    def _carry_out(self) -> Failure | None:
        failure: Failure | None = None
        self.call.answer()
        for placed in self.script.steps:
            try:
                self._step(placed)
                failure = self._broken_ban()
            except (Unexpected, SessionError) as error:
                failure = self._broken_ban() or self._failure(placed, error)
            if failure is not None:
                return failure
        try:
            self.call.run_until_quiet(through_transfers=True)
        except SessionError as error:
            return self._failure(self.script.steps[-1], error)
        self.call.hang_up()
        return self._broken_ban() or self._broken_promise()

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

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _step(self, placed: PlacedStep) -> None:
        match placed.step:
            case Hears() as step:
                self._hears(placed, step)
            case Presses() as step:
                self._wait_for(step)
                self.call.press(typed_keys(step.presses, self.script.person), step.pace)
                self.hearing.acted()
            case Says() as step:
                self._wait_for(step)
                lasts_ms = -1 if step.lasts is None else step.lasts
                others = tuple(sorted(step.alternatives.items(), key=lambda one: -one[1]))
                self.call.say(step.says, step.confidence, alternatives=others, lasts_ms=lasts_ms)
                self.hearing.acted()
            case StaysSilent() as step:
                self.hearing.until_last_ended()
                self._require_live()
                self.call.wait(step.stays_silent)
                self.hearing.acted()
            case HangsUp() as step:
                if step.hangs_up.during is None and step.hangs_up.after is None:
                    self.hearing.until_last_ended()
                    self._require_live()
                else:
                    self._wait_for(step.hangs_up)
                self.call.hang_up()
                self.hearing.acted()
            case ChangesAccounts() as step:
                self.accounts.change(step.accounts)
            case ChangesAgents() as step:
                self.desk.change(step.agents)
            case ChangesAnswers() as step:
                answer = scripted_answer(step.answers, self.session.exchange.flow.queries)
                if answer.query in DESK_QUERIES and answer.fails is None:
                    self.desk.dictate(answer.facts)
                else:
                    self.accounts.dictate(answer)

    def _hears(self, placed: PlacedStep, step: Hears) -> None:
        form, patterns = expected_patterns(step.hears)
        if form == "never":
            self.forbidden.append((placed, patterns))
            return
        if form == "optional":
            self.hearing.allow(patterns)
            return
        previous, done_at = self.hearing.last, self.hearing.done_at
        heard = self._next_heard(form, waiting := list(patterns), step)
        if previous is not None and previous.ended_at is not None:
            done_at = previous.ended_at
        took_ms = heard.at + heard.prompt.delay_ms - done_at
        if step.within is not None and took_ms > step.within:
            raise Unexpected(f"{heard.prompt.prompt_id} within {step.within} ms", f"it after {took_ms} ms")
        while waiting:
            heard = self._next_heard(form, waiting, step)
        for text in step.saying:
            if text not in heard.prompt.text:
                raise Unexpected(f"{heard.prompt.prompt_id} saying “{text}”", f"“{masked_text(heard.prompt.text)}”")

    def _next_heard(self, form: str, waiting: list[str], step: Hears) -> Heard:
        """Matches one prompt and takes it off those that are waited for."""
        wanted = waiting[:1] if form == "in_order" else waiting
        heard = self.hearing.match(wanted, step.skipping)
        if form == "any_of":
            waiting.clear()
        else:
            waiting.remove(next(one for one in wanted if matches(one, heard.prompt.prompt_id)))
        return heard

    def _wait_for(self, timing: Timed) -> None:
        """The moment at which the caller acts."""
        hearing, call = self.hearing, self.call
        if timing.during is not None:
            playing = hearing.last
            if playing is None or playing.ended_at is not None or not matches(timing.during, playing.prompt.prompt_id):
                playing = hearing.match([timing.during])
            begun_at = playing.at + playing.prompt.delay_ms
            call.wait(max(begun_at + (timing.after or 0) - call.now, 0))
            if playing.ended_at is not None:
                lasted = playing.ended_at - begun_at
                raise Unexpected(f"{timing.during} to last {timing.after} ms", f"its end after {lasted} ms")
        elif timing.after is not None:
            hearing.until_last_ended()
            call.wait(max(hearing.done_at + timing.after - call.now, 0))
        else:
            hearing.until_turn()
        self._require_live()

    def _require_live(self) -> None:
        if self.call.over:
            raise Unexpected("the call to go on", f"the end of the call: {self.call.disposition}")

    # -- the whole call ------------------------------------------------------------------------------------------------

    def _broken_ban(self) -> Failure | None:
        """Whether something was heard that a step forbids."""
        heard = self.call.heard
        number, self.looked_through = self.looked_through, len(heard)
        if not self.forbidden:
            return None
        for one in heard[number:]:
            for placed, patterns in self.forbidden:
                if any(matches(pattern, one.prompt.prompt_id) for pattern in patterns):
                    never = f"never {', '.join(patterns)}"
                    return Failure(placed.place, in_short(placed), never, describe(one), one.at, placed.via)
        return None

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
            return f"says: {step.says}"
        case StaysSilent() as step:
            return f"stays silent: {step.stays_silent / 1000:g}s"
    return placed.verb


def _typed_in_short(typed: object) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {value}".strip() if name != "keys" else str(value)
        for name, value in typed  # type: ignore[attr-defined]  # iterating a pydantic model gives its fields
        if value is not None
    )
