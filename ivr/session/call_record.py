"""The call detail record: what remains of a call in one row. Derived from the event log, never written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

from ivr.session.call_log import Json, LogEntry

RECORDED_PERSON = "person.id"  # the fact with the backend's internal number of the person


@dataclass(slots=True)
class CallRecord:
    flow: str = ""
    flow_version: str = ""
    started: str = ""  # local time, ISO
    caller_tail: str = ""
    person: str = ""  # the backend's internal number of the verified person
    duration_ms: int = 0
    disposition: str = "open"
    nodes: list[str] = field(default_factory=list)  # visited, in order
    services: list[str] = field(default_factory=list)  # delivered, in order
    keys: int = 0
    utterances: int = 0
    no_inputs: int = 0
    no_matches: int = 0
    lookups: int = 0
    failed_lookups: int = 0
    rating: int | None = None
    profile: str = ""

    def observe(self, entry: LogEntry) -> None:
        """Takes one more entry into account; entries that say nothing about the record are passed over."""
        self.duration_ms = entry.at
        note = _NOTES.get(entry.event)
        if note is not None:
            note(self, entry)

    @classmethod
    def from_log(cls, entries: Iterable[LogEntry]) -> CallRecord:
        record = cls()
        for entry in entries:
            record.observe(entry)
        return record

    def to_dict(self) -> dict[str, Json]:
        return asdict(self)


def _answered(record: CallRecord, entry: LogEntry) -> None:
    record.flow = str(entry.data["flow"])
    record.flow_version = str(entry.data["flow_version"])
    record.started = str(entry.data["local_time"])
    record.caller_tail = str(entry.data["caller"])
    record.profile = str(entry.data["profile"])


def _looked_up(record: CallRecord, entry: LogEntry) -> None:
    facts = entry.data["facts"]
    if isinstance(facts, dict) and RECORDED_PERSON in facts:
        record.person = str(facts[RECORDED_PERSON])


def _adds(name: str) -> Callable[[CallRecord, LogEntry], None]:
    def add(record: CallRecord, _entry: LogEntry) -> None:
        setattr(record, name, getattr(record, name) + 1)

    return add


def _takes(name: str, key: str) -> Callable[[CallRecord, LogEntry], None]:
    def take(record: CallRecord, entry: LogEntry) -> None:
        setattr(record, name, entry.data[key])

    return take


def _appends(name: str, key: str) -> Callable[[CallRecord, LogEntry], None]:
    def append(record: CallRecord, entry: LogEntry) -> None:
        getattr(record, name).append(str(entry.data[key]))

    return append


_NOTES: dict[str, Callable[[CallRecord, LogEntry], None]] = {
    "call-answered": _answered,
    "node-entered": _appends("nodes", "node"),
    "service-delivered": _appends("services", "node"),
    "key-pressed": _adds("keys"),
    "utterance-heard": _adds("utterances"),
    "no-input": _adds("no_inputs"),
    "no-match": _adds("no_matches"),
    "look-up": _adds("lookups"),
    "lookup-answered": _looked_up,
    "lookup-failed": _adds("failed_lookups"),
    "rated": _takes("rating", "rating"),
    "profile-changed": _takes("profile", "profile"),
    "call-ended": _takes("disposition", "disposition"),
}

RECORDED = frozenset(_NOTES)
"""The entries that a record is made of."""
