"""How long calls are kept: their sound goes by itself when it is old, their records when somebody purges them.

A voice is the most personal thing that a call leaves, so recordings and spoken messages must not lie about because
nobody thought of them: each new call first deletes what is older than ``IVR_RETENTION_DAYS``. Records hold no secret,
and the statistics of years are made of them.

A clock that was set far ahead by mistake would make everything old at once. So when even the latest call before seems
too old, and to have been made more than a month ago, that is believed only after a day (``clock_in_doubt``).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ivr.call_journal import closed_calls, closed_journal, is_open, made_at, sounds_in, sounds_of

_LEAP: Final = timedelta(days=30)  # without a call: rare where a machine is in use at all
_DOUBT: Final = timedelta(days=1)  # long enough to be told and to set the clock


def calls_before(folder: Path, moment: datetime) -> list[str]:
    """The ids of the calls that are over and were made before this moment, oldest first."""
    return [call_id for call_id in closed_calls(folder) if _made_before(call_id, moment)]


def delete_call(folder: Path, call_id: str) -> None:
    """The sound and the journal of a call that is over. Raises OSError, with the file's name."""
    journal = closed_journal(folder, call_id)
    for path in (*sounds_of(journal), journal):  # the journal last: without it nobody would find the sound
        path.unlink(missing_ok=True)


def sounds_before(folder: Path, moment: datetime) -> list[tuple[str, Path]]:
    """The sound files of all calls that are over and were made before this moment, each with its call's id."""
    return [
        (call_id, path)
        for call_id, path in sounds_in(folder)
        if _made_before(call_id, moment) and not is_open(folder, call_id)
    ]


def delete_sounds_before(folder: Path, moment: datetime) -> tuple[int, list[OSError]]:
    """The sound of all calls that are over and were made before this moment.

    Returns of how many calls sound was deleted, and why files are still there: one of them keeps none of the others.
    """
    gone, failures = set(), []
    for call_id, path in sounds_before(folder, moment):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            failures.append(error)
        else:
            gone.add(call_id)
    return len(gone), failures


def clock_in_doubt(folder: Path, now: datetime, days: int) -> timedelta | None:
    """How long nobody seems to have phoned until today, if that would make the sound of all earlier calls too old."""
    ids = {*closed_calls(folder), *(call_id for call_id, _ in sounds_in(folder))}
    earlier = [made_at(call_id) for call_id in ids if _made_before(call_id, now - _DOUBT)]
    quiet = now - max(earlier, default=now)
    return quiet if quiet > max(timedelta(days=days), _LEAP) else None


def _made_before(call_id: str, moment: datetime) -> bool:
    with suppress(ValueError):  # a date that is none: the file is none of ours
        return made_at(call_id) < moment
    return False
