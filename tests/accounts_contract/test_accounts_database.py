"""Making, migrating and opening databases, and what is said when that cannot be done."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from ivr.accounts import migrations, schema
from ivr.accounts.administration import everybody
from ivr.accounts.database import open_accounts, open_copy, reseed
from ivr.accounts.database_accounts import DatabaseAccounts
from ivr.accounts.engine import open_engine, place, writing
from ivr.accounts.passwords import Argon2Passwords
from ivr.accounts.people import people
from ivr.accounts.repository import Question
from ivr.errors import AccountsError, LookupFailed

BALANCE = Question("balance", {"person": "P0001"}, datetime.fromisoformat("2026-03-02T09:30"))


@pytest.fixture
def sqlite_file(tmp_path: Path, seeded_sqlite: Path) -> Path:
    return Path(shutil.copy(seeded_sqlite, tmp_path / "accounts.db"))


def test_the_first_opening_makes_everything(empty_database_url: str, cheap_passwords: Argon2Passwords) -> None:
    with pytest.raises(AccountsError, match="ivr accounts seed"):
        open_accounts(empty_database_url, create=False, passwords=cheap_passwords)
    accounts = open_accounts(empty_database_url, passwords=cheap_passwords)
    assert [one.handle for one in everybody(accounts)] == [one.person.handle for one in people()]
    accounts.close()
    again = open_accounts(empty_database_url, create=False, passwords=cheap_passwords)
    assert again.answer(BALANCE)["account.balance"] == 123_456
    again.close()


def test_migrations_arrive_at_the_tables_that_the_program_uses(unchanged_database: DatabaseAccounts) -> None:
    with unchanged_database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.METADATA) == []
    fresh = create_engine("sqlite://")
    schema.METADATA.create_all(fresh)
    migrated, wanted = inspect(unchanged_database.engine), inspect(fresh)
    for table in schema.METADATA.tables:
        checks = [
            {check["name"]: check["sqltext"] for check in one.get_check_constraints(table)}
            for one in (migrated, wanted)
        ]
        assert set(checks[0]) == set(checks[1]), table
        if unchanged_database.engine.dialect.name == "sqlite":  # PostgreSQL stores them in words of its own
            assert checks[0] == checks[1]
    fresh.dispose()


def test_the_program_knows_all_revisions_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert [one.revision for one in script.walk_revisions()][::-1] == list(schema.REVISIONS)


def test_opening_an_up_to_date_database_does_not_import_alembic(sqlite_file: Path) -> None:
    program = f"""
