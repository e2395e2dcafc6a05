"""Mandarin in the alphabet of the Kokoro voice: sounds of the International Phonetic Alphabet, and arrows for tones.

Theory of operation. Readings come from pypinyin, for whole phrases, since 重 and 还 depend on their neighbours. A
syllable is an initial, a final and its tone, whose arrow follows the vowel: 班 is ``pa→n``. The voice was trained on
words with spaces between them and on dictionary tones: it has learnt by itself that 你好 begins with a rising tone, so
tone changes must not be written. Punctuation is kept, for it makes the pauses.
"""

# ruff: noqa: SIM905 - lists of words are read as lines

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from ivr.speech.readings import initials_and_finals, spelt, syllables

_TONES: Final = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_INITIALS: Final = {
    "": "", "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l",
    "g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ",
    "z": "ʦ", "c": "ʦʰ", "s": "s",
}  # fmt: skip
# With 0 where the arrow of the tone stands.
_FINALS: Final = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0", "en": "ə0n", "eng": "ə0ŋ",
    "er": "ɚ0", "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0", "in": "i0n",
    "ing": "i0ŋ", "iong": "jʊ0ŋ", "iou": "jou0", "o": "wo0", "ong": "ʊ0ŋ", "ou": "ou0", "u": "u0", "ua": "wa0",
    "uai": "wai0", "uan": "wa0n", "uang": "wa0ŋ", "uei": "wei0", "uen": "wə0n", "ueng": "wə0ŋ", "uo": "wo0",
    "v": "y0", "van": "ɥɛ0n", "ve": "ɥe0", "vn": "y0n",
}  # fmt: skip
_BUZZING: Final = {"zh", "ch", "sh", "r", "z", "c", "s"}  # before these, the i of shi and si
_SYLLABIC: Final = {"n": "ə0n", "en": "ə0n", "m": "ə0n", "ng": "ə0ŋ", "ê": "ɛ0"}
_PUNCTUATION: Final = str.maketrans("，、。！？；：（）“”…—", ",,.!?;:(),,……")
_HANZI: Final = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]+")
_LONGEST_WORD: Final = 4
# Words of this trade that a general list lacks.
_OWN_WORDS: Final = frozenset(
    "医保 社保 社保卡 参保 参保地 账户 余额 明细 报销 支取 缴费 共济 异地 就医 备案 挂失 解挂 门诊 住院 人工 按键 "
    "重听 井号键 星号键 请按 一千 二百 三十 窗口 热线 查询 渠道 政策 处方 录音 转接".split()
)


def phonemes(text: str) -> str:
    """``text``, free of figures, in the voice's alphabet; characters without a sound are left out."""
    plain = spelt(text).translate(_PUNCTUATION)
    parts: list[str] = []
    end = 0
    for run in _HANZI.finditer(plain):
        parts.append(_between(plain[end : run.start()]))
        parts.append(" ".join(_words(run.group())))
        end = run.end()
    parts.append(_between(plain[end:]))
    return "".join(parts).strip()


def syllable_phonemes(syllable: str) -> str:
    """A toned pinyin syllable (``yi1``, ``lv4``) in the voice's alphabet; empty if it is none."""
    from pypinyin.contrib.tone_convert import to_finals, to_initials

    plain = syllable.rstrip("12345")
    initial, final = to_initials(plain, strict=True), to_finals(plain, strict=True, v_to_u=False)
    return _syllable(initial, f"{final}{syllable[-1:]}" if final else "", syllable)


def _between(text: str) -> str:
    kept = "".join(character for character in text if character in ",.!?;:()…")
    return f"{kept} " if kept else " " if text else ""


def _words(run: str) -> list[str]:
    sounds = _sounds(run)
    words, start = [], 0
    while start < len(run):
        length = next(
            (n for n in range(min(_LONGEST_WORD, len(run) - start), 1, -1) if run[start : start + n] in _known_words()),
            1,
        )
        words.append("".join(sounds[start : start + length]))
        start += length
    return words


def _sounds(run: str) -> list[str]:
    """One for each character."""
    parts = zip(initials_and_finals(run), syllables(run), strict=True)
    return [_syllable(initial, final, whole) for (initial, final), whole in parts]


def _syllable(initial: str, final: str, whole: str) -> str:
    tone = _TONES.get(whole[-1:], "")
    if final and initial in _INITIALS:
        sound = "ɨ0" if final[:-1] == "i" and initial in _BUZZING else _FINALS.get(final[:-1])
        if sound is not None:
            return _INITIALS[initial] + sound.replace("0", tone)
    return _SYLLABIC.get(whole.rstrip("12345"), "").replace("0", tone)


@cache
def _known_words() -> frozenset[str]:
    lines = Path(__file__).with_name("common_words.txt").read_text("utf-8").split()
    return _OWN_WORDS | frozenset(word for word in lines if 1 < len(word) <= _LONGEST_WORD)
