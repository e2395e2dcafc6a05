"""Prompts with slots put together from parts: the words around the slots, and what is said in them.

Two makers of parts share this file's rules. Recordings: the words around must all have been recorded; an amount, a
number or a date is put together from recorded words, and what has no words (a name) is spoken by the voice, at the
same level. A slow voice: it speaks each part by itself, so that the words around are ready long before a call, and only
what is new takes time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from ivr.audio.pcm import Samples
from ivr.callflow.nodes import Prompt
from ivr.speech.recordings import Recordings
from ivr.speech.splicing import fitted, pause_ms, spliced
from ivr.speech.wording_parts import Part, literals, parts_of, words_of

_MARKS: Final = "，、；：。？！,.!?;:“”‘’（）() "
Speak = Callable[[str], Samples]
"""Says a text at the line's rate and the usual level."""


class PartMaker(Protocol):
    """Gives one part as fitted samples, None where it has none."""

    def literal(self, prompt_id: str, part: Part) -> Samples | None: ...

    def slot(self, text: str) -> Samples | None: ...


def is_fixed(prompt: Prompt) -> bool:
    """Whether a prompt says the same every time."""
    return len(literals(prompt.text)) == 1


def assembled(prompt_id: str, prompt: Prompt, wording: str, maker: PartMaker, rate: int) -> Samples | None:
    """The whole wording; None where a part is lacking, or the wording is not one of this prompt."""
    parts = parts_of(prompt.text, wording)
    if not any(part.number for part in parts):
        return None
    pieces: list[tuple[Samples, int]] = []
    for part in parts:
        sound = maker.literal(prompt_id, part) if part.number else maker.slot(part.text)
        if sound is None:
            return None
        if pieces:
            pieces[-1] = pieces[-1][0], max(pieces[-1][1], pause_ms(_leading(part.text)))
        pieces.append((sound, pause_ms(_trailing(part.text))))
    return spliced(pieces, rate)


class RecordedParts:
    """Parts from recordings; ``speak`` says what was put into a slot and was not recorded."""

    def __init__(self, recordings: Recordings, speak: Speak) -> None:
        self._recordings = recordings
        self._speak = speak

    def literal(self, prompt_id: str, part: Part) -> Samples | None:
        return self._recordings.named(f"{prompt_id}~{part.number}", part.text)

    def slot(self, text: str) -> Samples | None:
        recorded = spoken_words(self._recordings, text)
        return fitted(self._speak(text), self._recordings.rate) if recorded is None else recorded


class SpokenParts:
    """Parts from a voice."""

    def __init__(self, speak: Speak, rate: int) -> None:
        self._speak = speak
        self._rate = rate

    def literal(self, prompt_id: str, part: Part) -> Samples | None:  # noqa: ARG002 - a voice knows no ids
        return fitted(self._speak(part.text), self._rate)

    def slot(self, text: str) -> Samples | None:
        return fitted(self._speak(text), self._rate)


def spoken_words(recordings: Recordings, text: str) -> Samples | None:
    """An amount, a number or a date put together from recorded words; None where one is lacking."""
    words = words_of(text, recordings.words, recordings.longest_word)
    if not words:
        return None
    pieces: list[tuple[Samples, int]] = []
    for word in words:
        if not word.isalnum():
            if pieces:
                pieces[-1] = pieces[-1][0], max(pieces[-1][1], pause_ms(word))
            continue
        sound = recordings.word(word)
        if sound is None:
            return None
        pieces.append((sound, 0))
    return spliced(pieces, recordings.rate) if pieces else None


def _leading(text: str) -> str:
    return text[: len(text) - len(text.lstrip(_MARKS))]


def _trailing(text: str) -> str:
    return text[len(text.rstrip(_MARKS)) :]
