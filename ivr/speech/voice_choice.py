"""Which of a machine's voices speaks Mandarin best.

Every platform names languages in its own way: ``zh-CN`` and ``Huihui`` on Windows, ``zh_CN`` and ``Tingting`` on macOS,
``cmn-latn-pinyin`` for espeak, which may come as bytes with a priority before it. So tags are brought to one spelling
first. Cantonese, Hakka and other languages written in the same characters are refused: they would be worse than
silence. espeak's plain ``cmn`` comes after its pinyin voice, since Debian's spells out pinyin as English; voices from
Taiwan are better than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Voice:
    id: str
    name: str = ""
    languages: tuple[str | bytes, ...] = ()


_OTHER_LANGUAGES: Final = re.compile(
    r"(^|[^a-z])(yue|hak|nan|wuu|jyutping|zh-(hk|mo)|zh-[a-z]+-(hk|mo)|cantonese)([^a-z]|$)"
)
_RANKS: Final = tuple(
    re.compile(rf"(^|[^a-z])({tags})([^a-z]|$)")
    for tags in ("zh-cn|zh-hans|zh-sg", "cmn-latn-pinyin", "zh|cmn", "zh-tw|zh-hant|cmn-hant")
)
_PREFERRED: Final = re.compile("huihui|ting-?ting|xiaoxiao", re.ASCII)
_NOVELTY: Final = re.compile("eloquence", re.ASCII)  # macOS ships them in every language; they are hard to understand


def ranked(voices: Iterable[Voice]) -> list[Voice]:
    """The voices that speak Mandarin, best first; of equals, the order stays."""
    graded = [(grade, voice) for voice in voices if (grade := _grade(voice)) is not None]
    return [voice for _, voice in sorted(graded, key=lambda pair: pair[0])]


def normalised_tag(tag: str | bytes) -> str:
    """A language tag in lower case with hyphens, without the priority byte that espeak puts before it."""
    text = tag.decode("utf-8", "ignore") if isinstance(tag, bytes) else tag
    return re.sub(r"^[^a-z]+|[^a-z0-9-]+", "", text.lower().replace("_", "-"))


def _grade(voice: Voice) -> tuple[int, int] | None:
    words = voice.id.lower().replace("_", "-"), voice.name.lower()
    tags: Sequence[str] = [*map(normalised_tag, voice.languages), *words]
    if any(_OTHER_LANGUAGES.search(tag) for tag in tags):
        return None
    ranks = [_RANKS.index(rank) for tag in tags[:-1] for rank in _RANKS if rank.search(tag)]
    if not ranks:
        return None
    rank = max(ranks) if max(ranks) == len(_RANKS) - 1 else min(ranks)
    liked = any(_PREFERRED.search(word) for word in words)
    return rank, 0 if liked else 2 if any(_NOVELTY.search(word) for word in words) else 1
