"""What a recogniser is told to expect, from what a call says is on offer."""

from __future__ import annotations

from typing import Final

from ivr.session.actions import Listen
from ivr.speech.recogniser import Expectation

_NUMERALS: Final = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_YES_AND_NO: Final = {"是", "不是"}


def expectation(listen: Listen) -> Expectation:
    """A menu's choices may be said by their number too: 一, 按一, 选一."""
    in_entry = set(_NUMERALS).issubset(listen.keys)  # where keys are digits, not choices
    numerals = [] if in_entry else [_NUMERALS[key] for key in listen.keys if key in _NUMERALS]
    by_number = [f"{verb}{numeral}" for numeral in numerals for verb in ("", "按", "选")]
    return Expectation(
        tuple(dict.fromkeys((*listen.phrases, *by_number))),
        digits=listen.digits,
        yes_no=_YES_AND_NO.issubset(listen.phrases),
    )
