"""Choosing by the name of a key: 一, 按一, 选一, 第一个, 一号键, 按零, 星号键, 井号.

Theory of operation. A bare name counts only as the whole utterance (and where digits are being entered it is a
digit, not a choice). Inside a longer utterance the name needs a word that makes it a key: 按一, 第一个, 一号键.
选一个 means "pick one", 第一次 is no key, and 按十二 is not 按一. Refusals hold here as for phrases (别按一).
"""

from __future__ import annotations

import re

from ivr.mandarin.negation import refused_starts

_KEYS = {
    **dict(zip("零一二三四五六七八九〇洞幺两拐勾", "0123456789001279", strict=True)),
    **dict(zip("0123456789*#", "0123456789*#", strict=True)),
    **dict.fromkeys(("星", "星号", "星字", "米字"), "*"),
    **dict.fromkeys(("井", "井号", "井字"), "#"),
}
_NUMERAL = "零〇洞一幺二两三四五六七拐八九勾十百千万0-9"
_NAME = "(" + "|".join(re.escape(name) for name in sorted(_KEYS, key=len, reverse=True)) + ")"
_NAMED = re.compile(
    f"(?:按|选择|选|摁|拨)(?:数字|键)?{_NAME}(?![{_NUMERAL}个些次样种回遍])(?:号键|号|键)?"
    f"|(?:按|选择|选)?第{_NAME}(?:个|项|条|种|号|(?=[|]|$))键?"
    f"|(?<![{_NUMERAL}月第]){_NAME}(?:号键|键|号(?=[|]|$))"
)


def ways_to_name_keys() -> tuple[str, ...]:
    """The commonest phrases that name a key: 按一, 第一个, 一号键, 星号键."""
    digits = "零一二三四五六七八九"
    symbols = ("星号", "井号")
    return (
        *(f"{verb}{name}" for verb in "按选" for name in (*digits, *symbols)),
        *(f"第{digit}个" for digit in digits[1:]),
        *(f"{digit}号键" for digit in digits),
        *(f"{symbol}键" for symbol in symbols),
    )


def named_keys(spoken: str, *, bare: bool, whole: bool) -> tuple[str, ...]:
    """The different keys that an essence names, in order; () when none.

    ``bare``: a name alone counts, too. ``whole``: only when nothing else was said.
    """
    if bare and spoken in _KEYS:
        return (_KEYS[spoken],)
    if whole:
        found = _NAMED.fullmatch(spoken)
        return (_key(found),) if found else ()
    found_keys: dict[str, None] = {}
    refused = refused_starts(spoken)
    for found in _NAMED.finditer(spoken):
        if not refused[found.start()]:
            found_keys[_key(found)] = None
    return tuple(found_keys)


def _key(found: re.Match[str]) -> str:
    return _KEYS[found[found.lastindex or 0]]
