"""Opening the accounts database: making it, bringing its schema up to date, filling it with people.

An up-to-date database is recognised by one query, and Alembic is not even imported. Otherwise all changes happen in
one transaction under a lock that other openers wait for (SQLite: the write lock; PostgreSQL: an advisory lock), and the
question is asked again once the lock is held: two first starts at the same moment make one database.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import weakref
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from ivr import settings
from ivr.accounts import schema, seeding
from ivr.accounts.answering import Rules
from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.accounts.engine import in_administration, open_engine, place, reading, writing
from ivr.accounts.passwords import Argon2Passwords, Passwords
from ivr.errors import AccountsError

_ADVISORY_LOCK = 12_333


def open_accounts(
    url: str | None = None,
    *,
    create: bool = True,
    passwords: Passwords | None = None,
    rules: Rules | None = None,
) -> DatabaseAccounts:
    """The accounts at an SQLAlchemy URL (default: the settings'), ready to answer.

    With ``create`` a missing or empty database is made and seeded, and an older schema is brought up to date. Raises
    ``AccountsError`` when the database is missing and may not be made, damaged, too new, locked or out of reach.
    """
    engine = open_engine(url or settings.database_url(), create=create)
    hashing = passwords or Argon2Passwords()
    try:
        with in_administration(place(engine)):
            _bring_up_to_date(engine, create)
            with reading(engine) as connection:
                filled = seeding.is_seeded(connection)
                secret = connection.execute(text("SELECT value FROM setting WHERE name = 'number-key'")).scalar_one()
            if create and not filled:
                hashes = seeding.hash_passwords(hashing)
                with writing(engine) as connection:
                    _wait_for_turn(connection)
                    seeding.add_missing(connection, hashes)
    except BaseException:
        engine.dispose()
        raise
    return DatabaseAccounts(engine, str(secret), hashing, rules or Rules())


def open_copy(url: str | None = None) -> DatabaseAccounts:
    """The accounts as they are, in a copy of their own that is gone with the object: answers leave nothing behind.

    Only SQLite is copied; accounts on a server are opened as they are. Raises ``AccountsError`` as ``open_accounts``.
    """
    accounts = open_accounts(url)
    file = accounts.engine.url.database
    if accounts.engine.dialect.name != "sqlite" or file is None:
        return accounts
    folder: Path | None = None
    try:
        folder = Path(tempfile.mkdtemp(prefix="ivr-accounts-"))
        with closing(sqlite3.connect(file)) as original, closing(sqlite3.connect(folder / "accounts.db")) as copy:
            original.backup(copy)
        copied = open_accounts(f"sqlite:///{(folder / 'accounts.db').as_posix()}", create=False)
    except BaseException as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError | sqlite3.Error):
            raise AccountsError(
                f"the accounts database {accounts.place} cannot be copied for this call ({error});"
                " free some space for temporary files, or name the database with --database to use it itself"
            ) from error
        raise
    finally:
        accounts.close()
    weakref.finalize(copied, shutil.rmtree, folder, ignore_errors=True)
    return copied


def reseed(accounts: DatabaseAccounts, *, reset: bool) -> int:
    """Add the people when there are none, or with ``reset`` make everybody anew; the number of people added."""
    with in_administration(accounts.place):
        if not reset:
            with reading(accounts.engine) as connection:
                if seeding.is_seeded(connection):
                    return 0
        hashes = seeding.hash_passwords(accounts.passwords)
        with writing(accounts.engine) as connection:
            _wait_for_turn(connection)
            return (seeding.replace_all if reset else seeding.add_missing)(connection, hashes)


def _bring_up_to_date(engine: Engine, create: bool) -> None:
    with reading(engine) as connection:
        version = _version(connection)
    if version == schema.REVISIONS[-1]:
        return
    _check_version(version, place(engine))
    if not create:
        raise AccountsError(
            f"the accounts database {place(engine)} is empty or of an older version; run `ivr accounts seed`"
        )
    with writing(engine) as connection:
        _wait_for_turn(connection)
        version = _version(connection)
        if version != schema.REVISIONS[-1]:
            _check_version(version, place(engine))
            _migrate(connection)


def _version(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
    if "person" in tables or "account" in tables:
        raise AccountsError(
            f"the database {place(connection.engine)} belongs to another program; choose another one for the accounts"
        )
    return None


def _check_version(version: str | None, where: str) -> None:
    if version is not None and version not in schema.REVISIONS:
        raise AccountsError(
            f"the accounts database {where} has schema {version}, which this program does not know:"
            " it was made by a newer one. Update ivr, or choose another database with IVR_DATABASE_URL"
        )


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def _wait_for_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
