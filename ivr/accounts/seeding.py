"""Putting the synthetic people into a database."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from ivr.accounts import attempts, person_rows, schema
from ivr.accounts.passwords import Passwords
from ivr.accounts.people import people


def hash_passwords(passwords: Passwords) -> dict[str, str]:
    """Everybody's password hash by internal number. Slow on purpose, so never done inside a transaction."""
    from concurrent.futures import ThreadPoolExecutor

    everybody = people()
    with ThreadPoolExecutor(max_workers=4) as workers:
        hashes = list(workers.map(passwords.hash, [one.password for one in everybody]))
    return {one.person.psn_no: hashed for one, hashed in zip(everybody, hashes, strict=True)}


def is_seeded(connection: Connection) -> bool:
    """Whether anybody is there."""
    return connection.execute(select(schema.person.c.psn_no).limit(1)).first() is not None


def add_missing(connection: Connection, hashes: Mapping[str, str]) -> int:
    """Insert whoever is not there yet, if that is everybody; the number of people added."""
    if is_seeded(connection):
        return 0
    person_rows.store(connection, (one.person for one in people()), hashes)
    return len(people())


def replace_all(connection: Connection, hashes: Mapping[str, str]) -> int:
    """Everybody as they were thought up: changes, wrong tries and locks are gone; messages and call records stay."""
    connection.execute(delete(schema.person))
    attempts.forget_all(connection)
    return add_missing(connection, hashes)
