"""How the sentences of a hotline are read: pinyin with tones, from a dictionary of phrases, with what it gets wrong."""

# ruff: noqa: SIM905 - names of letters are read as a line

from __future__ import annotations

from functools import cache
from typing import Final

_READINGS: Final = {
    "重听": "chong2 ting1", "重新": "chong2 xin1", "重选": "chong2 xuan3", "重拨": "chong2 bo1", "重填": "chong2 tian2",
    "幺": "yao1", "一": "yi1", "不": "bu4",
}  # fmt: skip

_LETTER_NAMES: Final = (
    "诶 必 西 弟 亿 爱夫 记 爱曲 爱 贼 开 爱乐 爱姆 恩 欧 批 丘 啊 爱思 踢 优 微 达不溜 艾克斯 歪 贼德".split()
)
_LETTERS: Final = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER_NAMES, strict=True))


def spelt(text: str) -> str:
    """``text`` with Latin letters as the hanzi that name them."""
    return "".join(_LETTERS.get(character.upper(), character) for character in text)


def syllables(run: str) -> list[str]:
    """One for each hanzi of ``run``, such as ``lv4``; the neutral tone is 5."""
    from pypinyin import Style, lazy_pinyin

    _load()
    return lazy_pinyin(run, style=Style.TONE3, neutral_tone_with_five=True)


def initials_and_finals(run: str) -> list[tuple[str, str]]:
    """The same in two parts, as they sound rather than as they are spelt: 医 is ``("", "i1")``, 元 ``("", "van2")``."""
    from pypinyin import Style, lazy_pinyin

    _load()
    initials = lazy_pinyin(run, style=Style.INITIALS, strict=True)
    finals = lazy_pinyin(run, style=Style.FINALS_TONE3, strict=True, neutral_tone_with_five=True)
    return list(zip(initials, finals, strict=True))


@cache
def _load() -> None:
    from pypinyin import load_phrases_dict

    load_phrases_dict({text: [[syllable] for syllable in reading.split()] for text, reading in _READINGS.items()})
