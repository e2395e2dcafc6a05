"""Opening a hotline that a program is about to phone: it may break rules, but every name it uses must exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ivr.errors import DocumentError, UsageError
from ivr.hotlines import open_hotline

if TYPE_CHECKING:
    from ivr.callflow.hotline import Hotline

_NEEDED = (
    "unknown-target",
    "unknown-node-named",
    "unknown-prompt",
    "unknown-guard",
    "unknown-hours",
    "unknown-query",
    "unknown-dialog",
    "dialog-result-unhandled",
    "return-outside",
    "guard-cycle",
    "slot-malformed",
)


def open_sound(flow: str | None, also: Sequence[str] = ()) -> Hotline:
    """The hotline, if calls can be made to it. Raises UsageError with all that is in the way.

    ``also``: rules that what is to be done with it needs as well.
    """
    try:
        hotline = open_hotline(flow)
    except DocumentError as error:
        raise UsageError(str(error)) from None
    if flow is not None:
        from ivr.callflow.checking import check

        problems = [finding.problem for finding in check(hotline, (*_NEEDED, *also))]
        if problems:
            raise UsageError(f"{flow}: no calls can be made to this hotline\n{DocumentError(problems)}")
    return hotline
