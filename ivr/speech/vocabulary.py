"""Every word that a caller of a hotline may say, and how a phrase becomes the words of a recogniser's grammar.

Theory of operation. A phrase of up to ``WHOLE`` characters is one word of the model: nothing can get lost or come in
between, and its parts cannot recombine to what nobody offered. In a longer one callers pause, which only the gap
between two words allows, so it is several: pieces of about the same length, parted between common words. Splitting a
phrase for the grammar needs to know none of this: of the words that the model has, the fewest that make up the phrase
(``grammar.words_of``). That holds for any model that knows the parts, also for one not made for this hotline.

The vocabulary is: the phrases of the document, what the core understands in every hotline (digits and what people say
around them, answers, names of keys, words of courtesy), and the common words of Mandarin, so that small changes of a
document need no new graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final

from ivr.callflow.hotline import DocumentPath, Hotline, Place
from ivr.callflow.nodes import Menu, Survey, Transfer
from ivr.mandarin.key_names import ways_to_name_keys
from ivr.mandarin.normalising import normalise
from ivr.mandarin.spoken_digits import words_around_digits, words_for_digits
from ivr.mandarin.yes_no import words_for_answers
from ivr.speech.grammar import words_of

WHOLE: Final = 6

_COURTESY: Final = """
请问 请 麻烦 麻烦你 麻烦您 拜托 帮我 帮忙 给我 替我 你好 您好 喂 那个 一下 谢谢 谢谢你 谢谢您 嗯 呃 啊 哦 吧 呢 的 了 吗
我想 我要 我想要 我需要 我想查 我要查 查 查询 查一下 我想查一下 我要查一下 转 办理 不要 不是 别 能不能 可以 星号 井号
"""
_COMMON_WORDS: Final = Path(__file__).with_name("common_words.txt")


def phrases_of(hotline: Hotline) -> dict[str, Place]:
    """Every phrase that some menu, command, survey or queue of the document offers, and where it is written first."""
    found: dict[str, Place] = {}
    for path, phrases in _offers(hotline):
        for phrase in phrases:
            found.setdefault(phrase, hotline.place(*path))
    return found


@cache
def words_understood() -> tuple[str, ...]:
    """What the core understands in every hotline."""
    answers = words_for_answers()
    words = (
        *words_for_digits(),
        "x",
        *words_around_digits(),
        *answers,
        *(f"{answer}{particle}" for answer in answers if answer.isalpha() for particle in "的了"),
        *ways_to_name_keys(),
        *_COURTESY.split(),
    )
    return tuple(dict.fromkeys(map(normalise, words)))


@cache
def common_words() -> frozenset[str]:
    """The words that learners of Mandarin meet (the lists of the HSK of 2000), up to four characters each."""
    return frozenset(_COMMON_WORDS.read_text("utf-8").split())


def phrase_words(phrase: str) -> tuple[str, ...]:
    """The words of the model that a phrase is given when a graph is built."""
    plain = normalise(phrase)
    count = -(-len(plain) // WHOLE)
    if count < 2:
        return (plain,)
    gaps = list(accumulate(len(word) for word in words_of(plain, _holds_together)))[:-1]
    cuts = {min(gaps, key=lambda gap: abs(gap - len(plain) * part / count)) for part in range(1, count) if gaps}
    ends = [0, *sorted(cuts), len(plain)]
    return tuple(plain[start:end] for start, end in pairwise(ends))


def _holds_together(word: str) -> bool:
    return len(word) == 1 or word in _words_of_any_hotline()


@cache
def _words_of_any_hotline() -> frozenset[str]:
    return common_words() | frozenset(words_understood())


def _offers(hotline: Hotline) -> Iterator[tuple[DocumentPath, tuple[str, ...]]]:
    for name, command in hotline.flow.commands.items():
        yield ("commands", name), tuple(command.phrases)
    for node_id, node in hotline.flow.nodes.items():
        at = ("nodes", node_id)
        for name, command in node.commands.items():
            yield (*at, "commands", name), tuple(command.phrases)
        if isinstance(node, Menu | Transfer):
            for name, choice in node.choices.items():
                yield (*at, "choices", name), tuple(choice.phrases)
        if isinstance(node, Survey):
            for key, phrases in node.ratings.items():
                yield (*at, "ratings", key), tuple(phrases)
