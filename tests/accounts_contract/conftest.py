"""The accounts under test: in memory, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from ivr.accounts.database import open_accounts
from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.accounts.memory_accounts import MemoryAccounts
from ivr.accounts.passwords import Argon2Passwords


@pytest.fixture(scope="session")
def cheap_passwords() -> Argon2Passwords:
    """Real hashes with the least cost: seventy of them in milliseconds."""
    return Argon2Passwords(memory_kib=8, passes=1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a server's maintenance database: IVR_TEST_POSTGRESQL_URL, or a server of our own on a Unix socket."""
    given = os.environ.get("IVR_TEST_POSTGRESQL_URL")
    if given:
        yield given
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(programs[-1]) if programs else shutil.which("initdb")
    if initdb is None:
        reason = "no PostgreSQL server is installed; install one or set IVR_TEST_POSTGRESQL_URL"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="ivr-pg-"))
    become: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        become = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        shutil.chown(folder, "nobody", "nogroup")
    data, bin_folder = folder / "data", Path(initdb).parent
    control = [*become, str(bin_folder / "pg_ctl"), "-D", str(data), "-w", "-s"]
    try:
        subprocess.run(
            [*become, initdb, "-D", str(data), "-U", "ivr", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        subprocess.run([*control, "-l", str(folder / "log"), "-o", options, "start"], check=True, cwd=folder)
        yield f"postgresql+psycopg://ivr@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd=folder, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of a new, empty database, dropped afterwards."""
    server, name = make_url(postgresql_server), f"ivr_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'accounts.db'}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def database(database_url: str, cheap_passwords: Argon2Passwords) -> Iterator[DatabaseAccounts]:
    """Seeded accounts of each kind of database."""
    accounts = open_accounts(database_url, passwords=cheap_passwords)
    yield accounts
    accounts.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def accounts(
    request: pytest.FixtureRequest, tmp_path: Path, cheap_passwords: Argon2Passwords
) -> Iterator[MemoryAccounts | DatabaseAccounts]:
    """Seeded accounts of every kind."""
    if request.param == "memory":
        yield MemoryAccounts()
        return
    url = f"sqlite:///{tmp_path / 'accounts.db'}"
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgresql_url"))
    opened = open_accounts(url, passwords=cheap_passwords)
    yield opened
    opened.close()
