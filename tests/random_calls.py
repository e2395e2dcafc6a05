"""Random small hotlines and random callers, for properties that must hold on all of them.

In a random hotline, silence only ever leads forward (choices and commands may lead anywhere), so that with silence
every call ends within a bound that can be added up from the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ivr.callflow.hotline import Hotline
from ivr.session import events
from ivr.session.actions import CancelTransfer, LookUp, TransferCall
from tests.sessions import COMMANDS, PROFILES, PROMPT_MS, Phone, hotline

KINDS = ("menu", "menu", "field", "confirm", "survey", "say", "lookup", "branch", "limit", "record", "transfer", "call")
KEYS = "0123456789*#"
WORDS = ("余额", "报销", "人工", "返回", "重听", "帮助", "慢一点", "是", "不是", "一二三", "按一", "你好", "")
DIALOG = {
    "who": {"kind": "menu", "prompt": "who", "choices": {"me": {"key": "1", "phrases": ["是"], "to": "who.ok"}}},
    "who.ok": {"kind": "return", "result": "ok"},
}
FACTS = {"private": "no", "gives": {"f.flag": "yes-no", "f.sum": "money"}}
WAITING = {"filler": "filler"}
TRIES = 3


@st.composite
def hotlines(draw: st.DrawFn) -> Hotline:
    size = draw(st.integers(2, 7))
    names = [f"n{number}" if draw(st.booleans()) else f"n0.n{number}" for number in range(size)] + ["end"]
    names[0] = "n0"
    nodes: dict[str, Any] = {}
    for number, name in enumerate(names[:-1]):
        onward, anywhere = st.sampled_from(names[number + 1 :]), st.sampled_from(names)
        nodes[name] = draw(_node(draw(st.sampled_from(KINDS)), onward, anywhere))
    nodes["end"] = {"kind": "hangup", "prompt": draw(st.sampled_from([[], "bye"]))}
    commands = {name: command for name, command in COMMANDS.items() if draw(st.booleans())}
    if "agent" in commands:
        commands["agent"] = {**commands["agent"], "to": draw(st.sampled_from(names))}
    prompts = {"off": {"barge-in": "no"}, "head": {"barge-in": "after 300ms"}, "word": {"barge-in": "hotword"}}
    prompts["money"] = {"text": "{f.sum:money}"}
    return hotline(
        {**nodes, **DIALOG}, prompts, commands=commands, queries={"q": FACTS}, waiting=WAITING,
        guards={"flag": {"fact": "f.flag", "is": "yes"}}, dialogs={"who": {"start": "who", "results": ["ok", "back"],
        "back": "back"}}, speech={"confirm": "sure"}, recovery={"no-match": {"1": {"say": "no-match"}}},
        profiles={**PROFILES, "slow": {"no-input": "10s", "inter-digit": "6s"}},
    )  # fmt: skip


@st.composite
def _node(draw: st.DrawFn, kind: str, onward: st.SearchStrategy[str], anywhere: st.SearchStrategy[str]) -> Any:
    node: dict[str, Any] = {"kind": kind, "prompt": draw(st.sampled_from([[], "p", "off", "head", "word", "money"]))}
    to: dict[str, Any] = {}
    if kind in ("menu", "transfer"):
        keys = draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=3))
        node["choices"] = {
            f"c{n}": {"key": key, "phrases": [WORDS[n]], "to": draw(anywhere)} for n, key in enumerate(keys)
        }
    if kind in ("menu", "field", "confirm"):
        to["exhausted"] = draw(onward)
    if kind == "field":
        low = draw(st.integers(1, 4))
        entry = draw(st.sampled_from(["digits", "password", "id-number"]))
        node |= {
            "entry": {"kind": entry, "shortest": low, "longest": low + draw(st.integers(0, 2))},
            "stores": "got.it",
        }
    if kind == "confirm":
        to |= {"yes": draw(anywhere), "no": draw(anywhere)}
    if kind == "survey":
        node |= {"ratings": {"1": ["是"], "2": ["不是"]}, "stores": "got.rating"}
        to["skipped"] = draw(onward)
    if kind == "record":
        node |= {"stores": "got.message", "longest": "20s"}
        to["empty"] = draw(onward)
    if kind == "lookup":
        node |= {"query": "q"}
        to["failed"] = draw(onward)
    if kind == "branch":
        return node | {"cases": [{"when": "flag", "to": draw(onward)}], "otherwise": draw(onward)}
    if kind == "limit":
        node |= {"most": "2"}
        to["exceeded"] = draw(onward)
    if kind == "call":
        return node | {"dialog": "who", "results": {"ok": draw(onward), "back": draw(onward)}}
    if kind == "transfer":
        node |= {"queue": "q", "comfort": "comfort", "every": "5s", "longest": "30s"}
        return node | {name: draw(onward) for name in ("talked", "busy", "no-answer")}
    if kind != "menu" and kind != "confirm":
        to["to"] = draw(onward)
    return node | to


def silent_bound_ms(small: Hotline) -> int:
    """An upper bound of the length of a call in which the caller does nothing."""
    waits = {"lookup": 20_000 + PROMPT_MS, "record": 20_000, "transfer": 30_000}
    total = 0
    for node in small.flow.nodes.values():
        asking = TRIES * (8_000 + 2 * PROMPT_MS)
        total += len(node.prompt) * PROMPT_MS + waits.get(node.kind, asking)
    return total


# --- callers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    what: str
    arg: Any = None


STEPS = st.one_of(
    st.builds(Step, st.just("key"), st.sampled_from([*KEYS, "A"])),
    st.builds(Step, st.just("word"), st.tuples(st.sampled_from(WORDS), st.sampled_from([1.0, 0.6, 0.3]))),
    st.builds(Step, st.just("speech-starts")),
    st.builds(Step, st.just("wait"), st.sampled_from([0, 1, 299, 300, 1_000, 2_000, 8_000, 25_000])),
    st.builds(Step, st.just("edge"), st.sampled_from([-1, 0, 1])),
    st.builds(Step, st.just("listen")),
    st.builds(Step, st.just("answer"), st.tuples(st.booleans(), st.sampled_from([123, "x"]))),
    st.builds(Step, st.just("fail")),
    st.builds(Step, st.just("agent")),
    st.builds(Step, st.just("transfer-ends"), st.sampled_from(["talked", "busy", "no-answer"])),
    st.builds(Step, st.just("stale")),
)
CALLERS = st.lists(STEPS, max_size=25)


class Caller(Phone):
    """Takes random steps, and checks after each that the call is alive and well."""

    def take(self, step: Step) -> None:
        arg = step.arg
        if step.what == "key":
            self.event(events.KeyPressed(arg))
        elif step.what == "word":
            self.event(events.UtteranceHeard(*arg))
        elif step.what == "speech-starts":
            self.event(events.SpeechStarted())
        elif step.what == "wait":
            self.wait(arg)
        elif step.what == "edge" and self.call.deadline is not None:
            self.wait(max(0, self.call.deadline - self.at + arg))
        elif step.what == "listen" and self.playing is not None:
            self.wait(self.ends_at - self.at)
        elif step.what == "answer":
            self.event(events.LookupAnswered(self._last(LookUp), {"f.flag": arg[0], "f.sum": arg[1], "x.y": 1}))
        elif step.what == "fail":
            self.event(events.LookupFailed(self._last(LookUp), "down"))
        elif step.what == "agent":
            self.event(events.AgentAnswered(self._last(TransferCall)))
        elif step.what == "transfer-ends":
            self.event(events.TransferEnded(self._last(TransferCall), arg))
        elif step.what == "stale":
            self.stale()
        self.check()

    def stale(self) -> None:
        """Events that are not, or no longer, expected change nothing."""
        before = self.snapshot()
        ids = (0, -1, 10**6)
        for number in ids:
            for event in (
                events.PromptFinished(number), events.LookupAnswered(number, {"f.flag": True}),
                events.LookupFailed(number, "x"), events.AgentAnswered(number), events.TransferEnded(number, "talked"),
            ):  # fmt: skip
                assert self.event(event) == []
        assert self.snapshot() == before

    def snapshot(self) -> Any:
        call = self.call
        return (
            call.node, call.deadline, dict(call.timers), dict(call.facts), dict(call.failures), call.playback.playing,
            list(call.playback.queue), list(call.ahead), call.position.returns, call.over, call.listening,
        )  # fmt: skip

    def check(self) -> None:
        if self.call.answered and not self.over:
            assert self.playing or self.call.deadline is not None or self.transferring(), "the call is stuck"
        assert (self.playing and self.playing.play_id) == (
            self.call.playback.playing and self.call.playback.playing.play_id
        )

    def transferring(self) -> bool:
        cancelled = {action.request_id for action in self.all(CancelTransfer)}
        return any(action.request_id not in cancelled for action in self.all(TransferCall))

    def _last(self, kind: type[LookUp] | type[TransferCall]) -> int:
        found = self.all(kind)
        return found[-1].request_id if found else 0

    def run(self, steps: list[Step]) -> Caller:
        for step in steps:
            self.take(step)
        return self


class ChoppedCaller(Caller):
    """The same caller on a runner whose clock ticks more often than it needs to."""

    def step(self) -> bool:
        moments = [
            moment for moment in (self.ends_at if self.playing else None, self.call.deadline) if moment is not None
        ]
        for at in {(self.at + min(moments)) // 2, min(moments) - 1} if moments else ():
            if at > self.call.at:
                assert self._perform(self.call.advance(at)) == []
        return super().step()
