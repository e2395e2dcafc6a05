"""What is said in the training and test speech: digits, the hotline's phrases, yes and no, other words, nothing.

Theory of operation. A caller says one word at a time or a run of digits, so both are common here: a third of the digit
utterances is a single digit, the rest has the lengths of what the hotline asks for (4, 6, up to 18 with a final 叉). A
string says 幺 for every 一 or for none, as people do. ``phrases`` come from the hotline document and from the answers
that every hotline takes; ``words`` are any other words: they give the network all sounds of Mandarin, and some of
them are what the model must learn to refuse.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal

from pypinyin import Style, lazy_pinyin

from ivr.hotlines import open_hotline
from ivr.identity_number import check_digit
from ivr.speech.phones import syllable_phones

Kind = Literal["digits", "phrase", "words", "nothing"]

DIGITS: Final = {"零": "ling2", "一": "yi1", "二": "er4", "三": "san1", "四": "si4"} | {
    "五": "wu3",
    "六": "liu4",
    "七": "qi1",
    "八": "ba1",
    "九": "jiu3",
}
OTHER_DIGITS: Final = {"幺": "yao1", "两": "liang3", "洞": "dong4", "拐": "guai3", "勾": "gou1"} | {
    "叉": "cha1",
    "艾克斯": "ai4 ke4 si1",
}
_ANSWERS: Final = """
是 是的 对 对的 嗯 好 好的 行 可以 确认 确定 没错 正确 要 不 不是 不对 不要 不用 不行 取消 错了 没有 否 重复 重说
星号 井号 百 千 万 点 元 你好 谢谢 人工 帮助 查询 余额 医保 密码 身份证 挂断
"""
_YES_AND_NO: Final = ("是", "是的", "对", "对的", "没错", "确认", "不是", "不对", "不", "取消", "错了")
# What pypinyin cannot know: which reading callers mean, and the tones of 一 and 不 before other tones.
_READINGS: Final = {
    "重听": "chong2 ting1",
    "重复": "chong2 fu4",
    "重说": "chong2 shuo1",
    "重复一遍": "chong2 fu4 yi2 bian4",
    "重新排队": "chong2 xin1 pai2 dui4",
    "还能怎么查": "hai2 neng2 zen3 me5 cha2",
    "嗯": "en4",
    "不是": "bu2 shi4",
    "不对": "bu2 dui4",
    "不要": "bu2 yao4",
    "不用": "bu2 yong4",
}


@dataclass(frozen=True, slots=True)
class Utterance:
    """The words said and, for each, its toned pinyin syllables (``yi1``, ``nv3``, neutral tone 5)."""

    kind: Kind
    words: tuple[str, ...]
    syllables: tuple[tuple[str, ...], ...]

    @property
    def flat_syllables(self) -> tuple[str, ...]:
        return tuple(syllable for word in self.syllables for syllable in word)


NOTHING: Final = Utterance("nothing", (), ())


@cache
def pronounced(word: str) -> tuple[str, ...]:
    """Toned syllables of a word. Raises ``ValueError`` for what has no Mandarin reading."""
    reading = DIGITS.get(word) or OTHER_DIGITS.get(word) or _READINGS.get(word)
    syllables = reading.split() if reading else lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
    for syllable in syllables:
        syllable_phones(syllable)
    return tuple(syllables)


def utterance_of(kind: Kind, words: list[str] | tuple[str, ...]) -> Utterance:
    return Utterance(kind, tuple(words), tuple(pronounced(word) for word in words))


@cache
def hotline_phrases() -> tuple[str, ...]:
    """All that callers of any hotline say often, sorted: ``offered_phrases`` and the usual words beside them."""
    return tuple(sorted({*offered_phrases(), *_ANSWERS.split()}))


@cache
def offered_phrases() -> tuple[str, ...]:
    """The phrases of the built-in hotline that have a reading, and yes and no, sorted."""
    phrases: set[str] = set(_YES_AND_NO)
    _collect(open_hotline().flow.model_dump(), phrases)
    return tuple(sorted(phrase for phrase in phrases if _has_reading(phrase)))


def any_digits(chance: random.Random, length: int | None = None) -> Utterance:
    """A string of digits as a caller may say it, of ``length`` or of a length that hotlines hear."""
    size = length or _any_length(chance)
    says_yao = chance.random() < 0.45
    words = []
    for _ in range(size):
        word = chance.choice(tuple(DIGITS))
        if word == "一" and says_yao:
            word = "幺"
        elif word == "二" and chance.random() < 0.08:
            word = "两"
        elif chance.random() < 0.02:
            word = chance.choice(("洞", "拐", "勾"))
        words.append(word)
    if size == 1 and chance.random() < 0.25:
        words[0] = chance.choice(tuple(OTHER_DIGITS))
    elif chance.random() < (0.3 if size == 18 else 0.06):
        words[-1] = chance.choice(("叉", "艾克斯"))
    return utterance_of("digits", words)


def identity_number(chance: random.Random) -> Utterance:
    """A number of 18 as GB 11643 has them, place, birth date and check digit, as a caller may say it."""
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(365 * 85))
    first17 = f"{chance.randrange(110000, 660000)}{born:%Y%m%d}{chance.randrange(1000):03d}"
    as_said = {"1": chance.choice("一幺"), "X": chance.choice(("叉", "艾克斯"))}
    plain = dict(zip("0123456789", DIGITS, strict=True)) | as_said
    return utterance_of("digits", [plain[character] for character in first17 + check_digit(first17)])


def any_phrase(chance: random.Random) -> Utterance:
    """One phrase; short ones twice as often, since one syllable is the hardest to hear."""
    phrases = hotline_phrases()
    phrase = min(chance.sample(phrases, 2), key=len) if chance.random() < 0.5 else chance.choice(phrases)
    return utterance_of("phrase", [phrase])


def any_words(chance: random.Random, vocabulary: tuple[str, ...], most: int = 3) -> Utterance:
    """One to ``most`` words of ``vocabulary``, one of them as often as all other numbers together."""
    count = 1 if chance.random() < 0.5 else chance.randint(1, most)
    return utterance_of("words", [chance.choice(vocabulary) for _ in range(count)])


def any_utterance(chance: random.Random, vocabulary: tuple[str, ...]) -> Utterance:
    """Half digits, a quarter phrases, a quarter other words."""
    kind = chance.random()
    if kind < 0.5:
        return any_digits(chance)
    return any_phrase(chance) if kind < 0.75 else any_words(chance, vocabulary)


def _any_length(chance: random.Random) -> int:
    part = chance.random()
    if part < 0.33:
        return 1
    if part < 0.45:
        return chance.randint(2, 3)
    if part < 0.72:
        return chance.choice((4, 4, 5, 6, 6))
    if part < 0.88:
        return chance.randint(7, 11)
    return chance.choice((12, 15, 16, 18, 18, 18))


def _has_reading(phrase: str) -> bool:
    try:
        return len(pronounced(phrase)) > 0
    except ValueError:
        return False


def _collect(part: object, phrases: set[str]) -> None:
    if isinstance(part, dict):
        for name, content in part.items():
            if name == "phrases":
                phrases.update(content)
            else:
                _collect(content, phrases)
    elif isinstance(part, list | tuple):
        for content in part:
            _collect(content, phrases)
