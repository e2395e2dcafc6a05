"""Calls in real time, on a clock that jumps: the runner, the keypad line, and hanging up at any moment."""

from __future__ import annotations

import asyncio
import io
import queue
import threading
from random import Random

import pytest

from ivr.accounts.faults import Faults, Faulty
from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Accounts, Facts, Question
from ivr.agent_desk import AgentDesk
from ivr.call_runner import CallRunner
from ivr.lines.keypad_line import KeypadLine
from ivr.lines.line import Post
from ivr.lines.screen import PlainScreen
from ivr.session.actions import Action, HangUp, Listen, LookUp, PlayPrompt, StopPrompt
from ivr.session.events import CallerHungUp, Event, KeyPressed, LineFailed, PromptFinished
from ivr.testing.virtual_call import DEFAULT_LOCAL_TIME
from tests.phones import BALANCE, NUMBER, PASSWORD, exchange
from tests.virtual_loop import in_virtual_time


class PromptedLine:
    """Speaks in real time and presses the next keys each time the hotline has finished; at last hangs up or not."""

    def __init__(self, *keys: str, hangs_up: bool = True) -> None:
        self._keys = list(keys)
        self._hangs_up = hangs_up
        self.performed: list[Action] = []
        self.closed = 0

    def open(self, post: Post) -> None:
        self.post = post
        self._loop = asyncio.get_running_loop()
        self._turn: asyncio.TimerHandle | None = None

    def perform(self, action: Action) -> None:
        self.performed.append(action)
        if isinstance(action, PlayPrompt):
            if self._turn is not None:
                self._turn.cancel()
            lasts_s = (action.delay_ms + action.speaking_ms) / 1_000
            self._loop.call_later(lasts_s, self.post, PromptFinished(action.play_id))
            self._turn = self._loop.call_later(lasts_s + 0.5, self._act)

    def _act(self) -> None:
        if self._keys:
            for key in self._keys.pop(0):
                self.post(KeyPressed(key))
        elif self._hangs_up:
            self.post(CallerHungUp())

    async def close(self) -> None:
        self.closed += 1

    @property
    def words(self) -> str:
        return "".join(action.text for action in self.performed if isinstance(action, PlayPrompt))


def runner_on(line: PromptedLine, accounts: Accounts | None = None, **options: object) -> CallRunner:
    return CallRunner(
        exchange().new_call(), line, accounts or MemoryAccounts(), local_time=DEFAULT_LOCAL_TIME, **options
    )  # type: ignore[arg-type]  # the options of the runner


def test_the_reference_call() -> None:
    line = PromptedLine("1", "1", NUMBER, PASSWORD)
    assert in_virtual_time(runner_on(line).run) == "completed"
    assert BALANCE in line.words
    assert line.closed == 1
    assert isinstance(line.performed[-1], HangUp)


def test_silence_is_noticed_by_the_timer() -> None:
    line = PromptedLine(hangs_up=False)
    assert in_virtual_time(runner_on(line).run) in ("gave-up", "abandoned", "completed", "transferred")
    assert any(isinstance(action, PlayPrompt) and "no-input" in action.prompt_id for action in line.performed)


def test_the_same_call_as_in_virtual_time() -> None:
    line = PromptedLine("0")
    events: list[Event | Action] = []
    assert in_virtual_time(runner_on(line, watch=lambda _at, thing: events.append(thing)).run) == "transferred"


def test_a_slow_backend_keeps_the_caller_company() -> None:
    line = PromptedLine("1", "1", NUMBER, PASSWORD)
    slow = Faulty(MemoryAccounts(), Faults(slow_ms=5_000), Random(1))
    in_virtual_time(runner_on(line, slow).run)
    assert any(isinstance(action, PlayPrompt) and "filler" in action.prompt_id for action in line.performed)


def test_a_backend_that_is_down_does_not_end_the_call() -> None:
    line = PromptedLine("1", "1", NUMBER, PASSWORD)
    down = Faulty(MemoryAccounts(), Faults(down=True), Random(1))
    assert in_virtual_time(runner_on(line, down).run) in ("abandoned", "completed")
    assert BALANCE not in line.words


def test_a_backend_that_never_answers_holds_up_neither_the_call_nor_the_end() -> None:
    class Stuck(MemoryAccounts):
        released = threading.Event()

        def answer(self, question: Question) -> Facts:
            self.released.wait(20)
            return super().answer(question)

    class Impatient(PromptedLine):
        def perform(self, action: Action) -> None:
            super().perform(action)
            if isinstance(action, LookUp):
                self.post(CallerHungUp())

    line = Impatient("1", "1", NUMBER, PASSWORD)
    assert in_virtual_time(runner_on(line, Stuck()).run) == "abandoned"
    Stuck.released.set()


def test_a_message_is_saved_although_the_caller_is_gone() -> None:
    from ivr.session.events import SpeechStarted, UtteranceHeard

    accounts = MemoryAccounts()

    class Speaking(PromptedLine):
        def _act(self) -> None:
            if self._keys:
                super()._act()
                return
            for event in (SpeechStarted(), UtteranceHeard("请回电话"), CallerHungUp()):
                self.post(event)

    in_virtual_time(runner_on(Speaking("5"), accounts).run)
    assert [message.text for message in accounts.messages] == ["请回电话"]


