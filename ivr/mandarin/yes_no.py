"""Yes or no.

Theory of operation. A whole utterance of answer words and particles is an answer: 是的对, 嗯, 不用了谢谢. Longer
words are taken first, so 不对 is never 对. A yes *and* a no is no answer, except that 嗯, 好 and 行 before a no only
acknowledge (好的不用了 is a no). A question (是不是, 对不对, 对吗) is no answer either.

A longer utterance answers by how it begins: 不对，最后一位是三 is a no. A yes there must be unmistakable (是的, 没错,
确认), with no doubt in the rest, because what follows a yes may be irrevocable and what follows a no never is.
"""

from __future__ import annotations

import re
from typing import Literal

from ivr.mandarin.negation import is_question

Answer = Literal["yes", "no"]

_ACKNOWLEDGING = ("嗯", "好", "行")
_YES = (
    *("是", "对", "可以", "确认", "确定", "没错", "没有错", "不错", "正确", "没问题", "没有问题", "同意", "要", "需要"),
    *("当然", "就是", "ok", "okay", "yes"),
)
_NO = (
    *("不", "不是", "不对", "错", "错了", "是错", "不要", "不用", "取消", "否", "不行", "不好", "不可以", "不需要"),
    *("不同意", "不正确", "不确认", "不太对", "不必", "不想", "没有", "没了", "算了", "别", "no"),
)
_PARTICLES = (
    "的",
    "了",
    "啦",
    "啊",
    "呀",
    "吧",
    "呢",
    "哦",
    "噢",
    "嘛",
    "哈",
    "呃",
    "谢谢",
    "你",
    "您",
    "我",
    "那",
    "都",
    "这个",
)

_MEANING: dict[str, str] = {
    **dict.fromkeys(_PARTICLES, ""),
    **dict.fromkeys(_ACKNOWLEDGING, "weak"),
    **dict.fromkeys(_YES, "yes"),
    **dict.fromkeys(_NO, "no"),
}
_WORD = re.compile("|".join(sorted(_MEANING, key=len, reverse=True)))
_LONGEST_ANSWER = 24  # characters; anything longer says more than yes or no
_BEGINS_WITH_NO = re.compile("[我嗯呃]?(?:不对|不是(?!不)|不要|不用|不需要|错了|取消)")
_BEGINS_WITH_YES = re.compile("[嗯呃]?(?:是的|对的|没错|确认|确定)")
_DOUBT = re.compile("[不没别错否]|取消|等|什么|怎么|多少|哪|谁|再说|重")


def words_for_answers() -> tuple[str, ...]:
    """The words that an answer consists of, without the particles that may follow them."""
    return (*_ACKNOWLEDGING, *_YES, *_NO)


def whole_answer(plain: str) -> Answer | None:
    """The answer when a normalised utterance is nothing but one."""
    if len(plain) > _LONGEST_ANSWER or is_question(plain) or "不是不" in plain:
        return None
    meanings: set[str] = set()
    at = 0
    while at < len(plain):
        found = _WORD.match(plain, at)
        if found is None:
            return None
        meanings.add(_MEANING[found[0]])
        at = found.end()
    if "no" in meanings:
        return None if "yes" in meanings else "no"
    return "yes" if meanings & {"yes", "weak"} else None


def leading_answer(plain: str) -> Answer | None:
    """The answer with which a longer normalised utterance begins."""
    if is_question(plain):
        return None
    if _BEGINS_WITH_NO.match(plain):
        return "no"
    begins = _BEGINS_WITH_YES.match(plain)
    return "yes" if begins and not _DOUBT.search(plain, begins.end()) else None