import sys
from ivr.accounts.database import open_accounts
open_accounts("sqlite:///{sqlite_file}").close()
print("alembic" in sys.modules, "argon2" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"]


def test_two_first_openings_at_once_make_one_database(empty_database_url: str) -> None:
    program = f"""
from ivr.accounts.database import open_accounts
from ivr.accounts.administration import everybody
from ivr.accounts.passwords import Argon2Passwords
print(len(everybody(open_accounts({empty_database_url!r}, passwords=Argon2Passwords(8, 1)))))
"""
    both = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [one.communicate(timeout=60)[0].strip() for one in both] == [str(len(people()))] * 2


def test_a_newer_schema_is_left_alone(database: DatabaseAccounts) -> None:
    with writing(database.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(AccountsError, match=r"schema 9999.*[Uu]pdate"):
        open_accounts(database.engine.url.render_as_string(hide_password=False))


def test_a_database_of_another_program_is_left_alone(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE account (name TEXT)"))
    engine.dispose()
    with pytest.raises(AccountsError, match="another program"):
        open_accounts(empty_database_url)


def test_reseeding_undoes_changes_only_on_request(database: DatabaseAccounts) -> None:
    loss = Question("report-loss", {"person": "P0001"}, BALANCE.at)
    database.answer(loss)
    assert reseed(database, reset=False) == 0
    assert database.answer(loss)["card.outcome"] == "already-lost"
    assert reseed(database, reset=True) == len(people())
    assert database.answer(loss)["card.outcome"] == "reported"


def test_a_corrupt_file_is_named_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "accounts.db"
    file.write_bytes(b"this is no database at all, however long it may be" * 100)
    with pytest.raises(AccountsError, match=r"accounts\.db.*damaged.*move it away"):
        open_accounts(f"sqlite:///{file}")


def test_damage_during_a_call_is_a_failed_lookup(sqlite_file: Path, cheap_passwords: Argon2Passwords) -> None:
    accounts = open_accounts(f"sqlite:///{sqlite_file}", passwords=cheap_passwords)
    with writing(accounts.engine) as connection:
        connection.execute(text("DROP TABLE deposit"))
    with pytest.raises(LookupFailed) as failed:
        accounts.answer(BALANCE)
    assert failed.value.reason == "backend-corrupt"
    accounts.close()


def test_no_folder_is_made_for_a_url_that_was_named(tmp_path: Path) -> None:
    with pytest.raises(AccountsError, match=r"there is no folder .*nowhere.*mend the URL"):
        open_accounts(f"sqlite:///{tmp_path / 'nowhere' / 'accounts.db'}")
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.delenv("IVR_DATABASE_URL", raising=False)
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path / "file" / "folder"))
    with pytest.raises(AccountsError, match="IVR_DATA_DIR"):
        open_accounts()
    with pytest.raises(AccountsError, match="IVR_DATA_DIR"):
        open_accounts(f"sqlite:///{tmp_path / ('a' * 300) / 'accounts.db'}")


def test_no_room_for_a_copy_is_told(sqlite_file: Path) -> None:
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_960, limits[1]))
    try:
        with pytest.raises(AccountsError, match=r"cannot be copied.*--database"):
            open_copy(f"sqlite:///{sqlite_file}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_read_only_database_answers_but_takes_no_change(sqlite_file: Path, cheap_passwords: Argon2Passwords) -> None:
    accounts = open_accounts(f"sqlite:///{sqlite_file}", passwords=cheap_passwords)
    with accounts.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")  # as a missing permission, for root as well
    assert accounts.answer(BALANCE)["account.balance"] == 123_456
    with pytest.raises(LookupFailed) as failed:
        accounts.answer(Question("report-loss", {"person": "P0001"}, BALANCE.at))
    assert failed.value.reason == "backend-read-only"
    accounts.close()


def test_a_database_held_by_another_program_fails_the_lookup(
    sqlite_file: Path, cheap_passwords: Argon2Passwords
) -> None:
    accounts = open_accounts(f"sqlite:///{sqlite_file}", passwords=cheap_passwords)
    with accounts.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")  # the pool hands this connection out again
    holder = sqlite3.connect(sqlite_file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert accounts.answer(BALANCE)["account.balance"] == 123_456  # readers never wait
    with pytest.raises(LookupFailed) as failed:
        accounts.answer(Question("report-loss", {"person": "P0001"}, BALANCE.at))
    assert failed.value.reason == "backend-locked"
    holder.close()
    accounts.close()


def test_a_full_disk_fails_the_lookup(sqlite_file: Path, cheap_passwords: Argon2Passwords) -> None:
    accounts = open_accounts(f"sqlite:///{sqlite_file}", passwords=cheap_passwords)
    with accounts.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite never goes below what is there
    message = Question("leave-message", {"text": "长" * 50_000, "caller": "", "duration-ms": 1}, BALANCE.at)
    with pytest.raises(LookupFailed) as failed:
        accounts.answer(message)
    assert failed.value.reason == "backend-full"
    accounts.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("not a url", "not a database URL"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://localhost/ivr", "not supported"),
        ("nonsense://localhost/ivr", "not a database URL|not supported"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_advice(url: str, says: str) -> None:
    with pytest.raises(AccountsError, match=says):
        open_accounts(url)


def test_an_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(AccountsError, match="cannot be reached") as failed:
        open_accounts(f"postgresql://ivr:secret@/ivr?host={tmp_path}")
    assert "secret" not in str(failed.value)


def test_no_password_of_a_url_is_shown() -> None:
    url = "postgresql://u:first@h/db?password=second&sslpassword=third&sslmode=require"
    shown = place(open_engine(url, create=False))
    assert not any(secret in shown for secret in ("first", "second", "third"))
    assert "sslmode=require" in shown


def test_without_a_url_the_settings_decide(
    tmp_path: Path, seeded_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(seeded_sqlite, tmp_path / "accounts.db")
    monkeypatch.delenv("IVR_DATABASE_URL", raising=False)
    monkeypatch.setenv("IVR_DATA_DIR", str(tmp_path))
    accounts = open_accounts()
    assert accounts.place == str(tmp_path / "accounts.db")
    accounts.close()
