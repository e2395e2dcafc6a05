"""A path of an exploration, written down as a call script that makes the same call again.

The path is made once more, step by step, and everything that is heard becomes a ``hears``. What the world did is said
before the step of the caller that led to it, as ``answers`` of the backend and states of the ``agents``: a script sets
the weather, it does not make it rain. Acts in the middle of a prompt become ``during`` with ``after``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.callflow.nodes import Transfer
from ivr.errors import IvrError
from ivr.session.events import Fact
from ivr.session.exchange import Exchange
from ivr.testing.explored_call import (
    Act,
    AgentDoes,
    Answer,
    Endless,
    ExploredCall,
    HangsUp,
    Mumble,
    Press,
    Speak,
    StaySilent,
)
from ivr.testing.state_space import Move, Path

_LONGER_THAN_ANY_PATIENCE = "10m"
_AGENTS = {"talked": "free", "busy": "full", "no-answer": "no-answer"}
Written = dict[str, Any] | str


@dataclass(slots=True)
class _Segment:
    """One step of the caller, the weather that it needs, and what is heard after it."""

    weather: list[Written] = field(default_factory=list)
    steps: list[Written] = field(default_factory=list)


def as_script(exchange: Exchange, path: Path, title: str, comments: Sequence[str] = (), hotline: str = "") -> str:
    """The script as YAML. ``exchange``: of the explored hotline; ``hotline``: where it is, "" for the built-in one."""
    import yaml

    writer = _Writer(exchange, path)
    writer.write()
    head: dict[str, Any] = {"call": title}
    if hotline:
        head["flow"] = hotline
    caller = {"number": path.scenario.caller_number} if path.scenario.caller_number else {}
    head["caller"] = {**caller, "at": path.scenario.local_time.isoformat(timespec="minutes")}
    head["steps"] = [step for segment in writer.segments for step in (*segment.weather, *segment.steps)]
    if writer.call.over is not None:
        head["ends"] = writer.call.over
    said = "".join(f"# {line}\n" for comment in comments for line in comment.splitlines())
    return said + str(yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=110))


class _Writer:
    def __init__(self, exchange: Exchange, path: Path) -> None:
        self.call = ExploredCall(exchange)
        self.segments = [_Segment()]
        self._path = path
        self._told = 0  # prompts that were written down
        self._ahead = False  # keys were pressed during the lookup that is answered next
        self._unasked = {saying.say for saying in exchange.flow.waiting.filler}
        for node in exchange.flow.nodes.values():
            if isinstance(node, Transfer):
                self._unasked |= {saying.say for saying in node.comfort}

    def write(self) -> None:
        call, moves = self.call, self._path.moves
        call.answered(self._path.scenario.caller_number, self._path.scenario.local_time)
        self._tell_heard()
        for number, move in enumerate(moves):
            following = moves[number + 1] if number + 1 < len(moves) else None
            in_queue = call.transfer is not None
            try:
                self._make(move)
            except (Endless, IvrError):
                self._tell_heard()
                return
            if call.transfer is not None and not in_queue and not _is_agent(following):
                self.segments[-1].weather.append({"agents": "no-answer"})

    def _make(self, move: Move) -> None:
        call = self.call
        call.heard[: -1 if call.play is not None else None] = []  # only what plays now belongs to this step too
        base = self._told = len(call.heard)
        if not any(isinstance(act, Answer | AgentDoes) for act in move.input.acts) and call.lookup is None:
            self.segments.append(_Segment())
        for act in move.input.acts:
            self._tell(act)
            began = call.at
            call.act(act)
            if (
                isinstance(act, StaySilent)
                and act.ms is None
                and self.segments[-1].steps[-1:] == [{"stays silent": ""}]
            ):
                self.segments[-1].steps[-1] = {"stays silent": f"{call.at - began + 1}ms"}
        if move.prompts is None:
            call.hear()
        else:
            stop = base + move.prompts
            call.hear(lambda call: len(call.heard) >= stop)
        self._tell_heard()

    def _tell(self, act: Act) -> None:
        segment, call = self.segments[-1], self.call
        match act:
            case Press():
                step: dict[str, Any] = {"presses": act.keys}
                if len(act.keys) > 1:
                    step["pace"] = f"{act.pace_ms}ms"
                segment.steps.append(step | self._when())
            case Speak():
                sure = {} if act.confidence == 1.0 else {"confidence": str(act.confidence)}
                segment.steps.append({"says": act.text, **sure, **self._when()})
            case Mumble():
                segment.steps.append({"says": "", "lasts": "30s"})
            case StaySilent():
                if call.lookup is not None:
                    never = {"query": call.lookup.query, "after": _LONGER_THAN_ANY_PATIENCE}
                    segment.weather.append({"answers": never})
                elif act.ms is None and call.transfer is None:
                    segment.steps.append({"stays silent": ""})
            case HangsUp():
                when = self._when()
                segment.steps.append({"hangs up": when} if when else "hangs up")
            case Answer():
                slow_ms = 3_000 if self._ahead else act.after_ms
                segment.weather.append({"answers": _answer(act, slow_ms)})
                self._ahead = False
            case AgentDoes():
                segment.weather.append({"agents": _AGENTS[act.what]})

    def _when(self) -> dict[str, str]:
        """``during`` and ``after``, while a prompt plays."""
        call = self.call
        if call.lookup is not None:
            self._ahead = True
            return {"after": "500ms"}
        if call.play is None:
            return {}
        since_ms = call.at - call.heard[-1][0] - call.play.delay_ms if call.heard else 0
        return {"during": call.play.prompt_id, "after": f"{max(since_ms, 0)}ms"}

    def _tell_heard(self) -> None:
        for _, prompt in self.call.heard[self._told :]:
            if prompt.prompt_id not in self._unasked:
                self.segments[-1].steps.append({"hears": prompt.prompt_id})
        self._told = len(self.call.heard)


def _is_agent(move: Move | None) -> bool:
    return move is not None and any(isinstance(act, AgentDoes) for act in move.input.acts)


def _answer(act: Answer, after_ms: int) -> dict[str, Any]:
    after = {"after": f"{after_ms}ms"} if after_ms else {}
    if act.facts is None:
        return {"query": act.query, "fails": "backend-down", **after}
    return {"query": act.query, "facts": {name: _plain(value) for name, value in act.facts.items()}, **after}


def _plain(value: Fact) -> Any:
    if isinstance(value, list):
        return [{name: _plain(part) for name, part in line.items()} for line in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
