"""What the characters typed at a terminal mean: telephone keys, or words that the caller would say.

    0-9 * #          the keys of the telephone; x and X are the letter of an ID number, which is typed as *
    t or "           what follows, up to Enter, is said; a Chinese character begins to speak at once
    Backspace, Ctrl-U mend what is being said; Enter on nothing says nothing
    ? or h           help
    Ctrl-D           hangs up (Ctrl-C does too, where it comes as a character)

Full-width characters mean the same. Escape sequences (arrow keys, function keys) and all else mean nothing, and it
makes no difference in what pieces the characters arrive.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_KEYS = dict(zip("0123456789*#xX", "0123456789*#**", strict=True))
_LONGEST_SPEECH = 500  # characters


@dataclass(frozen=True, slots=True)
class Pressed:
    key: str


@dataclass(frozen=True, slots=True)
class Typing:
    """The caller is putting words together; this is what they have so far."""

    words: str


@dataclass(frozen=True, slots=True)
class Said:
    words: str  # "" when the caller thought better of it


@dataclass(frozen=True, slots=True)
class AskedForHelp:
    pass


@dataclass(frozen=True, slots=True)
class HungUp:
    pass


Stroke = Pressed | Typing | Said | AskedForHelp | HungUp


class Keystrokes:
    """Feed it what was typed; it gives out what that means."""

    def __init__(self) -> None:
        self._escape = ""  # "", "escape", "control", "single" or "string": how far into an escape sequence
        self._speaking = False
        self._words = ""

    def feed(self, text: str) -> Iterator[Stroke]:
        for typed in text:
            if (self._escape or typed == "\x1b") and not self._in_sequence(typed):
                continue
            for character in unicodedata.normalize("NFKC", typed):
                yield from self._speech(character) if self._speaking else self._key(character)

    def _in_sequence(self, typed: str) -> bool:
        """Follow an escape sequence; True when the character turns out to stand for itself."""
        state = self._escape
        if typed == "\x1b":
            self._escape = "escape"
        elif state == "escape":
            self._escape = {"[": "control", "O": "single", "]": "string", "P": "string", "_": "string"}.get(typed, "")
            return not self._escape and typed != "\\"  # ESC \\ ends a string sequence
        elif state == "control":
            if "@" <= typed <= "~":
                self._escape = ""
        elif state == "single" or typed == "\a":
            self._escape = ""
        return False

    def _key(self, character: str) -> Iterator[Stroke]:
        if key := _KEYS.get(character):
            yield Pressed(key)
        elif character in 't"“”':
            self._speaking = True
            yield Typing("")
        elif character in "?hH":
            yield AskedForHelp()
        elif character in "\x03\x04":
            yield HungUp()
        elif unicodedata.category(character) == "Lo":
            self._speaking = True
            yield from self._speech(character)

    def _speech(self, character: str) -> Iterator[Stroke]:
        if character in "\r\n":
            words, self._words, self._speaking = self._words.strip().strip('"“”').strip(), "", False
            yield Said(words)
        elif character in "\x03\x04":
            yield HungUp()
        elif character in "\x7f\b":
            self._words = self._words[:-1]
            yield Typing(self._words)
        elif character == "\x15":
            self._words = ""
            yield Typing("")
        elif character.isprintable() and len(self._words) < _LONGEST_SPEECH:
            self._words += character
            yield Typing(self._words)
