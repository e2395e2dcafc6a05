"""Writes a call down as a call script that makes the same call again.

A secret never appears: what was typed into a secret entry is compared with the synthetic people and written as whose
number or password it was, so the script works for as long as that person exists. Anything else is written as wrong:

    - presses: {number of: wang-balance}
    - presses: {password of: wang-balance}
    - presses: {wrong number: check-digit}     the rule it broke, or ``unknown``
    - presses: {wrong password: 6 digits}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ivr.identity_number import check_number
from ivr.lines.discretion import Discretion
from ivr.session.actions import Action, HangUp, Listen, LookUp, PlayPrompt, StopPrompt
from ivr.session.events import CallAnswered, CallerHungUp, Event, KeyPressed, PromptFinished, UtteranceHeard

_SILENCE_WORTH_TELLING_MS = 3_000
_SHORTEST_SECRET = 6
_FORGOTTEN_KEYS = "#"  # ends an entry; not part of what is secret


class ScriptRecorder:
    """Watches a call. ``secrets`` maps what a person would type to (``number of`` or ``password of``, handle)."""

    def __init__(
        self, title: str, secrets: Mapping[str, Sequence[tuple[str, str]]], *, person: str = "", faults: str = ""
    ) -> None:
        self._secrets = secrets
        self._person = person
        self._head: dict[str, Any] = {"call": title}
        if person:
            self._head["with"] = {"person": person}
        self._faults = faults
        self._today = date.min
        self._steps: list[Any] = []
        self._disposition = ""
        self._offer: Listen | None = None
        self._playing: tuple[int, PlayPrompt] | None = None
        self._quiet_since: int | None = None
        self._keys: list[tuple[int, str]] = []
        self._keys_secret = False  # typed into a secret entry
        self._keys_doubtful = False  # typed ahead, perhaps of one
        self._discretion = Discretion()
        self._during: tuple[str, int] | None = None

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
            case LookUp():
                self._end_keys()
                self._quiet_since = None  # the backend's silence, not the caller's
            case KeyPressed():
                self._press(at, thing.key)
            case UtteranceHeard():
                self._end_keys()
                self._quiet_since = None
                self._steps.append({"says": self._spoken(thing.text)})
            case CallerHungUp():
                self._end_keys()
                self._tell_silence(at)
                self._steps.append("hangs up")
            case HangUp():
                self._end_keys()
                self._disposition = thing.disposition
        self._discretion.watch(at, thing)

    def to_yaml(self) -> str:
        import yaml

        script = {**self._head, "steps": self._steps, "ends": self._disposition or "failed"}
        return str(yaml.safe_dump(script, allow_unicode=True, sort_keys=False, width=100))

    def _begin(self, caller_number: str, local_time: datetime) -> None:
        self._today = local_time.date()
        caller = {"number": caller_number} if caller_number else {}
        self._head["caller"] = {**caller, "at": local_time.isoformat(timespec="minutes")}
        if self._faults:
            self._head["accounts"] = dict(_fault(part) for part in self._faults.split(","))

    def _tell_silence(self, at: int) -> None:
        if self._quiet_since is not None and at - self._quiet_since >= _SILENCE_WORTH_TELLING_MS:
            self._steps.append({"stays silent": f"{at - self._quiet_since}ms"})
        self._quiet_since = None

    def _press(self, at: int, key: str) -> None:
        if not self._keys:
            self._keys_secret = self._offer is not None and self._offer.secret
            self._keys_doubtful = False
            self._during = (self._playing[1].prompt_id, at - self._playing[0]) if self._playing else None
        self._quiet_since = None
        self._keys.append((at, key))
        self._keys_doubtful |= self._discretion.shown(at, key) != key

    def _end_keys(self) -> None:
        if not self._keys:
            return
        times = [at for at, _ in self._keys]
        typed = "".join(key for _, key in self._keys)
        pace_ms = round((times[-1] - times[0]) / (len(times) - 1)) if len(times) > 1 else 0
        self._keys = []
        more: dict[str, Any] = {"pace": f"{pace_ms}ms"} if pace_ms else {}
        if self._during is not None:
            more |= {"during": self._during[0], "after": f"{self._during[1]}ms"}
        if not self._keys_secret and not (self._keys_doubtful and len(typed) >= _SHORTEST_SECRET):
            self._steps.append({"presses": typed, **more})
            return
        secret = typed.rstrip(_FORGOTTEN_KEYS)
        if secret:
            self._steps.append({"presses": self._named(secret), **more})
        if secret != typed:
            self._steps.append({"presses": typed[len(secret) :]})

    def _spoken(self, text: str) -> Any:
        if self._offer is None or not self._offer.secret:
            return text
        from ivr.mandarin.understanding import spoken_digits

        return self._named(spoken_digits(text) or text)

    def _named(self, secret: str) -> dict[str, str]:
        """Whose secret this is, the person's of this call first; else in what way it is wrong."""
        owners = self._secrets.get(secret.upper().replace("X", "*"), ())
        for kind, handle in sorted(owners, key=lambda owner: owner[1] != self._person):
            if kind == "number of":
                self._person = handle  # whose password is expected next
            if kind == "number of" or handle == self._person:
                return {kind: handle}
        if len(secret) == 6 and secret.isdecimal():
            return {"wrong password": "6 digits"}
        number = secret.replace("*", "X")
        return {"wrong number": check_number(number, self._today).refusal or "unknown"}


def _fault(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value or "yes"
