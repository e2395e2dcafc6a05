"""Every error that this package raises on purpose.

    IvrError                      something a person can mend; its text says what, where and what to do
    +-- DocumentError             a call flow, prompt catalogue or call script is wrong (its author's fault)
    +-- UsageError                the command was asked for something it cannot do (its user's fault)
    +-- AccountsError             the accounts database is unusable: missing, locked, corrupt, too new
    +-- AudioError                a sound file or a sound device cannot be used
    +-- SpeechError               a voice or a speech model is missing, broken, or gave nothing
    |   +-- UnsayableError        a text has nothing in it that this voice can say; the voice is well
    +-- LookupFailed              one question to the backend got no answer; the call goes on without it
    +-- SessionError              an event was given to a session in a way the rules forbid (a programmer's fault)

What a *caller* does wrong is never an exception: a wrong key is a no-match, and the call goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class IvrError(Exception):
    """Base of all; ``str(error)`` is fit to be shown to the user as it is."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a document: ``file:line: what is wrong; what to do``."""

    file: str
    line: int  # 1-based; 0 when the whole file is meant
    what: str
    remedy: str = ""
    rule: str = ""  # rule id of a check, "" for a loading error

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        remedy = f"; {self.remedy}" if self.remedy else ""
        rule = f" [{self.rule}]" if self.rule else ""
        return f"{place}: {self.what}{remedy}{rule}"


class DocumentError(IvrError):
    """A document is wrong; carries **all** its problems, in order of place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class UsageError(IvrError):
    """The user asked for something that cannot be done; the text names the fix."""


class AccountsError(IvrError):
    """The accounts database cannot be used."""


class AudioError(IvrError):
    """A sound file is missing, is none, is of a kind that we cannot read, or cannot be written."""


class SpeechError(IvrError):
    """A voice or a speech model is missing, is broken, or gave nothing; the call goes on with keys and text."""


class UnsayableError(SpeechError):
    """A text has nothing in it that this voice can say: it says others as before."""


class LookupFailed(IvrError):  # noqa: N818 - named after the event it becomes
    """One lookup got no answer. ``reason`` is a short kebab-case word for logs, such as ``backend-down``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        super().__init__(f"{reason}: {detail}" if detail else reason)


class SessionError(IvrError):
    """Time ran backwards, or an event reached a session that is over."""
