"""Opening a hotline that is about to be phoned by a program, with errors that say what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import DocumentError, UsageError
from ivr.hotlines import open_hotline

if TYPE_CHECKING:
    from ivr.callflow.hotline import Hotline


def open_sound(flow: str | None) -> Hotline:
    """The hotline, if calls can be made to it; it may still break rules. Raises UsageError with all that is wrong."""
    try:
        hotline = open_hotline(flow)
    except DocumentError as error:
        raise UsageError(str(error)) from None
    from ivr.session.exchange import Exchange

    try:
        Exchange(hotline)
    except Exception as error:  # a target that does not exist, a guard that nobody declares: the checks explain it
        name = flow or "the built-in hotline"
        raise UsageError(f"{name}: no calls can be made to it ({error}); mend first what 'ivr check' finds") from None
    return hotline
