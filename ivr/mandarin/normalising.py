"""One spelling for what was heard or typed.

Theory of operation. Recognisers put spaces between words, people type full-width characters and punctuation; none of
it carries meaning that a whole-utterance match needs, so ``normalise`` removes it all. ``essence`` goes one step
further for phrases *inside* an utterance: words of courtesy and hesitation are dropped, and whatever starts a new
thought (punctuation, 我想, 我要) is kept as one BREAK, because a negation reaches only to the next thought: in
"不是，我要查余额" the caller does want the balance.
"""

from __future__ import annotations

import re
import unicodedata

BREAK = "|"

_PUNCTUATION = re.compile(r"[^\w\s*#]+")
_NOT_SPOKEN = re.compile(r"[^\w*#]+|_+")
_NOT_SPOKEN_KEEPING_BREAKS = re.compile(r"[^\w*#|]+|_+")
_BREAKS = re.compile(r"\|+")
_COURTESY = re.compile(
    "请问|请|麻烦[你您]?|拜托|帮我|帮忙|给我|替我|[你您]好|喂|那个|一下儿?|[嗯呃唔啊呀哦噢哎诶嘛呗吧呢哈的]"
)
_NEW_THOUGHT = re.compile("我想要|我需要|我想|我要")
_LONG_NUMBER = re.compile("[0-9零〇一幺二两三四五六七八九洞拐勾叉xX ]{5,}")
_QUOTE_LIMIT = 40


def normalise(text: str) -> str:
    """``text`` in NFKC and lower case, without spaces, punctuation and control characters; ``*`` and ``#`` stay."""
    return _NOT_SPOKEN.sub("", _folded(text))


def essence(text: str) -> str:
    """What is left of an utterance without courtesy; thoughts are divided by single BREAK characters."""
    divided = _PUNCTUATION.sub(BREAK, _folded(text))
    plain = _NEW_THOUGHT.sub(BREAK, _NOT_SPOKEN_KEEPING_BREAKS.sub("", divided))
    return _BREAKS.sub(BREAK, _COURTESY.sub("", plain)).strip(BREAK)


def essence_of_phrase(phrase: str) -> str:
    """A phrase from a document in the same spelling; one that only begins with a new thought loses its beginning."""
    plain = _COURTESY.sub("", normalise(phrase))
    opening = _NEW_THOUGHT.match(plain)
    return plain[opening.end() :] if opening else plain


def quoted(text: str) -> str:
    """``text`` for an explanation: shortened, and with anything like a personal number starred out."""
    short = text if len(text) <= _QUOTE_LIMIT else text[:_QUOTE_LIMIT] + "…"
    return '"' + _LONG_NUMBER.sub("*****", short) + '"'


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
