"""People as rows: putting whole persons into the tables, and reading them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, Table, case, func, insert, or_, select

from ivr.accounts import schema
from ivr.accounts.person import Account, AidLink, Claim, Deposit, Insurance, Person, Spend

_PERSON_COLUMNS = (
    "psn_no",
    "handle",
    "purpose",
    "psn_name",
    "certno",
    "ss_card_no",
    "card_state",
    "lost_until",
    "mobile",
    "brdy",
    "gend",
)


def number_of(connection: Connection, number: str) -> str:
    """The internal number of the one person with that ID, permit, card or end of a card; "" for none or several."""
    person = schema.person
    matches = or_(
        person.c.certno == number,
        person.c.ss_card_no == number,
        func.substr(person.c.ss_card_no, 2) == number,
    )
    found = connection.execute(select(person.c.psn_no).where(matches).limit(2)).scalars().all()
    return str(found[0]) if len(found) == 1 else ""


def load(connection: Connection, psn_no: str) -> Person | None:
    """A whole person; the same work is done when there is none, so that its time tells nothing."""
    person, auth = schema.person, schema.auth_state
    columns = [person.c[name] for name in _PERSON_COLUMNS]
    joined = person.join(auth, person.c.psn_no == auth.c.psn_no)
    about = _first(
        connection,
        select(*columns, auth.c.initial_password, auth.c.locked_until)
        .select_from(joined)
        .where(person.c.psn_no == psn_no),
    )
    account = _first(connection, _of(schema.account, psn_no))
    parts: dict[str, Any] = {
        "insurances": _rows(connection, Insurance, _of(schema.insurance, psn_no).order_by(schema.insurance.c.id)),
        "deposits": _rows(connection, Deposit, _of(schema.deposit, psn_no).order_by(schema.deposit.c.id)),
        "spends": _rows(
            connection,
            Spend,
            _of(schema.spend, psn_no).order_by(schema.spend.c.settled_on.desc(), schema.spend.c.setl_id.desc()),
        ),
        "claims": _rows(
            connection,
            Claim,
            _of(schema.claim, psn_no).order_by(schema.claim.c.submitted_on.desc(), schema.claim.c.claim_no.desc()),
        ),
        "aid": _links(connection, psn_no),
    }
    if about is None or account is None:
        return None
    return Person(**about, account=Account(**_without_keys(account)), **parts)


def store(connection: Connection, people: Iterable[Person], hashes: Mapping[str, str]) -> None:
    """Insert whole persons; ``hashes`` are their password hashes by internal number."""
    everybody = list(people)
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in _INSERT_ORDER}
    for person in everybody:
        owner = {"psn_no": person.psn_no}
        rows[schema.person].append({name: getattr(person, name) for name in _PERSON_COLUMNS})
        rows[schema.auth_state].append(
            owner
            | {
                "hash": hashes[person.psn_no],
                "initial_password": person.initial_password,
                "locked_until": person.locked_until,
            }
        )
        rows[schema.account].append(owner | asdict(person.account))
        rows[schema.insurance] += [owner | asdict(row) for row in person.insurances]
        rows[schema.deposit] += [owner | asdict(row) for row in person.deposits]
        rows[schema.spend] += [owner | asdict(row) for row in person.spends]
        rows[schema.claim] += [owner | asdict(row) for row in person.claims]
    rows[schema.mutual_aid] = _aid_rows(everybody)
    for table in _INSERT_ORDER:
        if rows[table]:
            connection.execute(insert(table), rows[table])


_INSERT_ORDER = (
    schema.person,
    schema.auth_state,
    schema.account,
    schema.insurance,
    schema.deposit,
    schema.spend,
    schema.claim,
    schema.mutual_aid,
)


def _of(table: Table, psn_no: str) -> Select[Any]:
    return select(table).where(table.c.psn_no == psn_no)


def _first(connection: Connection, query: Select[Any]) -> dict[str, Any] | None:
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def _rows(connection: Connection, shape: type, query: Select[Any]) -> tuple[Any, ...]:
    return tuple(shape(**_without_keys(row)) for row in connection.execute(query).mappings())


def _without_keys(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("id", "psn_no")}


def _links(connection: Connection, psn_no: str) -> tuple[AidLink, ...]:
    aid, other = schema.mutual_aid, schema.person
    pays = aid.c.payer == psn_no
    other_no = case((pays, aid.c.aided), else_=aid.c.payer)
    query = (
        select(
            case((pays, "payer"), else_="user").label("direction"),
            case((pays, aid.c.aided_is), else_=aid.c.payer_is).label("relation"),
            other.c.psn_no.label("other"),
            other.c.psn_name.label("other_name"),
            aid.c.state,
            aid.c.limit_amt.label("limit"),
            aid.c.used_amt.label("used"),
        )
        .select_from(aid.join(other, other.c.psn_no == other_no))
        .where(or_(pays, aid.c.aided == psn_no))
        .order_by(aid.c.payer, aid.c.aided)
    )
    return tuple(AidLink(**row) for row in connection.execute(query).mappings())


def _aid_rows(people: Iterable[Person]) -> list[dict[str, Any]]:
    ends = {(person.psn_no, link.other, link.direction): link for person in people for link in person.aid}
    return [
        {
            "payer": payer,
            "aided": aided,
            "aided_is": link.relation,
            "payer_is": ends[aided, payer, "user"].relation,
            "state": link.state,
            "limit_amt": link.limit,
            "used_amt": link.used,
        }
        for (payer, aided, direction), link in ends.items()
        if direction == "payer"
    ]
