"""What a hotline may be told that a speech model has no words for: such a choice can never be heard.

Unknown words vanish from a grammar without a sound, so they are looked for before the first call: the phrases of every
choice and command, the digits where a field takes spoken ones, and yes and no where a caller is asked for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ivr.callflow.hotline import Hotline, Place
from ivr.callflow.nodes import Confirm, EntryField
from ivr.mandarin.normalising import normalise
from ivr.speech.grammar import words_of
from ivr.speech.vocabulary import phrases_of

_DIGITS: Final = tuple("零一二三四五六七八九")
_ANSWERS: Final = ("是", "不是", "对", "不对")


@dataclass(frozen=True, slots=True)
class UnknownWords:
    place: Place
    what: str  # what needs them, in words
    words: tuple[str, ...]  # that the model does not know: those parts of a phrase that no word of it spells
    node: str = ""


def unknown_words(hotline: Hotline, knows: Callable[[str], bool]) -> Iterator[UnknownWords]:
    """In the order of the document; ``knows``: whether the model has a word."""
    for phrase, place in phrases_of(hotline).items():
        if not words_of(phrase, knows):
            yield UnknownWords(place, f"nobody can say {phrase!r}", _missing(phrase, knows))
    digits = _lacking(_DIGITS, knows)
    answers = _lacking(_ANSWERS, knows)
    for node_id, node in hotline.flow.nodes.items():
        place = hotline.place("nodes", node_id)
        if isinstance(node, EntryField) and digits:
            yield UnknownWords(place, f"nobody can say all digits in field {node_id}", digits, node_id)
        elif isinstance(node, Confirm) and answers:
            yield UnknownWords(place, f"nobody can answer {node_id} by voice", answers, node_id)
    if hotline.flow.speech.confirm is not None and answers:
        yield UnknownWords(hotline.place("speech"), "nobody can answer when asked back by voice", answers)


def _missing(phrase: str, knows: Callable[[str], bool]) -> tuple[str, ...]:
    """Parts of the phrase that stand in none of the model's words; all of it, if only its words do not fit together."""
    plain = normalise(phrase)
    covered = bytearray(len(plain))
    for start in range(len(plain)):
        for end in range(start + 1, len(plain) + 1):
            if knows(plain[start:end]):
                covered[start:end] = b"\1" * (end - start)
    missing = "".join(one if not known else " " for one, known in zip(plain, covered, strict=True)).split()
    return tuple(dict.fromkeys(missing)) or (plain,)


def _lacking(words: tuple[str, ...], knows: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(word for word in words if not words_of(word, knows))