@pytest.mark.parametrize("state", ["free", "waiting", "full", "no-answer"])
def test_agents(state: str) -> None:
    line = PromptedLine("0", "1")
    runner = runner_on(line, desk=AgentDesk(state))  # type: ignore[arg-type]  # one of the states
    in_virtual_time(runner.run)
    assert sum(isinstance(action, HangUp) for action in line.performed) == 1


def test_a_cancelled_call_hangs_up_and_lets_go_of_the_line() -> None:
    line = PromptedLine(hangs_up=False)

    async def cancelled() -> None:
        call = asyncio.ensure_future(runner_on(line).run())
        await asyncio.sleep(3)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    in_virtual_time(cancelled)
    assert isinstance(line.performed[-1], HangUp)
    assert line.closed == 1


def test_a_line_that_cannot_be_opened_fails_the_call() -> None:
    class Dead(PromptedLine):
        def open(self, post: Post) -> None:
            raise OSError(5, "Input/output error")

        def perform(self, action: Action) -> None:
            self.performed.append(action)

    line = Dead()
    with pytest.raises(OSError, match="Input/output error"):
        in_virtual_time(runner_on(line).run)
    assert line.performed[-1] == HangUp("failed")
    assert line.closed == 1


def test_a_line_that_fails_in_the_middle_fails_the_call() -> None:
    class Breaking(PromptedLine):
        def _act(self) -> None:
            self.post(LineFailed("unplugged"))

    assert in_virtual_time(runner_on(Breaking()).run) == "failed"


def test_a_bug_in_a_line_ends_the_call_loudly() -> None:
    class Buggy(PromptedLine):
        def perform(self, action: Action) -> None:
            if isinstance(action, StopPrompt | HangUp):
                raise ZeroDivisionError
            super().perform(action)

    line = Buggy(hangs_up=True)
    with pytest.raises(ZeroDivisionError):
        in_virtual_time(runner_on(line).run)
    assert line.closed == 1


def test_events_after_the_end_fall_on_deaf_ears() -> None:
    line = PromptedLine("1")

    async def late() -> None:
        await runner_on(line).run()
        line.post(KeyPressed("1"))
        await asyncio.sleep(0.1)

    in_virtual_time(late)
    assert isinstance(line.performed[-1], HangUp)


class TypedKeyboard:
    """A keyboard whose typist is the test."""

    def __init__(self) -> None:
        self.typed: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> TypedKeyboard:
        return self

    def __exit__(self, *_: object) -> None:
        self.typed.put("")

    def read(self) -> str:
        return self.typed.get()


class TypedCall(KeypadLine):
    """Types the next piece whenever the hotline says something and has finished."""

    def __init__(self, *pieces: str, instant: bool = False) -> None:
        self.out = io.StringIO()
        self._keyboard = TypedKeyboard()
        super().__init__(self._keyboard, PlainScreen(self.out), instant=instant)
        self._pieces = list(pieces)

    async def close(self) -> None:
        await super().close()
        self._keyboard.__exit__()  # lets the thread that reads it go

    def perform(self, action: Action) -> None:
        super().perform(action)
        if isinstance(action, PlayPrompt) and self._offered:
            lasts_s = 0.0 if self._instant else (action.delay_ms + action.speaking_ms) / 1_000
            self._loop.call_later(lasts_s + 0.5, self._next, action.play_id)
        self._offered = self._offered or isinstance(action, Listen)
        self._latest = action.play_id if isinstance(action, PlayPrompt) else self._latest

    _offered = False
    _latest = 0

    def _next(self, play_id: int) -> None:
        if play_id == self._latest:
            self.typist.typed(self._pieces.pop(0) if self._pieces else "\x04")


@pytest.mark.parametrize("instant", [False, True])
def test_a_call_typed_on_the_keypad_line(instant: bool) -> None:
    line = TypedCall("1", "t余额\n", NUMBER, PASSWORD, instant=instant)
    runner = CallRunner(exchange().new_call(), line, MemoryAccounts(), local_time=DEFAULT_LOCAL_TIME)
    assert in_virtual_time(runner.run) == "completed"
    text = line.out.getvalue()
    assert BALANCE in text
    assert NUMBER not in text
    assert PASSWORD not in text
    assert "> “余额”\n" in text
    assert f"> {'•' * 18}\n" in text
    assert text.endswith("(call over: completed)\n")


def test_a_keyboard_that_comes_to_its_end_hangs_up() -> None:
    keyboard = TypedKeyboard()
    line = KeypadLine(keyboard, PlainScreen(io.StringIO()))
    keyboard.typed.put("")
    runner = CallRunner(exchange().new_call(), line, MemoryAccounts(), local_time=DEFAULT_LOCAL_TIME)
    assert in_virtual_time(runner.run) == "abandoned"
