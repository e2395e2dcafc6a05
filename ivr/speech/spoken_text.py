"""The last change to a wording before an engine reads it: no figure is left for the engine to guess at.

Quantities are written out by the prompts' slots, so figures that are still there name something: a key (请按1) or a
telephone number. They are read one by one; an engine would make twelve thousand of 12333.
"""

from __future__ import annotations

import re
import unicodedata

_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_UNSPOKEN = str.maketrans("", "", "“”‘’\"'《》〈〉")
_SPACES = re.compile(r"\s+")
_KEYS = {"*": "星号", "#": "井号"}


def spoken_text(text: str) -> str:
    """``text`` with figures and the signs of keys as words, without quotation marks, on one line."""
    plain = "".join(
        character if character in "，。？！；：、" else unicodedata.normalize("NFKC", character) for character in text
    )
    named = "".join(_DIGITS.get(character) or _KEYS.get(character, character) for character in plain)
    return _SPACES.sub(" ", named.translate(_UNSPOKEN)).strip()
