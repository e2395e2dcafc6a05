"""Which of the offered phrases an utterance contains.

Theory of operation. The whole utterance first: as written, then by its essence. Otherwise the longest phrase that is
contained and not refused wins, wherever it stands; if the longest belongs to two offers, nothing is chosen. What
overlaps a refused phrase is refused with it: 不是医保余额 does not fall back to 余额. A phrase of one character counts
only as a whole utterance, since it occurs inside too many other words.

The offers of one menu are the same call after call, so their index is built once and kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ivr.mandarin.negation import is_refused_afterwards, refused_starts
from ivr.mandarin.normalising import essence_of_phrase, normalise


@dataclass(frozen=True, slots=True)
class Offer:
    """What the caller may choose right now."""

    id: str  # choice or command id
    phrases: tuple[str, ...]  # what callers say for it, as in the call-flow document
    key: str = ""  # the key that chooses it; naming the key aloud does, too


@dataclass(frozen=True, slots=True)
class Match:
    """Phrases found; several ids mean that the utterance is ambiguous, none that all of it was refused."""

    ids: tuple[str, ...]
    phrase: str


class PhraseIndex:
    """The phrases of some offers, prepared for ``exact`` and ``contained``."""

    def __init__(self, offers: tuple[Offer, ...]) -> None:
        self._exact: dict[str, tuple[str, ...]] = {}
        self._essences: dict[str, tuple[str, ...]] = {}
        self.keys: dict[str, tuple[str, ...]] = {}
        for offer in offers:
            for phrase in offer.phrases:
                _add(self._exact, normalise(phrase), offer.id)
                _add(self._essences, essence_of_phrase(phrase), offer.id)
            _add(self.keys, offer.key, offer.id)
        self._by_length = sorted((item for item in self._essences.items() if len(item[0]) > 1), key=_shortest_last)

    def exact(self, plain: str, spoken: str) -> Match | None:
        """The offers for which the whole utterance, normalised as ``plain`` or by essence, is a phrase."""
        for table, text in ((self._exact, plain), (self._essences, spoken)):
            if ids := table.get(text):
                return Match(ids, text)
        return None

    def contained(self, spoken: str) -> Match | None:
        """The offers of the longest phrase in the essence ``spoken``; a Match without ids when all were refused."""
        size = len(spoken)
        refused = refused_starts(spoken)
        refused_spans = bytearray(size)
        refused_phrase = ""
        best: list[str] = []
        best_phrase = ""
        for phrase, ids in self._by_length:
            if best and len(phrase) < len(best_phrase):
                break
            if len(phrase) > size:
                continue
            for start in _places(spoken, phrase):
                end = start + len(phrase)
                if any(refused_spans[start:end]):
                    continue
                if refused[start] or is_refused_afterwards(spoken, end):
                    refused_spans[start:end] = b"\x01" * len(phrase)
                    refused_phrase = refused_phrase or phrase
                else:
                    best.extend(ids)
                    best_phrase = best_phrase or phrase
                    break
        if best:
            return Match(tuple(dict.fromkeys(best)), best_phrase)
        return Match((), refused_phrase) if refused_phrase else None


@lru_cache(maxsize=512)
def index_of(offers: tuple[Offer, ...]) -> PhraseIndex:
    """The index of these offers, from memory when they were offered before."""
    return PhraseIndex(offers)


def _add(table: dict[str, tuple[str, ...]], name: str, offer_id: str) -> None:
    known = table.get(name, ())
    if name and offer_id not in known:
        table[name] = (*known, offer_id)


def _shortest_last(item: tuple[str, tuple[str, ...]]) -> int:
    return -len(item[0])


def _places(text: str, phrase: str) -> Iterator[int]:
    start = text.find(phrase)
    while start >= 0:
        yield start
        start = text.find(phrase, start + 1)
