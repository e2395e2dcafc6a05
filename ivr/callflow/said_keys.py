"""The keys that a Mandarin prompt names: 查询余额请按1, 返回请按星号键, 请按1到4, 以井号键结束.

A digit after 按 is a key unless more digits follow (请拨12333 is a number). A numeral in hanzi is a key only where the
clause ends or 键, 号 or 或 follows, since 按一般 and 按一定 are words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_HANZI = {numeral: str(value) for value, numeral in enumerate("零一二三四五六七八九")}
_NAMES = {"星号": "*", "星字": "*", "米字": "*", "星": "*", "井号": "#", "井字": "#", "井": "#"}

_END = r"(?=\s*(?:号?键|[,。;、!?.\s:]|或|到|至|和|$))"
_NAME = r"(?P<name>星号|星字|米字|井号|井字|星(?=键)|井(?=键))"
_KEY = rf"(?:{_NAME}|(?P<digit>[0-9*#])(?![0-9])|(?P<hanzi>[零一二三四五六七八九]){_END})"
_TAIL = r"(?P<tail>(?:号?键)?)"
_SAID = re.compile(rf"(?:按下?|拨)\s*(?:数字|按键)?\s*{_KEY}{_TAIL}")
_ENDED = re.compile(rf"[以用]\s*{_KEY}{_TAIL}\s*(?=结束|结尾|确认|代替)")
_NEXT = re.compile(rf"\s*(?P<link>到|至|-|~|、|或者?|和)\s*(?:按)?{_KEY}{_TAIL}")
_RANGES = ("到", "至", "-", "~")


@dataclass(frozen=True, slots=True)
class Mention:
    key: str  # one of 0-9 * #
    start: int  # of "按…" in the normalised wording
    end: int  # behind the key and its 键


def normalised(text: str) -> str:
    """The wording with full-width digits and punctuation made plain; as long as the original for ordinary prompts."""
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=4_096)
def said_keys(text: str) -> tuple[Mention, ...]:
    """The keys a wording names, in order; positions are in ``normalised(text)``."""
    plain = normalised(text)
    if "按" not in plain and "拨" not in plain and "以" not in plain and "用" not in plain:
        return ()
    mentions: list[Mention] = []
    for pattern in (_SAID, _ENDED):
        for match in pattern.finditer(plain):
            mentions.append(Mention(_key(match), match.start(), match.end()))
            mentions += _more(plain, mentions[-1])
    return tuple(sorted(set(mentions), key=lambda mention: (mention.start, mention.key)))


def _more(plain: str, first: Mention) -> list[Mention]:
    """The further keys of 按1到4 and 按1、2或3."""
    found: list[Mention] = []
    last = first
    while match := _NEXT.match(plain, last.end):
        key = _key(match)
        if match["link"] in _RANGES and last.key.isdecimal() and key.isdecimal():
            found += [Mention(str(digit), first.start, match.end()) for digit in range(int(last.key) + 1, int(key))]
        last = Mention(key, first.start, match.end())
        found.append(last)
    return found


def _key(match: re.Match[str]) -> str:
    if match["name"]:
        return _NAMES[match["name"]]
    return match["digit"] or _HANZI[match["hanzi"]]
