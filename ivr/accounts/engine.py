"""Connections to SQLite and PostgreSQL, and their errors in words.

SQLite runs with a write-ahead log, so that readers never wait for a writer. Every transaction that will write says so
(:func:`writing`) and takes the write lock at its start: a transaction that reads first and then wants to write could
otherwise only fail. The driver's own, implicit transactions are switched off for that.

No exception of SQLAlchemy or of a driver leaves this package: :func:`during_a_call` turns them into ``LookupFailed``,
:func:`in_administration` into ``AccountsError``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

from ivr import settings
from ivr.errors import AccountsError, LookupFailed

BUSY_TIMEOUT_MS = 5_000

_REASONS = (
    ("is locked", "backend-locked"),
    ("lock timeout", "backend-locked"),
    ("readonly", "backend-read-only"),
    ("read-only", "backend-read-only"),
    ("is full", "backend-full"),
    ("no space", "backend-full"),
    ("not a database", "backend-corrupt"),
    ("malformed", "backend-corrupt"),
    ("no such table", "backend-corrupt"),
)
_REMEDIES = {
    "backend-locked": "another program holds it for long; close that program and try again",
    "backend-read-only": "it may not be written; check the permissions of the file and its folder, or set IVR_DATA_DIR",
    "backend-full": "the disk is full; free some space and try again",
    "backend-corrupt": "it is damaged or no database; move it away and run `ivr accounts seed` for a new one",
    "backend-down": "it cannot be reached; check that it exists and runs, the URL, and your permissions",
    "backend-error": "it refused the statement; run `ivr accounts seed --reset` if its contents do not matter",
}


def open_engine(text: str, *, create: bool) -> Engine:
    """An engine for an SQLAlchemy URL; with ``create`` a missing SQLite file is made, empty."""
    url = _supported(text)
    if url.get_backend_name() == "sqlite":
        _prepare_folder(url, create)
        engine = create_engine(url)
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        import psycopg  # noqa: F401 - an optional extra: better missed here than inside a call
    except ImportError as error:
        raise AccountsError(
            "PostgreSQL needs its driver, which is not installed; pip install 'ivr[postgresql]'"
        ) from error
    options = f"-c lock_timeout={BUSY_TIMEOUT_MS} -c statement_timeout={2 * BUSY_TIMEOUT_MS}"
    wanted: dict[str, Any] = {"connect_timeout": 5, "options": options}
    arguments = {name: value for name, value in wanted.items() if name not in url.query}
    return create_engine(url, pool_pre_ping=True, connect_args=arguments)


def place(engine: Engine) -> str:
    """The database as an error may name it: never with its password."""
    if engine.url.get_backend_name() == "sqlite":
        return str(engine.url.database)
    secrets = [name for name in engine.url.query if "password" in name]
    return engine.url.difference_update_query(secrets).render_as_string(hide_password=True)


def writing(engine: Engine) -> AbstractContextManager[Connection]:
    """One transaction that writes: committed at the end, rolled back on an exception."""
    return engine.execution_options(ivr_writes=True).begin()


def reading(engine: Engine) -> AbstractContextManager[Connection]:
    """One transaction that only reads, and sees one moment."""
    return engine.begin()


@contextmanager
def during_a_call() -> Iterator[None]:
    """What goes wrong inside becomes ``LookupFailed`` with a reason that begins with ``backend-``."""
    try:
        yield
    except (SQLAlchemyError, OverflowError, UnicodeError) as error:
        raise LookupFailed(failure_reason(error), type(error).__name__) from error


@contextmanager
def in_administration(where: str) -> Iterator[None]:
    """What goes wrong inside becomes ``AccountsError``: what, where, what to do."""
    try:
        yield
    except (SQLAlchemyError, OverflowError, UnicodeError) as error:
        reason = failure_reason(error)
        cause = str(error.orig if isinstance(error, DBAPIError) else error).strip().split("\n")[0]
        raise AccountsError(f"the accounts database {where} failed ({cause}): {_REMEDIES[reason]}") from error


def failure_reason(error: Exception) -> str:
    """A short kebab-case word for what happened."""
    text = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    for sign, reason in _REASONS:
        if sign in text:
            return reason
    return "backend-down" if isinstance(error, OperationalError) else "backend-error"


def _supported(text: str) -> URL:
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise AccountsError(
            "that is not a database URL; write sqlite:////path/to/accounts.db or postgresql://host/name"
        ) from error
    if backend == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise AccountsError("an SQLite database needs a file: write sqlite:////path/to/accounts.db")
        return url.set(drivername="sqlite+pysqlite")
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise AccountsError(f"{backend} is not supported; use an sqlite:// or a postgresql:// URL")


def _prepare_folder(url: URL, create: bool) -> None:
    file = Path(str(url.database))
    try:
        if file.exists():
            return
        if not create:
            raise AccountsError(f"there is no accounts database {file} yet; run `ivr accounts seed`")
        if file.parent == settings.data_dir():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif not file.parent.is_dir():  # a slip of the pen in a URL must not leave folders behind
            raise AccountsError(f"there is no folder {file.parent} for the accounts database; make it, or mend the URL")
        file.touch(mode=0o600)
    except OSError as error:
        raise AccountsError(
            f"the accounts database {file} cannot be made ({error.strerror}); set IVR_DATA_DIR to a folder where it can"
        ) from error


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # The mode belongs to the file. Whoever holds the lock is switching it at this moment, for us as well.
            if "locked" not in str(error):
                raise


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("ivr_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
