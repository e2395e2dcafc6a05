"""One digit entry: the keys and spoken digits of a field, until it ends with exactly one reason.

Theory of operation (semantics as in VoiceXML, where engines differ the choice is named):

* a field that must end (fixed length, or an identity number at its full length) submits at once when full; any other
  waits for the terminator or for the inter-digit timer, which starts at the first digit and restarts at each;
* the terminator submits and is never part of the value; on an empty entry it is a no-input;
* ``*`` in an identity number is the letter X in the last position; otherwise it clears what was typed, and on an
  empty entry it is the command bound to it;
* too long is a failure, never a silent cut;
* a single key that is also a command, alone in the entry when the timer runs out or ``#`` comes, was meant as the
  command (0 for an agent works inside every field), unless one key is already a complete value; a key that no value
  starts with is the command at once;
* keys beat speech: the first key drops digits that were spoken;
* a key that no rule knows (``A``, a star or hash without a meaning) fails the entry, and never enters the value.

Every outcome that is not open or cleared has one *reason*, how the entry came to its end: max-digits, terminator,
inter-timeout, speech-final or command. Whether it ended well is its *ending*: too many digits ended by max-digits, but
as ``too-long``. The reasons that no key gives (first-timeout, hang-up, cancelled) are added by the field's visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivr.callflow.nodes import Entry
from ivr.mandarin.heard_number import Ways

Ending = Literal["open", "submitted", "no-input", "incomplete", "too-long", "cleared", "command"]


@dataclass(frozen=True, slots=True)
class Outcome:
    ending: Ending
    value: str = ""  # the value, or the command key
    reason: str = ""  # how it came to its end; "" while it is open


_DIGITS = frozenset("0123456789")
OPEN = Outcome("open")
CLEARED = Outcome("cleared")


class DigitEntry:
    """Collects one value. ``command_keys``: keys that are commands here."""

    __slots__ = ("_command_keys", "_longest", "_must_end", "_spec", "_terminator", "groups", "spoken", "typed")

    def __init__(self, spec: Entry, command_keys: str) -> None:
        self._spec = spec
        self._command_keys = command_keys
        self._longest = spec.longest
        self._terminator = spec.terminator
        self._must_end = spec.kind == "id-number" or spec.shortest == spec.longest
        self.typed = ""
        self.spoken = False  # what is typed so far was spoken
        self.groups: tuple[Ways, ...] = ()  # the ways in which each of its groups may have been heard

    def lengthen(self, key: str) -> bool:
        """Takes a key that does nothing but make the entry longer, as most keys of a number; False for any other."""
        begun = self.typed and not self.spoken
        if not begun or len(self.typed) + 1 >= self._longest or key not in _DIGITS or key == self._terminator:
            return False
        self.typed += key
        return True

    def press(self, key: str) -> Outcome:
        """One key of 0-9 * #."""
        if self.spoken:
            self.typed, self.spoken, self.groups = "", False, ()
        if key == self._terminator:
            return self._terminated()
        if key == "*":
            return self._starred()
        if len(key) != 1 or key not in "0123456789":
            return self._foreign(key)
        if not self.typed and key in self._spec.never_starts_with and key in self._command_keys:
            return Outcome("command", key, "command")
        return self._added(key, "max-digits")

    def say(self, digits: str, edit: str, ways: Ways = ()) -> Outcome:
        """Spoken digits, and what else they may have been; ``edit`` is append, replace or clear.

        Ignored once keys were pressed.
        """
        if self.typed and not self.spoken:
            return OPEN
        if edit in ("replace", "clear"):
            self.typed, self.groups = "", ()
        if digits:
            self.groups = (*self.groups, ways)
        self.spoken = bool(digits) or self.spoken
        if not digits:
            return CLEARED if edit == "clear" else OPEN
        return self._added(digits, "speech-final")

    def silence(self) -> Outcome:
        """The inter-digit timer ran out."""
        return self._complete("inter-timeout")

    def _added(self, digits: str, reason: str) -> Outcome:
        self.typed += digits
        if len(self.typed) > self._longest:
            return Outcome("too-long", self.typed, reason)
        if self._must_end and len(self.typed) == self._longest:
            return Outcome("submitted", self.typed, reason)
        return OPEN

    def _terminated(self) -> Outcome:
        return self._complete("terminator") if self.typed else Outcome("no-input", "", "terminator")

    def _starred(self) -> Outcome:
        if self._spec.kind == "id-number" and len(self.typed) == self._longest - 1:
            return self._added("X", "max-digits")
        if self.typed:
            self.typed = ""
            return CLEARED
        return self._foreign("*")

    def _foreign(self, key: str) -> Outcome:
        """A key that no value holds: ``*`` on an empty entry, ``#`` where it terminates nothing, or no key at all."""
        if len(key) == 1 and key in self._command_keys:
            return Outcome("command", key, "command")
        return Outcome("incomplete", self.typed, "command")

    def _complete(self, reason: str) -> Outcome:
        if len(self.typed) >= self._spec.shortest:
            return Outcome("submitted", self.typed, reason)
        if len(self.typed) == 1 and self.typed in self._command_keys and not self.spoken:
            return Outcome("command", self.typed, "command")
        return Outcome("incomplete", self.typed, reason)
