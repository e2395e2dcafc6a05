"""The accounts under test: in memory, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def new_database(server_url: str, template: str = "template0") -> Iterator[str]:
    """The URL of a new database on a server, a copy of ``template``; dropped afterwards."""
    server, name = make_url(server_url), f"ivr_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="session")
def seeded_sqlite(tmp_path_factory: pytest.TempPathFactory, cheap_passwords: Argon2Passwords) -> Path:
    """A seeded database file to copy: much faster than seeding for every test."""
    file = tmp_path_factory.mktemp("seeded") / "accounts.db"
    open_accounts(f"sqlite:///{file}", passwords=cheap_passwords).close()
    return file


@pytest.fixture(scope="session")
def seeded_postgresql(postgresql_server: str, cheap_passwords: Argon2Passwords) -> Iterator[str]:
    """The name of a seeded database to copy."""
    with new_database(postgresql_server) as url:
        open_accounts(url, passwords=cheap_passwords).close()
        yield str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new database of each kind, without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'accounts.db'}"
        return
    with new_database(request.getfixturevalue("postgresql_server")) as url:
        yield url


@contextmanager
def seeded(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[DatabaseAccounts]:
    """Opened accounts with all people in a database of that kind."""
    passwords = request.getfixturevalue("cheap_passwords")
    if kind == "sqlite":
        file = shutil.copy(request.getfixturevalue("seeded_sqlite"), folder / "accounts.db")
        opened = open_accounts(f"sqlite:///{file}", passwords=passwords)
        yield opened
        opened.close()
        return
    template = request.getfixturevalue("seeded_postgresql")
    with new_database(request.getfixturevalue("postgresql_server"), template) as url:
        opened = open_accounts(url, passwords=passwords)
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DatabaseAccounts]:
    """Seeded accounts of each kind of database."""
    with seeded(request.param, request, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def unchanged_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseAccounts]:
    """The same for all tests that leave it as it is: fast."""
    with seeded(request.param, request, tmp_path_factory.mktemp("unchanged")) as opened:
        yield opened


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def accounts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MemoryAccounts | DatabaseAccounts]:
    """Seeded accounts of every kind."""
    if request.param == "memory":
        yield MemoryAccounts()
        return
    with seeded(request.param, request, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session", params=["memory", "sqlite", "postgresql"])
def unchanged_accounts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MemoryAccounts | DatabaseAccounts]:
    """The same for all tests that leave them as they are: fast."""
    if request.param == "memory":
        yield MemoryAccounts()
        return
    with seeded(request.param, request, tmp_path_factory.mktemp("unchanged")) as opened:
        yield opened
