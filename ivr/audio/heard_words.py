"""Which words of a prompt a caller has heard when it was cut off after so many milliseconds.

An estimate: no engine tells when it spoke which word. Mandarin is spoken at an even pace, a character a beat, so the
text is measured in beats. Punctuation is a pause of a beat, or of half a one within a sentence; a letter of a foreign
word is a third of a beat. Over prompts of a few seconds this is right to about one character.
"""

from __future__ import annotations

from typing import Final

_LONG_PAUSES: Final = frozenset("。！？；.!?;")
_SHORT_PAUSES: Final = frozenset("，、：,:…—")


def heard_words(text: str, heard_ms: int, length_ms: int) -> str:
    """The beginning of ``text`` that was spoken in full in the first ``heard_ms`` of the sound's ``length_ms``.

    All of it once the sound was heard to its end; nothing of a sound that has no length.
    """
    if heard_ms >= length_ms > 0:
        return text
    beats = [_beats(character) for character in text]
    heard, end = heard_ms / length_ms * sum(beats) if length_ms > 0 else 0.0, 0
    for at, beat in enumerate(beats):
        heard -= beat
        if heard < -1e-9:
            break
        end = at + 1
    while _inside_word(text, end):
        end -= 1
    return text[:end]


def _beats(character: str) -> float:
    if character in _LONG_PAUSES:
        return 1.0
    if character in _SHORT_PAUSES:
        return 0.5
    if character.isascii() and character.isalpha():
        return 1 / 3
    return 1.0 if character.isalnum() else 0.0


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and all(side.isascii() and side.isalpha() for side in text[at - 1 : at + 1])
