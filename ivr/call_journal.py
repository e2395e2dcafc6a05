"""The journal of a call: a file of JSON lines that survives whatever happens to the process.

Each log entry is one ``write`` of one whole line, so a killed process loses at most its last line. The file is named
``ID.open.jsonl`` and locked while the call lasts; when it ends, the call record is added as the last line
(``{"record": …}``) and the file becomes ``ID.jsonl``. A file that is still called open but that nobody has locked
belongs to a process that died: ``close_orphans`` ends its call as ``failed``.

Journals are the truth about calls; the rows of the database are made from them and can be made again.
A folder that cannot be written costs the journal, never the call.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ivr.errors import UsageError
from ivr.file_lock import try_lock
from ivr.session.call_log import LogEntry
from ivr.session.call_record import CallRecord

_OPEN, _CLOSED = ".open.jsonl", ".jsonl"
_RECORDING = ".wav"
_SOUND = re.compile(r"([0-9]{8}T[0-9]{6}-[0-9a-f]{8})(\.message-[0-9]+)?\.wav")
_BIRTH_S = 60
_STAMP = "%Y%m%dT%H%M%S"


def new_call_id() -> str:
    """Sorts by the moment at which the call was made (UTC, not the call's own wall clock)."""
    return f"{datetime.now(UTC):{_STAMP}}-{os.urandom(4).hex()}"


def made_at(call_id: str) -> datetime:
    """When a call was really made (UTC). Raises ValueError for what is no call id."""
    return datetime.strptime(call_id.partition("-")[0], _STAMP).replace(tzinfo=UTC)


class CallJournal:
    """The journal of one call. Never raises: what goes wrong is told to ``warn`` once, and then it keeps silent."""

    def __init__(self, folder: Path, call_id: str, warn: Callable[[str], None]) -> None:
        self.call_id = call_id
        self.path = folder / f"{call_id}{_CLOSED}"
        self._open_path = folder / f"{call_id}{_OPEN}"
        self._warn = warn
        self._record = CallRecord()
        self._begun = False
        self._descriptor: int | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._open_path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
            try_lock(self._descriptor)
        except OSError as error:
            self._give_up(error)

    @property
    def writes(self) -> bool:
        """Whether the call is being kept."""
        return self._descriptor is not None

    def note(self, entry: LogEntry) -> None:
        self._begun = True
        self._record.observe(entry)
        self._write(entry.to_json())

    def close(self) -> CallRecord | None:
        """End the journal with its record; returns that, or None when nothing was kept, or there was no call."""
        if not self._begun:
            self._forget()
            return None
        if self._record.disposition == "open":
            self._record.disposition = "failed"
        self._write(_last_line(self._record))
        if self._descriptor is None:
            return None
        os.close(self._descriptor)
        self._descriptor = None
        try:
            self._open_path.rename(self.path)
        except OSError as error:
            # In the moment without a lock another process may have taken this call for an orphan, and kept it.
            if not self.path.exists():
                self._give_up(error)
                return None
        return self._record

    def _forget(self) -> None:
        """A command that ended before its call began, because of a wrong file name say, made no call."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            with suppress(OSError):
                self._open_path.unlink()

    def _write(self, line: str) -> None:
        if self._descriptor is None:
            return
        try:
            os.write(self._descriptor, f"{line}\n".encode())
        except OSError as error:
            os.close(self._descriptor)
            self._descriptor = None
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        folder = self.path.parent
        reason = error.strerror or error
        self._warn(f"{folder}: this call is not recorded ({reason}); free the folder or set IVR_DATA_DIR to another")


def close_orphans(folder: Path) -> list[str]:
    """End the journals whose process died; returns their call ids. Journals that cannot be read are left alone."""
    return [call_id for path in sorted(_list(folder, _OPEN)) if (call_id := _close_orphan(path))]


def closed_calls(folder: Path) -> list[str]:
    """The ids of all calls that are over, oldest first."""
    return sorted(
        path.name.removesuffix(_CLOSED) for path in _list(folder, _CLOSED) if not path.name.endswith(_OPEN)
    )  # fmt: skip


def is_open(folder: Path, call_id: str) -> bool:
    """Whether the call goes on, or its process died and nobody has looked yet."""
    return (folder / f"{call_id}{_OPEN}").exists()


def closed_journal(folder: Path, call_id: str) -> Path:
    """Where the journal of a call that is over lies."""
    return folder / f"{call_id}{_CLOSED}"


def journal_path(folder: Path, call_id: str) -> Path:
    """The journal of a call, by its id or a unique beginning of it. Raises UsageError when there is none."""
    found = [path for path in _list(folder, _CLOSED) if path.name.startswith(call_id)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{call_id}: {len(found)} calls begin like this; write more of the id")
    raise UsageError(f"{call_id}: no such call in {folder}; see 'ivr calls list'")


def recording_of(journal: Path) -> Path:
    """Where the sound of a call lies, if it was recorded."""
    return journal.with_name(journal.name.removesuffix(_CLOSED) + _RECORDING)


def message_of(journal: Path, number: int) -> Path:
    """Where the sound of a call's first, second … message lies, if it was left by voice."""
    return journal.with_name(f"{journal.name.removesuffix(_CLOSED)}.message-{number}{_RECORDING}")


def sounds_of(journal: Path) -> list[Path]:
    """All sound files of a call."""
    messages = sorted(journal.parent.glob(f"{journal.name.removesuffix(_CLOSED)}.message-*{_RECORDING}"))
    return [path for path in (recording_of(journal), *messages) if path.exists()]


def sounds_in(folder: Path) -> list[tuple[str, Path]]:
    """The sound files of all calls, each with its call's id, oldest first. A file of any other name is none of ours."""
    return [(name[1], path) for path in sorted(_list(folder, _RECORDING)) if (name := _SOUND.fullmatch(path.name))]


def read_entries(path: Path) -> list[LogEntry]:
    """The log of a call. A last line that was cut short is passed over, like everything that is no log entry."""
    entries = []
    for line in _lines(path):
        try:
            entries.append(LogEntry.from_json(line))
        except ValueError:  # the record, or a line that a dying process did not finish
            continue
    return entries


def read_record(path: Path) -> CallRecord:
    """The record of a call that is over, from its last line; of one that is not, folded from what is there."""
    record = _folded(path)
    if record.disposition == "open" and not path.name.endswith(_OPEN):
        record.disposition = "failed"
    return record


def _folded(path: Path) -> CallRecord:
    """The record as far as the entries are sound: one that was damaged from outside must not stop the next call."""
    record = CallRecord()
    for entry in read_entries(path):
        with suppress(KeyError, TypeError):
            record.observe(entry)
    return record


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from file


def _last_line(record: CallRecord) -> str:
    return json.dumps({"record": record.to_dict()}, ensure_ascii=False, separators=(",", ":"))


def _list(folder: Path, suffix: str) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.name.endswith(suffix)]
    except OSError:
        return []


def _close_orphan(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    except OSError:
        return ""
    try:
        status = os.fstat(descriptor)
        if not status.st_size and time.time() - status.st_mtime < _BIRTH_S:
            return ""  # perhaps created this very moment and not locked yet
        if not try_lock(descriptor):
            return ""
        record = _folded(path)
        record.disposition = "failed" if record.disposition == "open" else record.disposition
        os.write(descriptor, f"\n{_last_line(record)}\n".encode())
    except OSError:
        return ""
    finally:
        os.close(descriptor)
    call_id = path.name.removesuffix(_OPEN)
    try:
        path.rename(path.with_name(call_id + _CLOSED))
    except OSError:
        return ""
    return call_id
