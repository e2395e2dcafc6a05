"""Where a caller refuses: 不要人工 is not a wish for an agent.

Theory of operation, on an ``essence``. A refusal is a negator, any verbs of wanting or asking (是, 要, 查, 转 …),
and then what is refused, up to the next thought: a BREAK, or another of those verbs (不是余额是消费明细 refuses
only 余额). A phrase that *starts* inside a refusal is refused. So is one that is followed by a refusal which ends
the thought (人工不用了).

Not refusals: 不 that belongs to another word (不对, 不能, 找不到, 对不起, 不知道), 别 in 特别 or 别的, and questions
of the form A不A that ask for something (能不能转人工, 有没有余额). 要不要 and 想不想 stay refusals: safer not to act.
"""

from __future__ import annotations

import re

_OTHER_WORDS = "对|行|好|清|知|明白|懂|能|会|了|到|见|错|起|多|够|出|仅|管|同"
_NEGATOR = (
    f"(?:不(?!{_OTHER_WORDS})|(?<![特级分性类个告识区])别(?!的|处|人(?!工))"
    "|没(?=[有要说想问让叫选按])|甭|勿|无需|拒绝|取消|除了)"
)
_VERB = "(?:需要|查询|查看|咨询|有|是|要|想|用|必|查|转|说|问|看|找|听|接|按|选|再|来|打算|先|让|叫)"
_TURN = "是要想查转说问看找我改换就只给不别但而"
_REFUSAL = re.compile(f"{_NEGATOR}({_VERB}*(?:[^{_TURN}|]|查(?=询)){{0,12}})")
_AFTERWARDS = re.compile(
    r"[就都也]?(?:不要|不用|不需要|不必|不查|不是|不想|免了|算了)(?:了|啦|谢谢|查|听|转|办){0,3}(?=\||$)"
)
_REQUESTING = "能可有是会行对好知"
_QUESTION = re.compile(r"([^\W\d_])[不没]\1")


def refused_starts(text: str) -> bytearray:
    """One byte for each character of an essence: 1 where a phrase may not start, because it would be refused."""
    refused = bytearray(len(text))
    for found in _REFUSAL.finditer(text):
        at = found.start()
        if at > 0 and text[at - 1] in _REQUESTING and text[at + 1 : at + 2] == text[at - 1]:
            continue
        start, end = found.span(1)
        refused[start:end] = b"\x01" * (end - start)
    return refused


def is_refused_afterwards(text: str, end: int) -> bool:
    """Whether the words that follow position ``end`` of an essence turn down what was said before it."""
    return _AFTERWARDS.match(text, end) is not None


def is_question(text: str) -> bool:
    """Whether the text asks (是不是, 对不对, 可不可以, …吗) rather than answers."""
    return "吗" in text or _QUESTION.search(text) is not None
