"""Digits that a caller says: 幺幺零, 三个八, 九九零零 … 叉, and how a caller corrects them.

Theory of operation. The utterance must consist of nothing but digit words, repetitions (三个八 is 888),
corrections and words that commonly surround a number (身份证号码是, 然后). Anything else and it is no number at
all: 一百二十三 is never taken for 1, 2, 3. Nothing is cut to size here; a number that is too long is the field's
business. Latin letters other than X count only where identity numbers have them: up to three in front of at
least eight digits. A spoken 井号 at the end only says that the number is complete.

Corrections. What follows the last 不对 (不是, 说错了, 更正) stands; with digits before it in the same utterance the
caller mends this utterance (append what stands), otherwise the entry so far (replace). 重来 (重新输入, 清空) always
means the entry: replace when digits follow, clear when not. A correction with nothing after it clears.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ivr.mandarin.negation import is_question
from ivr.mandarin.normalising import normalise

_WORDS = {
    **dict(zip("零一二三四五六七八九〇洞幺两拐勾钩", "01234567890012799", strict=True)),
    **dict.fromkeys(("叉", "艾克斯", "爱克斯", "埃克斯"), "X"),
}
_SPELLINGS = {**_WORDS, **{character: character.upper() for character in "0123456789abcdefghijklmnopqrstuvwxyz"}}
_TIMES = {**dict(zip("一二三四五六七八九", range(1, 10), strict=True)), "两": 2, **{str(n): n for n in range(1, 10)}}

_WORD = "|".join(sorted(_SPELLINGS, key=len, reverse=True))
_SURROUNDING_WORDS = (
    *(
        "身份证",
        "社会保障",
        "社保卡",
        "医保卡",
        "社保",
        "医保",
        "手机",
        "电话",
        "查询",
        "密码",
        "号码",
        "卡号",
        "尾号",
        "号",
        "卡",
    ),
    *(
        "我要",
        "我想",
        "我",
        "你好",
        "您好",
        "请",
        "输入",
        "应该",
        "改成",
        "改为",
        "然后",
        "接着",
        "最后",
        "后面",
        "前面",
        "再",
    ),
    *("就", "一下", "那个", "这个", "谢谢", *"嗯呃唔啊呀哦吧呢哈的了是"),
)
_SURROUNDING = "|".join(_SURROUNDING_WORDS)
_TOKEN = re.compile(f"([一二两三四五六七八九1-9])个({_WORD})|(?:{_SURROUNDING})|({_WORD})")
_ENTRY_AGAIN_WORDS = (
    *(
        "重新输入",
        "重新来",
        "重新说",
        "重新开始",
        "从头来",
        "重来",
        "重输",
        "重说",
        "重填",
        "清空",
        "清除",
        "清掉",
        "删掉",
    ),
    "全删",
)
_CORRECTION_WORDS = (*(f"{how}错了" for how in "说输念讲按"), "错了", "不对", "不是", "更正", "纠正")
_ENTRY_AGAIN = re.compile("|".join(_ENTRY_AGAIN_WORDS))
_CORRECTION = re.compile("|".join((*_CORRECTION_WORDS, *_ENTRY_AGAIN_WORDS)))
_LETTERED = re.compile(r"[A-Z]{1,3}\d{8,}")
_PLAIN = re.compile(r"\d+X?|X|[\dX]+")
_ENDED = re.compile("(?:按)?井号?键?$|#$")


@dataclass(frozen=True, slots=True)
class DigitSpeech:
    """What an utterance does to a digit entry: ``value`` to append, or to replace it with; or it is cleared."""

    value: str
    edit: Literal["append", "replace", "clear"]


def spoken_digits(text: str) -> str | None:
    """The digits (with upper-case X) that ``text`` consists of; None when it is anything else, or a correction."""
    return _digits(normalise(text))


def digit_speech(text: str) -> DigitSpeech | None:
    """What ``text`` does to a digit entry; None when it is not about digits."""
    plain = normalise(text)
    corrections = list(_CORRECTION.finditer(plain))
    if not corrections:
        value = _digits(plain)
        return DigitSpeech(value, "append") if value else None
    if is_question(plain):
        return None
    earlier = [part for part in _parts_before(plain, corrections) if part]
    said_before = [_digits(part) for part in earlier]
    if any(value is None and not _is_surrounding(part) for value, part in zip(said_before, earlier, strict=True)):
        return None
    rest = plain[corrections[-1].end() :]
    value = _digits(rest)
    if value is None:
        return DigitSpeech("", "clear") if _is_surrounding(rest) else None
    mends_itself = any(said_before) and _ENTRY_AGAIN.search(plain) is None
    return DigitSpeech(value, "append" if mends_itself else "replace")


def words_for_digits() -> tuple[str, ...]:
    """The words that spoken digits may use, for a recogniser's vocabulary."""
    return (*_WORDS, "个")


def words_around_digits() -> tuple[str, ...]:
    """The words that may come with digits: those that commonly surround a number, and those that correct it."""
    return (*_SURROUNDING_WORDS, *_CORRECTION_WORDS, *_ENTRY_AGAIN_WORDS)


def _parts_before(plain: str, corrections: list[re.Match[str]]) -> list[str]:
    starts = [0, *(found.end() for found in corrections[:-1])]
    return [plain[start : found.start()] for start, found in zip(starts, corrections, strict=True)]


def _digits(plain: str) -> str | None:
    pieces: list[str] = []
    at = 0
    end = _ENDED.search(plain)
    size = end.start() if end else len(plain)
    while at < size:
        found = _TOKEN.match(plain, at, size)
        if found is None:
            return None
        times, repeated, single = found.groups()
        if single:
            pieces.append(_SPELLINGS[single])
        elif repeated:
            pieces.append(_SPELLINGS[repeated] * _TIMES[times])
        at = found.end()
    value = "".join(pieces)
    return value if _PLAIN.fullmatch(value) or _LETTERED.fullmatch(value) else None


def _is_surrounding(plain: str) -> bool:
    return re.fullmatch(f"(?:{_SURROUNDING})*", plain) is not None
