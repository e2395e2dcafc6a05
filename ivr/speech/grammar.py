"""What a recogniser is told to listen for, in the words of its model, and what of its output counts.

Theory of operation. A phrase is cut into as few words of the model as possible; one that cannot be is left out and
reported. What an engine makes of a grammar is a small network of its words in which phrases recombine and begin
anywhere, so nothing that comes out is believed: a text counts only if it is exactly a phrase, a whole answer where
yes or no was asked, or nothing but digits where digits are expected. A text with a garbage word in it never counts.

Digits are listed in pairs, which an engine's bigram recognises better than single words (telephone strings of six:
5 % of the digits wrong against 12 %). Of words that sound alike only one is listed; they would share their score.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.mandarin.normalising import normalise
from ivr.mandarin.spoken_digits import digit_speech
from ivr.mandarin.yes_no import whole_answer
from ivr.speech.recogniser import Expectation

GARBAGE = "[unk]"

_DIGITS = "零一二三四五六七八九"
_OTHER_DIGITS = ("幺", "两", "洞", "拐", "勾", "叉", "艾克斯")  # in pairs with plain ones, seldom with each other
_CORRECTIONS = ("不对", "不是", "错了", "说错了", "更正", "重来", "重新输入", "清除", "井号")
_ANSWERS = (
    *("是", "是的", "对", "对的", "好", "好的", "可以", "确认", "确定", "没错", "正确", "要", "需要", "嗯"),
    *("不", "不是", "不对", "不要", "不用", "不行", "不可以", "取消", "错了", "没有", "不需要"),
)


@dataclass(frozen=True, slots=True)
class Grammar:
    sentences: tuple[str, ...]  # words of the model, divided by single spaces
    lost: tuple[str, ...]  # expected phrases with words that the model does not know
    expected: Expectation
    _phrases: dict[str, str] = field(repr=False)

    def meaning(self, text: str) -> str | None:
        """What a recognised text stands for; the same for texts that differ only in wording. None: it counts not."""
        if not text or GARBAGE in text:
            return None
        plain = normalise(text)
        if phrase := self._phrases.get(plain):
            return f"phrase {phrase}"
        if self.expected.yes_no and (answer := whole_answer(plain)):
            return answer
        if self.expected.digits and (speech := digit_speech(plain)):
            return f"digits {speech.edit} {speech.value}"
        return None


def grammar(expected: Expectation, knows: Callable[[str], bool]) -> Grammar:
    """The grammar for a model that ``knows`` its words; without sentences if it can recognise nothing of this."""
    sentences: dict[str, None] = {}
    lost = []
    for phrase in expected.phrases:
        words = words_of(phrase, knows)
        if words:
            sentences[" ".join(words)] = None
        else:
            lost.append(phrase)
    if expected.yes_no:
        sentences |= dict.fromkeys(_known(_ANSWERS, knows))
    if expected.digits:
        sentences |= dict.fromkeys((*_digit_pairs(knows), *_known(_CORRECTIONS, knows)))
    if sentences and knows(GARBAGE):
        sentences[GARBAGE] = None
    phrases = {normalise(phrase): phrase for phrase in expected.phrases if phrase not in lost}
    return Grammar(tuple(sentences), tuple(lost), expected, phrases)


def words_of(phrase: str, knows: Callable[[str], bool]) -> tuple[str, ...]:
    """The fewest words of the model that spell the phrase, the longest first where it is a tie; () if none do."""
    plain = normalise(phrase)
    best: list[tuple[str, ...] | None] = [None] * len(plain) + [()]
    for start in range(len(plain) - 1, -1, -1):
        for end in range(len(plain), start, -1):
            rest = best[end]
            if rest is None or not knows(plain[start:end]):
                continue
            known = best[start]
            if known is None or len(rest) + 1 < len(known):
                best[start] = (plain[start:end], *rest)
    return best[0] or ()


def _known(phrases: tuple[str, ...], knows: Callable[[str], bool]) -> list[str]:
    return [" ".join(words) for phrase in phrases if (words := words_of(phrase, knows))]


def _digit_pairs(knows: Callable[[str], bool]) -> list[str]:
    plain = [digit for digit in _DIGITS if knows(digit)]
    others = _known(_OTHER_DIGITS, knows)
    pairs = [f"{first} {second}" for first in plain for second in plain]
    pairs += [
        f"{first} {second}" for other in others for digit in plain for first, second in ((other, digit), (digit, other))
    ]
    return pairs + [f"{other} {other}" for other in others]
