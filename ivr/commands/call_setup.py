"""Puts the parts of a call together: hotline, accounts, agents, and everybody who writes the call down."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ivr import settings
from ivr.agent_desk import AgentDesk, AgentState
from ivr.call_journal import CallJournal, close_orphans, message_of, new_call_id, recording_of
from ivr.call_retention import clock_in_doubt, delete_sounds_before, sounds_before
from ivr.commands.counted import counted
from ivr.commands.output_file import appearing, must_be_writable
from ivr.errors import AccountsError, DocumentError, UsageError
from ivr.hotlines import open_hotline
from ivr.lazy_accounts import LazyAccounts
from ivr.lines.printable import neutralise
from ivr.lines.transcript import clock
from ivr.session.exchange import Exchange

if TYPE_CHECKING:
    from ivr.accounts.people_sketch import SyntheticPerson
    from ivr.accounts.repository import Accounts
    from ivr.callflow.hotline import Hotline
    from ivr.session.actions import Action
    from ivr.session.call_log import LogEntry
    from ivr.session.events import Event
    from ivr.testing.script_recorder import ScriptRecorder

EXIT_CODES = {"completed": 0, "transferred": 0, "abandoned": 3, "gave-up": 4, "failed": 5}
IN_MEMORY = "memory"
_FAULT_SEED = 12_333  # the same faults strike the same lookups in every run


@dataclass(frozen=True, slots=True)
class CallOptions:
    """The options of ``ivr call``, as they were written."""

    flow: str | None
    person: str | None
    pace: str
    plain: bool
    status: bool
    faults: tuple[str, ...]
    agents: AgentState
    at: datetime | None
    caller_number: str | None
    profile: str | None
    record: Path | None
    trace: bool
    database: str | None
    as_json: bool
    # calls with sound
    voice: bool = False
    headset: bool = False
    speaker: str = "auto"
    speech_model: Path | None = None
    input_device: str | None = None
    output_device: str | None = None
    record_audio: bool = False
    caller: Path | None = None
    caller_channel: Literal["left", "right", "mix"] | None = None
    out: Path | None = None
    out_hotline: Path | None = None
    real_time: bool = False

    @property
    def with_sound(self) -> bool:
        return self.voice or self.caller is not None


def _warn(text: str) -> None:
    click.echo(f"warning: {text}", err=True)


class CallSetup:
    """One call that is ready to be answered; ``finish`` afterwards, however it ended."""

    def __init__(self, options: CallOptions, local_time: datetime, *, live: bool) -> None:
        self.options = options
        self._tell: Callable[[str], None] = _warn
        for file in (options.record, options.out, options.out_hotline):
            if file is not None:
                must_be_writable(file)
        # A piped call must say the same every time, so it may not spend anybody's tries unless a database is named.
        self._keeps_answers = live or options.database is not None
        self.local_time = options.at or local_time
        self.hotline = _checked(options.flow)
        self.desk = AgentDesk(options.agents)
        self._person = _person(options.person)
        self.caller_number = options.caller_number or (self._person.person.mobile if self._person else "")
        self._database: LazyAccounts[Accounts] = LazyAccounts(self._open_accounts, self.tell)
        self.accounts = _with_faults(self._database, options.faults)
        folder = settings.journal_dir()
        close_orphans(folder)
        self._forget_old_sounds(folder)
        self._journal = CallJournal(folder, new_call_id(), self.tell)
        self._recorder = self._new_recorder()
        self._begun = False
        self.session = Exchange(self.hotline).new_call(self._note)
        if options.profile is not None:
            self._choose_profile(options.profile)
        self._notes: list[Callable[[LogEntry], None]] = [self._journal.note]
        if options.as_json:
            self._notes.append(lambda entry: click.echo(entry.to_json()))
        if options.trace:
            self._notes.append(_trace)

    @property
    def recording_path(self) -> Path:
        """Where the sound of this call is kept: beside its journal."""
        return recording_of(self._journal.path)

    def message_path(self, number: int) -> Path:
        """Where the sound of the caller's messages is kept."""
        return message_of(self._journal.path, number)

    @property
    def keeps_answers(self) -> bool:
        """Whether anything that the caller leaves is kept."""
        return self._keeps_answers

    def tell(self, text: str) -> None:
        """What went wrong and did not end the call: a warning on standard error, if nobody else shows it."""
        self._tell(text)

    @contextmanager
    def told_by(self, tell: Callable[[str], None]) -> Iterator[None]:
        """Meanwhile this shows what is told, from any thread: a screen on which a call runs is not written over."""
        self._tell = tell
        try:
            yield
        finally:
            self._tell = _warn

    def show_cheat_card(self) -> None:
        """Tell whoever phones as a synthetic person what to type."""
        if self._person is not None:
            one = self._person.person
            click.echo(
                f"you are {one.handle}: number {one.certno}, password {self._person.password}\n  {one.purpose}",
                err=True,
            )

    def watch(self, at: int, thing: Event | Action) -> None:
        """Everything that happens and is done, for the recorder."""
        self._begun = True
        if self._recorder is not None:
            self._recorder.watch(at, thing)

    def mute(self) -> None:
        """Nobody reads along any more; what remains is the journal."""
        self._notes = [self._journal.note]

    def finish(self) -> None:
        """Close the journal; of a call that began, keep the record in the database if that is open, and its script."""
        record = self._journal.close()
        opened = self._database.opened
        if record is not None and self._keeps_answers and opened is not None and hasattr(opened, "engine"):
            from ivr.accounts.call_rows import CallRows
            from ivr.call_records import bring_up_to_date

            try:
                bring_up_to_date(CallRows(opened.engine), settings.journal_dir())
            except AccountsError as error:
                self.tell(f"the call is in {self._journal.path}, but not yet in the database: {error}")
        if self._recorder is not None and self.options.record is not None and self._begun:
            with appearing(self.options.record) as file:  # an earlier story stays until this one is whole
                file.write(self._recorder.to_yaml().encode())

    def _forget_old_sounds(self, folder: Path) -> None:
        days, now = settings.retention_days(), datetime.now(UTC)
        before = now - timedelta(days=days)
        quiet = clock_in_doubt(folder, now, days)
        if quiet is not None:
            old = len({call_id for call_id, _ in sounds_before(folder, before)})
            if old:
                self.tell(
                    f"by the clock of this machine nobody phoned for {quiet.days} days, and the sound of"
                    f" {counted(old, 'call')} is too old to be kept (IVR_RETENTION_DAYS); if the clock is wrong, set"
                    " it: the next call a day from now deletes that sound"
                )
            return
        gone, failures = delete_sounds_before(folder, before)
        if gone:
            self.tell(f"deleted the sound of {counted(gone, 'call')} older than {days} days (IVR_RETENTION_DAYS)")
        if failures:
            first = failures[0]
            more = f"; nor can {counted(len(failures) - 1, 'other file')}" if len(failures) > 1 else ""
            self.tell(
                f"{first.filename}: is older than {days} days and cannot be deleted ({first.strerror}){more};"
                " free it, or delete it yourself"
            )

    def _note(self, entry: LogEntry) -> None:
        for note in self._notes:
            note(entry)

    def _open_accounts(self) -> Accounts:
        if self.options.database == IN_MEMORY:
            from ivr.accounts.memory_accounts import MemoryAccounts

            return MemoryAccounts()
        from ivr.accounts.database import open_accounts, open_copy

        return open_accounts(self.options.database) if self._keeps_answers else open_copy()

    def _new_recorder(self) -> ScriptRecorder | None:
        if self.options.record is None:
            return None
        from ivr.accounts.people import people
        from ivr.testing.script_recorder import ScriptRecorder

        secrets: dict[str, list[tuple[str, str]]] = {}
        for one in people():
            person = one.person
            card = (person.ss_card_no or "")[-8:] if (person.ss_card_no or "")[:1].isalpha() else person.ss_card_no
            for kind, secret in (("number", person.certno), ("card", card), ("password", one.password)):
                if secret:
                    secrets.setdefault(secret.replace("X", "*"), []).append((kind, person.handle))
        options = self.options
        faults = dict(_fault(part) for part in ",".join(options.faults).split(",") if part)
        agents = "" if options.agents == "free" else options.agents
        flow = os.path.relpath(options.flow, self.options.record.parent) if options.flow is not None else ""
        title = f"recorded on {datetime.now():%Y-%m-%d at %H:%M}"  # noqa: DTZ005 - for people, local
        told = {"person": options.person or "", "profile": options.profile or ""}
        return ScriptRecorder(title, secrets, **told, flow=flow, accounts=faults, agents=agents)

    def _choose_profile(self, name: str) -> None:
        profiles = self.hotline.flow.profiles
        if name not in profiles:
            raise UsageError(f"this hotline has no profile {name!r}; choose from {', '.join(profiles)}")
        self.session.choose_profile(name)


def _checked(flow: str | None) -> Hotline:
    """A hotline without errors. Raises DocumentError with all of them; the built-in one is known to have none."""
    hotline = open_hotline(flow)
    if flow is not None:
        from ivr.callflow.checking import check

        problems = [finding.problem for finding in check(hotline) if finding.severity == "error"]
        if problems:
            raise DocumentError(problems)
    return hotline


def _person(handle: str | None) -> SyntheticPerson | None:
    if handle is None:
        return None
    from ivr.accounts.people import people

    for one in people():
        if one.person.handle == handle:
            return one
    raise UsageError(f"there is no synthetic person {handle!r}; see 'ivr accounts list'")


def _with_faults(accounts: Accounts, specs: tuple[str, ...]) -> Accounts:
    if not specs:
        return accounts
    import random

    from ivr.accounts.faults import Faulty, parse_faults

    return Faulty(accounts, parse_faults(",".join(specs)), random.Random(_FAULT_SEED))


def _fault(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value or "yes"


def _trace(entry: LogEntry) -> None:
    data = "  ".join(f"{name}={value}" for name, value in entry.data.items())
    click.echo(f"{clock(entry.at):>8}  {entry.event:<18} {neutralise(data)}", err=True)
