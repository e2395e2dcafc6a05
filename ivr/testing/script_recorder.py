"""Writes a call down as a call script that makes the same call again.

A secret never appears: what was typed into a secret entry is compared with the synthetic people and written as whose
number or password it was, so the script works for as long as that person exists. Anything else is written as wrong:

    - presses: number                        of the caller; of somebody else: {number of: wang-balance}
    - presses: password
    - presses: {wrong number: check-digit}   the rule it broke, or ``unknown``
    - presses: wrong password                or, where a new one is asked for: new password
    - presses: {number of: caller, only: 1-13}   the rest was typed later

The words of a message are the caller's own and are written as they were said, since who records asked for it. Where
only a log that hides them is left, others of the same length stand in: speaking them takes as long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from ivr.identity_number import check_number
from ivr.lines.discretion import Discretion
from ivr.mandarin.reading_digits import read_digits
from ivr.session.actions import Action, HangUp, Listen, LookUp, PlayPrompt, StartRecording, StopPrompt
from ivr.session.call_log import HIDDEN, masked_text
from ivr.session.events import (
    CallAnswered,
    CallerHungUp,
    Event,
    KeyPressed,
    PromptFinished,
    SpeechStarted,
    UtteranceHeard,
)
from ivr.testing.caller_keys import CALLER, NEW_PASSWORD, WRONG_PASSWORD
from ivr.testing.typed_secrets import Burst, Key, Part, mark_secrets

_SILENCE_WORTH_TELLING_MS = 3_000
_SHORTEST_SECRET = 6
_TERMINATOR = "#"  # ends an entry; not part of what is secret
SAID_A_SECRET: Final = "${what-was-said}"  # noqa: S105 - a parameter that the author fills in
_MESSAGE = "这是一段留言"
_CLEAR, _BEGIN_AGAIN = "*", "重新输入"
_RULES = ("check-digit", "date", "length", "old-id")

_LONG_FORMS: Mapping[str, Mapping[str, str]] = {
    **{kind: {f"{kind} of": CALLER} for kind in ("number", "card", "password")},
    **{wrong: {wrong: ""} for wrong in ("wrong number", "wrong password", "new password")},
}


class ScriptRecorder:
    """Watches a call. ``secrets`` maps what a person would type to (``number``, ``card`` or ``password``, handle).

    ``profile``: the one that the caller asked for before the call.

    ``story`` holds what the call began with and the events do not tell: ``flow``, ``accounts``, ``agents``.
    """

    def __init__(
        self,
        title: str,
        secrets: Mapping[str, Sequence[tuple[str, str]]],
        *,
        person: str = "",
        profile: str = "",
        **story: Any,
    ) -> None:
        self._secrets = secrets
        self._person = person
        self._profile = profile
        self._title = title
        self._story = {name: value for name, value in story.items() if value}
        self._caller: dict[str, str] = {}
        self._today = date.min
        self._steps: list[Any] = []
        self._disposition = ""
        self._offer: Listen | None = None
        self._message_node = ""  # where the last message was taken
        self._playing: tuple[int, PlayPrompt] | None = None
        self._quiet_since: int | None = None
        self._keys: list[Key] = []
        self._new_password = ""
        self._keys_secret = False  # typed into a secret entry
        self._keys_doubtful = False  # typed ahead, perhaps of one
        self._discretion = Discretion()
        self._timing: dict[str, Any] = {}
        self._speaking: dict[str, Any] | None = None  # when the words began that are not yet understood
        self._last_key_at = 0

    def watch(self, at: int, thing: Event | Action) -> None:
        match thing:
            case CallAnswered():
                self._begin(thing.caller_number, thing.local_time)
            case PlayPrompt():
                self._end_keys()
                self._tell_silence(at)
                self._playing = at, thing
                self._steps.append({"hears": thing.prompt_id})
            case PromptFinished() | StopPrompt():
                if self._playing is not None and self._playing[1].play_id == thing.play_id:
                    self._playing, self._quiet_since = None, at
            case Listen():
                if self._offer is not None and self._offer.node != thing.node:
                    self._end_keys()
                self._offer = thing
            case StartRecording():
                self._message_node = self._offer.node if self._offer is not None else ""
            case LookUp():
                self._end_keys()
                self._tell_silence(at)  # from here on it is the backend's
            case KeyPressed():
                self.press(at, thing.key)
            case SpeechStarted():
                self._end_keys()
                self._speaking = self._when(at)
            case UtteranceHeard():
                self.say(at, self._spoken(thing.text), thing.confidence)
            case CallerHungUp():
                self._end_keys()
                when = self._when(at)
                if not when:
                    self._tell_silence(at)
                self._steps.append({"hangs up": when} if when else "hangs up")
            case HangUp():
                self._end_keys()
                self._disposition = thing.disposition
        self._discretion.watch(at, thing)

    def say(self, at: int, said: Any, confidence: float = 1.0) -> None:
        """Words that are no secret, or a secret that is named."""
        self._end_keys()
        unsure = {"confidence": f"{confidence:g}"} if confidence < 1 else {}
        when = self._when(at) if self._speaking is None else self._speaking
        self._steps.append({"says": said, **unsure, **when})
        self._speaking = None
        self._last_key_at = self._quiet_since = at

    def say_digits(self, at: int, digits: str) -> None:
        """Digits said one by one into a secret entry; none for what was not understood, ``*`` to begin again."""
        said: Any = _BEGIN_AGAIN if digits == _CLEAR else digits and read_digits(digits.replace("*", "X"))
        if len(digits) >= _SHORTEST_SECRET:
            named = self._named(digits, self._offer.node if self._offer is not None else "")
            said = named if isinstance(named, dict) else dict(_LONG_FORMS[named])
        self.say(at, said)

    def before_last_act(self, step: dict[str, Any]) -> None:
        """Writes a step (of the weather) before what the caller did last, since it led to what is met now."""
        self._end_keys()
        acts = ("presses", "says", "stays silent")
        at = max((n for n, one in enumerate(self._steps) if any(act in one for act in acts)), default=0)
        self._steps.insert(at, step)

    def to_yaml(self) -> str:
        import yaml

        bursts = [step["presses"] for step in self._steps if isinstance(step, dict) and "presses" in step]
        mark_secrets((one for one in bursts if isinstance(one, Burst)), self._secrets, self._person)
        steps = [self._written(step) for step in self._steps]
        person = {"person": self._person} if self._person else {}
        script = {"call": self._title, **self._story, "caller": person | self._caller}
        script |= {"steps": steps, "ends": self._disposition or "failed"}
        return str(yaml.safe_dump(script, allow_unicode=True, sort_keys=False, width=100))

    def _begin(self, caller_number: str, local_time: datetime) -> None:
        self._today = local_time.date()
        self._caller = {"number": caller_number} if caller_number else {}
        self._caller["at"] = local_time.isoformat()
        if self._profile:
            self._caller["profile"] = self._profile

    def _tell_silence(self, at: int) -> None:
        """Told a millisecond longer than it was: at the very limit a caller would still be in time."""
        if self._quiet_since is not None and at - self._quiet_since >= _SILENCE_WORTH_TELLING_MS:
            self._steps.append({"stays silent": f"{at - self._quiet_since + 1}ms"})
        self._quiet_since = None

    def press(self, at: int, key: str, part: Part | None = None) -> None:
        """A key; ``part`` when it is known to belong to a secret, whatever the caller is being asked just now."""
        if self._keys_secret and key != _TERMINATOR and self._keys and self._keys[-1].key == _TERMINATOR:
            self._end_keys()  # it belongs to the entry before, and says nothing about the pace of this one
        if not self._keys:
            self._keys_secret = self._offer is not None and self._offer.secret
            self._keys_doubtful = False
            self._timing = self._when(at)
        self._quiet_since = at  # a pause may end an entry
        self._keys.append(Key(at, key, part))
        self._keys_doubtful |= self._discretion.shown(at, key) != key

    def _when(self, at: int) -> dict[str, Any]:
        """When this step starts, unless it waits politely for the caller's turn."""
        if self._playing is None:
            return {}
        began_at, prompt = self._playing
        if self._steps and self._steps[-1] == {"hears": prompt.prompt_id}:
            self._steps.pop()  # ``during`` mentions it
            after_ms = max(at - began_at - prompt.delay_ms, 0)
            if prompt.speaking_ms:  # a voice may take longer, and without sound it would be over by then
                after_ms = min(after_ms, prompt.speaking_ms - 1)
            return {"during": prompt.prompt_id, "after": f"{after_ms}ms"}
        return {"after": f"{at - self._last_key_at}ms"}

    def _end_keys(self) -> None:
        if not self._keys:
            return
        times = [key.at for key in self._keys]
        self._last_key_at = times[-1]
        more = dict(self._timing)
        if len(times) > 1:
            more["pace"] = f"{round((times[-1] - times[0]) / (len(times) - 1))}ms"
        node = self._offer.node if self._offer is not None else ""
        burst = Burst(self._keys, self._keys_secret, self._keys_doubtful, node)
        self._keys = []
        self._steps.append({"presses": burst, **more})  # written once all keys of the call are known

    def _written(self, step: Any) -> Any:
        if not isinstance(step, dict) or not isinstance(step.get("presses"), Burst):
            return step
        presses = self._presses(step["presses"])
        return {**step, "presses": presses[0] if len(presses) == 1 else presses}

    def _presses(self, burst: Burst) -> list[Any]:
        """A secret, or a stretch of one, is named; of other keys only those are told that cannot be one."""
        written: list[Any] = []
        for (secret, _), run in groupby(enumerate(burst.keys), _run):
            together = [key for _, key in run]
            parts = [key.part[1] for key in together if key.part is not None]
            if not parts:
                written += self._other_keys("".join(key.key for key in together), burst)
            elif len(parts) == len(secret):
                written.append(self._named(secret, burst.node))
            else:
                named = self._named(secret, burst.node)
                whole = named if isinstance(named, dict) else _LONG_FORMS[named]
                written.append({**whole, "only": f"{parts[0] + 1}-{parts[-1] + 1}"})
        return written

    def _other_keys(self, typed: str, burst: Burst) -> list[Any]:
        if not burst.secret and not (burst.doubtful and len(typed) >= _SHORTEST_SECRET):
            return [typed]
        written: list[Any] = []
        for part in filter(None, re.split(f"({_TERMINATOR}+)", typed)):  # one may end an entry that ended by itself
            written += [part] if part.startswith(_TERMINATOR) else self._secret_parts(part, burst.node)
        return written

    def _secret_parts(self, secret: str, node: str) -> list[Any]:
        """What was typed into a secret entry, without giving away a digit of it."""
        if not secret or secret in self._secrets:
            return [self._named(secret, node)] if secret else []
        cleared, star, rest = secret.rpartition("*")
        if star:
            return ["1*" if cleared else "*", *self._secret_parts(rest, node)]
        if len(secret) == 1:
            return [secret]  # a command, or nothing yet
        return ["1" * len(secret)] if len(secret) < _SHORTEST_SECRET else [self._named(secret, node)]

    def _spoken(self, text: str) -> str:
        """Words cannot be taken from a person by a script, so a secret that was said is left for the author.

        A long number is one wherever it is said: in a menu, or to correct the one that was read back.
        """
        if self._offer is None or not self._offer.secret:
            return SAID_A_SECRET if HIDDEN in masked_text(text) else text  # hidden now, or by the log that is read
        if self._offer.node == self._message_node:
            return text if text.strip(HIDDEN) else (_MESSAGE * (1 + len(text) // len(_MESSAGE)))[: len(text) or None]
        return SAID_A_SECRET

    def _named(self, secret: str, node: str) -> Any:
        """Whose secret this is, the caller's own first; else in what way it is wrong."""
        owners = self._secrets.get(secret, ())
        for kind, handle in sorted(owners, key=lambda owner: owner[1] != self._person):
            if not self._person and kind != "password":
                self._person = handle  # from now on this is who phones
            if handle == self._person:
                return kind
            if kind != "password":
                return {f"{kind} of": handle}
        if len(secret) == _SHORTEST_SECRET and secret.isdecimal():
            is_new = any(word in node.rpartition(".")[2] for word in ("new", "confirm"))
            if secret == WRONG_PASSWORD or not (is_new or secret == NEW_PASSWORD):
                return "wrong password"
            self._new_password = self._new_password or secret
            return "new password" if secret == self._new_password else "wrong password"  # typed otherwise again
        refusal = check_number(secret.replace("*", "X"), self._today).refusal
        return {"wrong number": refusal} if refusal in _RULES else "wrong number"


def _run(numbered: tuple[int, Key]) -> tuple[str, int]:
    """What tells one stretch from the next: whose keys, and where in the sequence its first key would stand."""
    place, key = numbered
    return ("", 0) if key.part is None else (key.part[0], place - key.part[1])
