"""An event log becomes a call script that makes the same call again: any live call is a test.

The log holds no secret, so what was typed into a secret entry is told from what became of it: an entry that a lookup
verified was the person's number or password, one that was refused broke the rule that is noted, and one that the
backend did not know is nobody's. The keys are put back accordingly, the log is played to the ``ScriptRecorder`` (the
one writer of scripts) as the events that it came from, and the backend's failures and the agents' doings are written
before the step of the caller that met them.

Digits said into a secret entry are told in the same way, as one number that is said at once.

What cannot be told from a log: words other than digits and commands said into a secret entry, the caller's whole number
(its last four digits stay), lists of records and names of a backend that holds others than the synthetic people's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ivr.callflow.document import FlowDocument
from ivr.callflow.durations import USUAL_PACE
from ivr.callflow.edges import commands_at
from ivr.callflow.guards import as_text
from ivr.callflow.nodes import Choice, Command, Menu, Transfer
from ivr.callflow.speaking import speaking_ms
from ivr.callflow.values import BargeIn
from ivr.errors import UsageError
from ivr.session import actions, events
from ivr.session.call_log import HIDDEN, Json, LogEntry
from ivr.testing.caller_keys import people_secrets
from ivr.testing.replayed_keys import Keys, typed_in
from ivr.testing.script_recorder import ScriptRecorder

_SLOW_MS = 1_000  # a shorter wait for a lookup is nobody's story
_UNKNOWN_NUMBER = "1380000"


def script_from_log(
    entries: Iterable[LogEntry],
    title: str = "",
    flow: str = "",
    document: FlowDocument | None = None,
    changes: Mapping[int, Mapping[str, str]] | None = None,
    *,
    heard: bool = False,
) -> str:
    """The script as YAML. ``heard``: the prompts had sound, which may have lasted longer than they are counted to.

    ``flow``: where the hotline is, when it is not the built-in one; ``document``: the hotline itself, to tell by what
    words or key a command was given where the log hides them; ``changes``: facts that the accounts of a script have
    otherwise, by the number of the entry that asks for them (``exported_script`` finds them). Raises UsageError for
    what is no log of a whole call.
    """
    log = list(entries)
    if not log or log[0].event != "call-answered":
        raise UsageError("this event log does not begin with 'call-answered'; name the whole log of a call")
    title = title or f"a call of {str(log[0].data.get('local_time', ''))[:10]}"
    return _Replay(log, title, flow, document, changes or {}, heard).script()


def words_for(flow: FlowDocument, node_id: str, trigger: str) -> str:
    """Words that lead from the node by this choice or command; "" when only a key does."""
    node = flow.nodes.get(node_id)
    offered: Mapping[str, Choice | Command] = commands_at(flow, node_id)
    kind, _, name = trigger.rpartition(".")
    if kind != "command":
        offered = node.choices if isinstance(node, Menu | Transfer) else {}
    found = offered.get(name)
    return found.phrases[0] if found is not None and found.phrases else ""


def _must_be_dictated(facts: Mapping[str, Json]) -> bool:
    """Whether an answer depended on what the accounts or the queue looked like at that moment."""
    if any(HIDDEN in str(value) for value in facts.values()):
        return False
    return "queue.state" in facts or any(
        name.endswith(".outcome") and value not in ("verified", "refused") for name, value in facts.items()
    )


class _Replay:
    def __init__(
        self,
        log: Sequence[LogEntry],
        title: str,
        flow: str,
        document: FlowDocument | None,
        changes: Mapping[int, Mapping[str, str]],
        heard: bool,
    ) -> None:
        self.heard = heard
        self.pace = USUAL_PACE
        self.log = log
        self.changes = changes
        self.flow = document
        self.keys: Keys = typed_in(log, document)
        profile = str(log[0].data.get("profile", ""))
        if document is None or profile == next(iter(document.profiles)):  # the first one is everybody's
            profile = ""
        self.recorder = ScriptRecorder(title, people_secrets(), person=self.keys.person, profile=profile, flow=flow)
        self.plays = 0
        self.slow = 0

    def script(self) -> str:
        for number, entry in enumerate(self.log):
            self._play(number, entry)
        return self.recorder.to_yaml()

    def _play(self, number: int, entry: LogEntry) -> None:
        data, watch, at = entry.data, self.recorder.watch, entry.at
        if self.flow is not None and (profile := self.flow.profiles.get(str(data.get("profile")))) is not None:
            self.pace = profile.characters_a_minute
        match entry.event:
            case "call-answered":
                caller = str(data.get("caller", ""))
                known = _UNKNOWN_NUMBER + caller.strip("•") if caller else ""
                watch(at, events.CallAnswered(known, datetime.fromisoformat(str(data["local_time"]))))
            case "node-entered":
                node = str(data["node"])
                watch(at, actions.Listen(node, "0123456789*#", (), secret=node in self.keys.secret_nodes))
            case "play-prompt":
                self.plays += 1
                watch(at, self._prompt(number, entry))
            case "prompt-finished":
                watch(at, events.PromptFinished(self.plays))
            case "stop-prompt":
                watch(at, actions.StopPrompt(self.plays))
            case "key-pressed":
                self.recorder.press(at, self.keys.pressed.get(number, "1"), self.keys.parts.get(number))
            case "speech-started":
                watch(at, events.SpeechStarted())
            case "utterance-heard":
                self._heard(number, entry)
            case "start-recording":
                watch(at, actions.StartRecording(0, 0))
            case "look-up":
                self._weather_of_lookup(number, entry)
                watch(at, actions.LookUp(0, str(data["query"]), {}))
            case "transfer-call":
                self._weather_of_transfer(number, entry)
                watch(at, actions.TransferCall(0, str(data["queue"])))
            case "caller-hung-up":
                watch(at, events.CallerHungUp())
            case "call-ended":
                watch(at, actions.HangUp(data["disposition"]))  # type: ignore[arg-type]  # the log's own word

    def _prompt(self, number: int, entry: LogEntry) -> actions.PlayPrompt:
        """The prompt with the silence before its first word, which only an interruption tells."""
        delay_ms = 0
        for later in self.log[number + 1 :]:
            if later.event in ("play-prompt", "prompt-finished"):
                break
            if later.event == "stop-prompt":
                heard_ms = later.data.get("heard_ms")
                delay_ms = later.at - entry.at - (heard_ms if isinstance(heard_ms, int) else 0)
                break
        counted_ms = speaking_ms(str(entry.data.get("text", "")), self.pace) if self.heard else 0
        return actions.PlayPrompt(self.plays, str(entry.data["prompt"]), "", BargeIn(), max(delay_ms, 0), counted_ms)

    def _heard(self, number: int, entry: LogEntry) -> None:
        confidence = entry.data.get("confidence", 1.0)
        sure = confidence if isinstance(confidence, int | float) else 1.0
        text = str(entry.data.get("text", ""))
        words = self._words(number, text)
        if words != text and not words.startswith(HIDDEN):
            self.recorder.say(entry.at, words, sure)
        elif number in self.keys.spoken:
            digits = self.keys.spoken[number]
            if digits is not None:
                self.recorder.say_digits(entry.at, digits)
        else:
            self.recorder.watch(entry.at, events.UtteranceHeard(words, sure))

    def _words(self, number: int, text: str) -> str:
        """What was said; where that is hidden, words for what it led to."""
        if HIDDEN not in text:
            return text
        message = self._next(number, ("message-recorded",), until=("node-entered", "utterance-heard"))
        if message is not None:  # its length is how long the last words took, unless there were others before
            return HIDDEN * int(str(message.data.get("characters", len(text))))
        trigger = self._trigger(number)
        if trigger is None and text.strip(HIDDEN):  # a long number where nobody asked for one: it meant nothing
            return ""
        if self.flow is None or trigger is None:
            return text
        node = next((str(one.data["node"]) for one in reversed(self.log[:number]) if one.event == "node-entered"), "")
        return words_for(self.flow, node, trigger) or text

    def _trigger(self, number: int) -> str | None:
        """The command or choice that these words were."""
        for later in self.log[number + 1 :]:
            if later.at > self.log[number].at:
                break
            if later.event in ("command", "choice"):
                return str(later.data[later.event])
        return None

    # -- the weather -----------------------------------------------------------------------------------------------

    def _weather_of_lookup(self, number: int, entry: LogEntry) -> None:
        query, request = str(entry.data["query"]), entry.data.get("request")
        ended = self._next(number, ("lookup-answered", "lookup-failed"))
        if ended is None:  # the caller hung up, or was put through: nothing was said
            return
        took_ms = ended.at - entry.at
        if ended.event == "lookup-failed" and ended.data.get("request", request) == request:
            reason = str(ended.data.get("reason", "unknown"))
            late = {"after": f"{took_ms + (1_000 if reason == 'timeout' else 0)}ms"} if took_ms else {}
            self.recorder.before_last_act({"answers": {"query": query, "fails": reason, **late}})
            return
        facts = ended.data.get("facts")
        if isinstance(facts, dict) and _must_be_dictated(facts):
            told = {name: as_text(value) for name, value in facts.items()}
            self.recorder.before_last_act({"answers": {"query": query, "facts": told}})
        if number in self.changes:
            self.recorder.before_last_act({"answers": {"query": query, "changes": dict(self.changes[number])}})
        slow = took_ms if took_ms >= _SLOW_MS else 0
        if slow != self.slow:
            self.slow = slow
            self.recorder.before_last_act({"accounts": {"slow": f"{slow}ms"} if slow else "fine"})

    def _weather_of_transfer(self, number: int, entry: LogEntry) -> None:
        answered = self._next(number, ("agent-answered",), until=("transfer-call",))
        ended = self._next(number, ("transfer-ended",), until=("transfer-call",))
        rest_ms = self.log[-1].at - entry.at + 1_000
        agents: dict[str, Any] = {"are": "waiting", "wait": f"{rest_ms}ms"}  # nobody came while they waited
        if answered is not None:
            agents = {"are": "waiting", "wait": f"{answered.at - entry.at}ms"}
            agents["talk"] = f"{ended.at - answered.at if ended is not None else rest_ms}ms"
        elif ended is not None:
            agents = {"are": "full" if ended.data.get("reason") == "busy" else "no-answer"}
        self.recorder.before_last_act({"agents": agents})

    def _next(self, number: int, wanted: Sequence[str], until: Sequence[str] = ("look-up",)) -> LogEntry | None:
        for entry in self.log[number + 1 :]:
            if entry.event in wanted:
                return entry
            if entry.event in until:
                return None
        return None
