"""What an utterance means, given what the caller may choose right now.

Theory of operation. One fixed order, the first that fits decides, and ``why`` says which it was:

1. the whole utterance is a phrase on offer (a command works in the middle of an entry);
2. it is an answer, where yes or no was asked;
3. it is digits or a correction of digits, where digits are expected;
4. the longest phrase on offer that it contains, unless it is refused;
5. the name of a key; a bare 一 only where digits are not expected;
6. an answer with which a longer utterance begins.

Two offers with the same claim are *nothing*: the caller is asked again rather than sent somewhere by accident. There is
no scoring and no guessing, so every result can be explained to the author of the document. ``why`` is for traces and
never shows a personal number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ivr.mandarin.key_names import named_keys
from ivr.mandarin.normalising import BREAK, essence, normalise, quoted
from ivr.mandarin.phrases import Match, Offer, index_of
from ivr.mandarin.spoken_digits import digit_speech, spoken_digits, words_for_digits
from ivr.mandarin.yes_no import leading_answer, whole_answer

__all__ = ["Offer", "Understanding", "normalise", "spoken_digits", "understand", "words_for_digits"]


@dataclass(frozen=True, slots=True)
class Understanding:
    """One meaning, exact and explainable."""

    meaning: Literal["choice", "yes", "no", "digits", "nothing"]
    value: str = ""  # choice id; digits as typed on a keypad, with X in upper case
    edit: Literal["", "append", "replace", "clear"] = ""  # digits only: what to do to the entry so far
    why: str = ""  # in English, for traces


def understand(text: str, offers: Sequence[Offer], *, yes_no: bool = False, digits: bool = False) -> Understanding:
    """The meaning of ``text``; ``yes_no`` and ``digits`` say what was asked besides ``offers``. Never raises."""
    plain = normalise(text)
    if not plain:
        return Understanding("nothing", why="nothing was said")
    index = index_of(tuple(offers))
    spoken = essence(text)

    exact = index.exact(plain, spoken.replace(BREAK, ""))
    if exact:
        return _chosen(exact.ids, f"the whole utterance is the phrase {quoted(exact.phrase)}")
    if yes_no and (answer := whole_answer(plain)):
        return Understanding(answer, why=f"{quoted(plain)} is a {answer}")
    if digits and (speech := digit_speech(text)):
        return Understanding("digits", speech.value, speech.edit, f"{len(speech.value)} digits, {speech.edit}")

    contained = index.contained(spoken)
    if contained and contained.ids:
        return _chosen(contained.ids, f"phrase {quoted(contained.phrase)} in {quoted(plain)}")
    keys = named_keys(spoken, bare=not digits, whole=digits)
    chosen = {offer_id for key in keys for offer_id in index.keys.get(key, ())}
    if chosen:
        return _chosen(tuple(sorted(chosen)), f"key {' and '.join(keys)} named in {quoted(plain)}")
    if yes_no and (answer := leading_answer(plain)):
        return Understanding(answer, why=f"{quoted(plain)} begins with a {answer}")
    return Understanding("nothing", why=_why_nothing(contained, keys, plain))


def _chosen(ids: tuple[str, ...], why: str) -> Understanding:
    if len(ids) == 1:
        return Understanding("choice", ids[0], why=why)
    return Understanding("nothing", why=f"ambiguous between {', '.join(ids)}: {why}")


def _why_nothing(contained: Match | None, keys: tuple[str, ...], plain: str) -> str:
    if contained:
        return f"phrase {quoted(contained.phrase)} is refused in {quoted(plain)}"
    if keys:
        return f"key {' and '.join(keys)} is not on offer here"
    return f"no phrase on offer in {quoted(plain)}"
