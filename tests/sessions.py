"""A driver for one call and hotlines made in memory: a prompt that a test does not word lasts one second."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.repository import Question
from ivr.callflow.document import FlowDocument
from ivr.callflow.hotline import Hotline
from ivr.callflow.nodes import Prompt
from ivr.errors import LookupFailed
from ivr.hotlines import open_hotline
from ivr.session import actions, events
from ivr.session.actions import Action, HangUp, LookUp, PlayPrompt, StopPrompt
from ivr.session.call_log import LogEntry
from ivr.session.exchange import Exchange

MONDAY = datetime(2026, 3, 2, 9, 30)
PROMPT_MS = 1_000
REFERENCE_KEYS = "11990000199003070013246810"  # balance of the first synthetic person: menu, number, password
PROFILES = {"standard": {"no-input": "8s", "inter-digit": "4s", "after-key": "0ms"}}
COMMANDS = {
    "agent": {"key": "0", "phrases": ["人工"], "to": "agent"},
    "back": {"key": "*", "phrases": ["返回"], "do": "back"},
    "repeat": {"key": "9", "phrases": ["重听"], "do": "repeat"},
    "help": {"phrases": ["帮助"], "do": "help"},
    "slower": {"phrases": ["慢一点"], "do": "slower"},
}
NONE: Mapping[str, Any] = {}
BYE = {"kind": "hangup", "prompt": "bye"}


class Prompts(dict[str, Prompt]):
    """A catalogue in which every prompt exists and lasts a second."""

    def __missing__(self, prompt_id: str) -> Prompt:
        return Prompt.model_validate({"text": "一二三四"})


def hotline(nodes: Mapping[str, Any], prompts: Mapping[str, Any] = NONE, **sections: Any) -> Hotline:
    """A hotline of these nodes, as a document writes them; the first one is the start."""
    document = {
        "hotline": "small", "title": "小热线", "prompts": "p", "start": next(iter(nodes)), "profiles": PROFILES,
        "nodes": nodes, **{name.replace("_", "-"): section for name, section in sections.items()},
    }  # fmt: skip
    wanted = {
        name: {"text": p} if isinstance(p, str) else {"text": "一二三四", **p} for name, p in (prompts or {}).items()
    }
    catalogue = Prompts({name: Prompt.model_validate(prompt) for name, prompt in wanted.items()})
    return Hotline(FlowDocument.model_validate(document), catalogue, Path(), {}, "v1")


@cache
def builtin() -> Exchange:
    return Exchange(open_hotline(None))


class Phone:
    """One call in virtual time. Prompts end by themselves; lookups and transfers are answered by the test."""

    def __init__(self, source: Hotline | Exchange, *, number: str = "13800001234", at: datetime = MONDAY) -> None:
        exchange = source if isinstance(source, Exchange) else Exchange(source)
        self.log: list[LogEntry] = []
        self.call = exchange.new_call(self.log.append)
        self.number, self.answered_at = number, at
        self.at = 0
        self.done: list[Action] = []
        self.playing: PlayPrompt | None = None
        self.ends_at = 0
        self.pace_ms = 0
        self.asked: LookUp | None = None  # a lookup without an answer

    # -- the caller ------------------------------------------------------------------------------------------------

    def answer(self) -> Phone:
        self.event(events.CallAnswered(self.number, self.answered_at))
        return self

    def event(self, event: events.Event) -> list[Action]:
        if isinstance(event, events.LookupAnswered | events.LookupFailed):
            self.asked = None
        performed = self.call.handle(event, self.at)
        if isinstance(event, events.PromptFinished) and self.playing and event.play_id == self.playing.play_id:
            self.playing = None
        return self._perform(performed)

    def press(self, keys: str) -> Phone:
        for key in keys:
            self.event(events.KeyPressed(key))
            self.wait(self.pace_ms)
        return self

    def say(self, text: str, confidence: float = 1.0, alternatives: tuple[tuple[str, float], ...] = ()) -> Phone:
        self.event(events.SpeechStarted())
        self.event(events.UtteranceHeard(text, confidence, alternatives))
        return self

    def wait(self, ms: int) -> Phone:
        """Time passes, prompts end and timers fire, those at the last millisecond too."""
        until = self.at + ms
        while not self.over:
            deadline = self.call.deadline
            moment = min((t for t in (self.ends_at if self.playing else None, deadline) if t is not None), default=None)
            if moment is None or moment > until:
                break
            self.step()
        self.at = until
        return self

    def step(self) -> bool:
        """The next prompt ends or the next timer fires; False when neither will."""
        deadline = self.call.deadline
        if self.playing is not None and (deadline is None or self.ends_at <= deadline):
            self.at = max(self.at, self.ends_at)
            self.event(events.PromptFinished(self.playing.play_id))
        elif deadline is not None:
            self.at = max(self.at, deadline)
            self._perform(self.call.advance(self.at))
        else:
            return False
        return True

    def listen(self) -> Phone:
        """Hears everything that is being said now, to its end."""
        while self.playing is not None:
            self.step()
        return self

    def hang_up(self) -> Phone:
        self.event(events.CallerHungUp())
        return self

    # -- the backend -----------------------------------------------------------------------------------------------

    def pending(self) -> LookUp:
        return next(action for action in reversed(self.done) if isinstance(action, LookUp))

    def reply(self, **facts: Any) -> Phone:
        """Answers the last lookup; ``a__b_c`` is the fact ``a.b-c``."""
        named = {name.replace("__", ".").replace("_", "-"): value for name, value in facts.items()}
        self.event(events.LookupAnswered(self.pending().request_id, named))
        return self

    def ask(self, accounts: MemoryAccounts) -> Phone:
        """Answers the last lookup from accounts."""
        lookup = self.pending()
        try:
            facts = accounts.answer(Question(lookup.query, lookup.params, self.call.now()))
            self.event(events.LookupAnswered(lookup.request_id, facts))
        except LookupFailed as error:
            self.event(events.LookupFailed(lookup.request_id, error.reason))
        return self

    # -- what happened ---------------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        return self.call.over

    @property
    def node(self) -> str:
        return self.call.node

    @property
    def heard(self) -> list[str]:
        """The ids of all prompts so far."""
        return [action.prompt_id for action in self.done if isinstance(action, PlayPrompt)]

    def since(self, mark: int) -> list[str]:
        """The ids of the prompts after the first ``mark``."""
        return self.heard[mark:]

    def noted(self, event: str) -> list[dict[str, Any]]:
        return [dict(entry.data) for entry in self.log if entry.event == event]

    def collected(self) -> list[str]:
        return [note["reason"] for note in self.noted("collected")]

    def all(self, kind: type[Action]) -> list[Any]:
        return [action for action in self.done if isinstance(action, kind)]

    @property
    def disposition(self) -> str:
        (last,) = self.all(HangUp)
        return str(last.disposition)

    def _perform(self, performed: list[Action]) -> list[Action]:
        for action in performed:
            assert not self.all(HangUp), "nothing may follow HangUp"
            if isinstance(action, PlayPrompt):
                assert self.playing is None, "two prompts at once"
                self.playing = action
                self.ends_at = self.at + action.delay_ms + action.speaking_ms
            elif isinstance(action, StopPrompt):
                assert self.playing is not None
                assert action.play_id == self.playing.play_id, "only what plays can be stopped"
                self.playing = None
            elif isinstance(action, LookUp):
                self.asked = action
            elif isinstance(action, actions.HangUp):
                self.playing = None
            self.done.append(action)
        return performed


def phone(nodes: Mapping[str, Any], prompts: Mapping[str, Any] = NONE, **sections: Any) -> Phone:
    """An answered call of a hotline made of these nodes."""
    return Phone(hotline(nodes, prompts, **sections)).answer()


def field(**entry: Any) -> dict[str, Any]:
    """A field of up to four digits, stored as ``got.it``, that leads to ``next``."""
    spec = {"kind": "digits", "shortest": "2", "longest": "4", "never-starts-with": "", **entry}
    return {"kind": "field", "prompt": "ask", "entry": spec, "stores": "got.it", "to": "next"}
