"""Is what was heard the hotline itself? The loudspeaker's sound comes back through the microphone.

Theory of operation. A recogniser that hears the hotline's own prompt makes words of it that are on offer, because
prompts name what is on offer (查询余额请按1). What was heard counts as an echo if the hotline was saying just that: all
of the text occurs in its words, in order and without gaps, after both were written alike (full-width forms, spaces,
punctuation, and digits as a caller says them). A text of one character (一, 对) occurs in many prompts and proves
little, but while a prompt plays it is safer to take it for an echo: keys always work.
"""

from __future__ import annotations

from ivr.mandarin.normalising import normalise

_ALIKE = str.maketrans("0123456789〇幺两洞拐勾", "零一二三四五六七八九零一二零七九")


def is_own_prompt(heard: str, own_words: str) -> bool:
    """Whether ``heard`` is part of ``own_words``: what the hotline said while it was heard, and shortly before."""
    text = _plain(heard)
    return bool(text) and text in _plain(own_words)


def _plain(text: str) -> str:
    return normalise(text).translate(_ALIKE)
